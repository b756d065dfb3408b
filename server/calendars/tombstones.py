"""What was in a feed and is deleted: shown as cancelled for 30 days, so that no copy lingers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.calendars.rules import CalendarEntry, Status
from server.clock import day_of
from server.database import execute
from server.web.links import absolute

SHOWN = timedelta(days=30)
BURIED = "SELECT * FROM feed_tombstone WHERE gone_at > $1 AND {which} ORDER BY uid"
PUBLIC = BURIED.format(which="is_public AND NOT is_part")
OF_GROUP = BURIED.format(which="is_public AND NOT is_part AND group_id = $2")
OF_EVENT = BURIED.format(which="is_public AND event_id = $2 AND is_part = $3")
OF_PERSON = BURIED.format(
    which="""NOT is_part AND EXISTS (SELECT 1 FROM group_membership WHERE person = $2
      AND "group" = group_id AND state IN ('active', 'on_leave') AND from_on <= $3
      AND (until_on IS NULL OR until_on >= $3))"""
)


async def public(language: str, now: datetime) -> list[CalendarEntry]:
    """Deleted events that everybody could know of."""
    return [_entry(row, language) for row in await execute(PUBLIC, now - SHOWN)]


async def of_group(group_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """Those of one group."""
    return [_entry(row, language) for row in await execute(OF_GROUP, now - SHOWN, group_id)]


async def of_event(event_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """A deleted event itself."""
    return [_entry(row, language) for row in await execute(OF_EVENT, now - SHOWN, event_id, False)]


async def of_programme(event_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """What was taken out of an event's programme."""
    return [_entry(row, language) for row in await execute(OF_EVENT, now - SHOWN, event_id, True)]


async def of_person(person_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """Deleted meetings of somebody's groups."""
    rows = await execute(OF_PERSON, now - SHOWN, person_id, day_of(now))
    return [_entry(row, language, is_private=True) for row in rows]


def _entry(row: Mapping[str, Any], language: str, *, is_private: bool = False) -> CalendarEntry:
    path = f"/events/{row['slug']}" if row["is_part"] else "/events"
    return CalendarEntry(
        uid=row["uid"],
        sequence=row["sequence"],
        created_at=row["created_at"],
        changed_at=row["gone_at"],
        status=Status.cancelled,
        title=(row["title_en"] if language == "en" else "") or row["title"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        all_day=row["all_day"],
        place="",
        url=absolute(path) + ("?lang=en" if language == "en" else ""),
        text="",
        is_private=is_private,
    )


async def forget(now: datetime) -> None:
    """Tombstones that have left every feed; inside the transaction of the hourly look."""
    await execute("DELETE FROM feed_tombstone WHERE gone_at <= $1", now - SHOWN)
