"""What is new of events: those that were published and are still to come."""

from datetime import datetime

from server import language
from server.database import execute
from server.news import Item, Section, Source, both

NEW = """SELECT e.slug, e.title, e.title_en, e.summary, e.summary_en, e.starts_at, e.kind,
    e.published_at, e.visibility = 'public' AS is_public, coalesce(v.city, '') AS city
  FROM event e LEFT JOIN venue v ON v.id = e.venue
  WHERE e.state = 'published' AND e.visibility IN ('public', 'members')
    AND e.published_at >= $1 AND e.starts_at > $2 ORDER BY e.starts_at, e.id"""


async def items(since: datetime, now: datetime) -> list[Item]:
    """Events, the first to come first; courses stand with education."""
    found = []
    for row in await execute(NEW, since, now):
        when = {said: language.long_day(row["starts_at"], said) for said in language.LANGUAGES}
        place = f", {row['city']}" if row["city"] else ""
        texts = both(row["summary"], row["summary_en"])
        found.append(
            Item(
                section=Section.education if row["kind"] == "course" else Section.agenda,
                path=f"/events/{row['slug']}",
                at=row["published_at"],
                titles=both(row["title"], row["title_en"]),
                texts={
                    said: ". ".join(filter(None, [day + place, texts[said]]))
                    for said, day in when.items()
                },
                is_public=row["is_public"],
            )
        )
    return found


SOURCE = Source(items)
