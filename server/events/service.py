"""Making and showing events. What registered people must hear of stands in `registrations`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.events import counting, rooms, rules
from server.events.refusals import NotHeldYet, WasShown
from server.events.states import EVENT
from server.web import slugs
from tables.events import Event, EventState
from tables.registrations import CapacityUnit


async def create(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> int:
    """Make a draft. `values` are columns of `event`; the address follows from the title.

    Raises Invalid with every problem at once.
    """
    rules.check(values)
    values = await rooms.fitted(values, values)
    starts_at = values["starts_at"]
    if not isinstance(starts_at, datetime):
        raise TypeError("starts_at must be a moment")
    async with transaction():
        given = str(values.get("slug") or "") or rules.slug_of(str(values["title"]), starts_at)
        kept = {
            **values,
            "slug": await slugs.free("event", given),
            "uid": uuid4(),
            "state": "draft",
        }
        event = Event(**{**kept, "created_at": now, "changed_at": now})
        await event.save()
        after = rules.for_the_trail(kept)
        await audit.record(actor, "create", ("event", event.id), after=after)
    return int(event.id)


async def join_series(actor: Actor, event_id: int, series_id: int, *, now: datetime) -> None:
    """Let an event be the first of a series. Inside the transaction that makes the series."""
    await execute(
        "UPDATE event SET series = $2, changed_at = $3, revision = revision + 1 WHERE id = $1",
        *(event_id, series_id, now),
    )
    was, after = {"series": None}, {"series": series_id}
    await audit.record(actor, "change", ("event", event_id), before=was, after=after)


async def discard(actor: Actor, event_id: int) -> None:
    """Take away a draft that nobody saw. Refuses: WasShown."""
    async with transaction():
        hangs = (
            "SELECT 1 FROM registration WHERE event = $1 UNION ALL SELECT 1 FROM call"
            " WHERE event = $1 UNION ALL SELECT 1 FROM certificate WHERE event = $1 LIMIT 1"
        )
        rows = await execute(
            "SELECT state, title, slug, starts_at, ends_at FROM event WHERE id = $1 FOR UPDATE",
            event_id,
        )
        if not rows or rows[0]["state"] != EventState.draft or await execute(hangs, event_id):
            raise WasShown
        await execute("DELETE FROM event WHERE id = $1", event_id)
        await audit.record(actor, "delete", ("event", event_id), before=rows[0])


async def announce(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Save the date: shown, not yet open. Raises Invalid where a room is taken. Refuses:
    WrongState."""
    async with transaction():
        await EVENT.move(event_id, "announce", actor=actor, set_also={"published_at": now})
        await rooms.require_free(event_id)


async def publish(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Show it and open its registration window. Raises Invalid where a room is taken. Refuses:
    WrongState."""
    async with transaction():
        await EVENT.move(event_id, "publish", actor=actor, set_also={"published_at": now})
        await rooms.require_free(event_id)


async def complete(actor: Actor, event_id: int, *, now: datetime) -> None:
    """It has taken place. Refuses: NotHeldYet, WrongState."""
    async with transaction():
        row = await EVENT.move(event_id, "complete", actor=actor)
        if row["starts_at"] > now:
            raise NotHeldYet


async def archive(actor: Actor, event_id: int) -> None:
    """Put it out of sight. Refuses: WrongState."""
    async with transaction():
        await EVENT.move(event_id, "archive", actor=actor)


async def add_unit(actor: Actor, event_id: int, values: Mapping[str, Any]) -> int:
    """Offer places of one sort; `capacity` None is unlimited. Raises Invalid on `capacity`."""
    counting.check(values)
    async with transaction():
        unit = CapacityUnit(**{**values, "event": event_id})
        await unit.save()
        await audit.record(actor, "create", ("capacity_unit", unit.id), after=values)
    return int(unit.id)
