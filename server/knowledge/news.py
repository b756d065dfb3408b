"""What is new in the library."""

from datetime import datetime

from server.database import execute
from server.news import Item, Section, Source, both
from tables.knowledge import ResourceKind

NEW = """SELECT code, kind, title, subtitle, year, is_public, created_at FROM resource
  WHERE created_at BETWEEN $1 AND $2 ORDER BY title, id LIMIT 60"""
SECTIONS = {
    ResourceKind.guideline: Section.guidelines,
    ResourceKind.article: Section.research,
    ResourceKind.course: Section.education,
}


async def items(since: datetime, now: datetime) -> list[Item]:
    """Guidelines, articles and other sources, by title; a title is not translated."""
    return [
        Item(
            section=SECTIONS.get(row["kind"], Section.resources),
            path=f"/library/{row['code']}",
            at=row["created_at"],
            titles=both(row["title"], ""),
            texts=both(", ".join(filter(None, [row["subtitle"], str(row["year"] or "")])), ""),
            is_public=row["is_public"],
        )
        for row in await execute(NEW, since, now)
    ]


SOURCE = Source(items)
