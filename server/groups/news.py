"""What is new of groups: those that began."""

from datetime import datetime

from server.database import execute
from server.news import Item, Section, Source, both

NEW = """SELECT slug, name, name_en, mission, mission_en, is_public, created_at FROM working_group
  WHERE state = 'active' AND is_public AND created_at BETWEEN $1 AND $2 ORDER BY name, id"""


async def items(since: datetime, now: datetime) -> list[Item]:
    """Public groups with the first line of their mission."""
    return [
        Item(
            section=Section.groups,
            path=f"/groups/{row['slug']}",
            at=row["created_at"],
            titles=both(row["name"], row["name_en"]),
            texts={said: text.split("\n")[0] for said, text in
                   both(row["mission"], row["mission_en"]).items()},
        )
        for row in await execute(NEW, since, now)
    ]  # fmt: skip


SOURCE = Source(items)
