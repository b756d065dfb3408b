"""What is new of talks: calls that opened and are still open."""

from datetime import datetime

from server import language
from server.database import execute
from server.deadlines import in_both
from server.news import Item, Section, Source

NEW = """SELECT e.slug, c.opens_at, c.closes_at, e.title, e.title_en, e.visibility
  FROM call c JOIN event e ON e.id = c.event
  WHERE c.is_published AND c.opens_at BETWEEN $1 AND $2 AND c.closes_at > $2
    AND e.visibility IN ('public', 'members') AND e.state NOT IN ('draft', 'cancelled', 'archived')
  ORDER BY c.closes_at"""


async def items(since: datetime, now: datetime) -> list[Item]:
    """Calls for talks, the first to close first."""
    return [
        Item(
            section=Section.agenda,
            path=f"/calls/{row['slug']}",
            at=row["opens_at"],
            titles=in_both("talks.news.call", event=(row["title"], row["title_en"])),
            texts={
                said: language.text(
                    said, "talks.news.until", moment=language.moment(row["closes_at"], said)
                )
                for said in language.LANGUAGES
            },
            is_public=row["visibility"] == "public",
        )
        for row in await execute(NEW, since, now)
    ]


SOURCE = Source(items)
