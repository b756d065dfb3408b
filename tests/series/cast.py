"""A series in few words."""

from datetime import datetime, timedelta
from typing import Any

from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.series import laying_out, queries, stepping
from server.series.rules import Every, Layout
from tables.events import Event
from tests import factories

NOW = datetime(2027, 1, 11, 10, tzinfo=AMSTERDAM)
TUESDAY = datetime(2027, 2, 9, 20, tzinfo=AMSTERDAM)
LASTS = timedelta(minutes=90)


def at(month: int, day: int, hour: int = 20, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=AMSTERDAM)


async def example(**values: Any) -> Event:
    """A published meeting on the second Tuesday of February, for five."""
    given = {"title": "Casuïstiek", "kind": "meeting", "starts_at": TUESDAY}
    given["ends_at"] = values.get("starts_at", TUESDAY) + LASTS
    event, _ = await factories.open_event(5, **{**given, **values})
    return event


async def series(
    times: int = 4, every: Every = Every.month, *, is_published: bool = True, **values: Any
) -> int:
    """So many meetings, the first in February."""
    event = await example(**values)
    layout = Layout(every, times)
    made = await laying_out.create(SYSTEM, event.id, layout, left_out=(), now=NOW)
    if is_published:
        await stepping.take(SYSTEM, made, "publish", await slugs(made), now=NOW)
    return made


async def slugs(series_id: int) -> list[str]:
    """The addresses of its events, the first one first."""
    return [one.slug for one in await queries.occurrences(series_id)]


async def begins(series_id: int) -> list[datetime]:
    """When its events begin, on an Amsterdam clock."""
    found = await queries.occurrences(series_id)
    return [one.starts_at.astimezone(AMSTERDAM) for one in found]


async def states(series_id: int) -> list[str]:
    """How its events stand."""
    return [one.state for one in await queries.occurrences(series_id)]


async def event_ids(series_id: int) -> list[int]:
    """The keys of its events."""
    return [one.id for one in await queries.occurrences(series_id)]


async def row(series_id: int) -> dict[str, Any]:
    """The row of a series."""
    return (await execute("SELECT * FROM event_series WHERE id = $1", series_id))[0]
