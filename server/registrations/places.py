"""What the organiser, and the clock, do to the places of an event."""

from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.registrations import line, queries
from server.registrations.refusals import Full
from server.registrations.states import LINE
from server.registrations.telling import tell


async def set_capacity(actor: Actor, unit_id: int, capacity: int | None, *, now: datetime) -> None:
    """Change how many places there are: more are offered at once, fewer throw nobody out."""
    async with transaction():
        rows = await execute("SELECT event, capacity FROM capacity_unit WHERE id = $1", unit_id)
        if not rows:
            raise NotFound
        event_id: int = rows[0]["event"]
        await line.lock(event_id)
        await execute(
            "UPDATE capacity_unit SET capacity = $2, changed_at = $3, revision = revision + 1"
            " WHERE id = $1",
            unit_id,
            capacity,
            now,
        )
        before, after = {"capacity": rows[0]["capacity"]}, {"capacity": capacity}
        await audit.record(actor, "change", ("capacity_unit", unit_id), before=before, after=after)
        await line.promote(event_id, now=now)


async def place(actor: Actor, line_id: int, *, reason: str = "", now: datetime) -> None:
    """Give somebody who waits a free place, past the line: the board's decision, on record.

    Refuses: Full, WrongState.
    """
    async with transaction():
        seen = await queries.by_line(line_id)
        await line.lock(seen.event_id)
        counted = await line.counted_without(line_id, now=now)
        if counted.capacity is not None and counted.held >= counted.capacity:
            raise Full
        await LINE.move(line_id, "place", actor=actor, reason=reason)
        await tell(await queries.by_line(line_id))


async def remove(actor: Actor, line_id: int, *, reason: str = "", now: datetime) -> None:
    """Cancel somebody's claim as the organiser; the next in line is offered the place."""
    async with transaction():
        seen = await queries.by_line(line_id)
        await line.lock(seen.event_id)
        await LINE.move(
            line_id,
            "cancel_by_organiser",
            actor=actor,
            reason=reason,
            set_also={"expires_at": None},
        )
        await tell(await queries.by_line(line_id))
        await line.promote(seen.event_id, now=now)


async def tick(now: datetime) -> int:
    """End what ran out and offer what is free. Late, twice or after a week: the same outcome."""
    rows = await execute(
        "SELECT DISTINCT u.event FROM registration_line l JOIN capacity_unit u ON u.id = l.unit"
        " WHERE l.state IN ('offered', 'unverified') AND l.expires_at <= $1 ORDER BY u.event",
        now,
    )
    for row in rows:
        async with transaction():
            await line.lock(row["event"])
            await line.overdue(row["event"], now=now)
            await line.promote(row["event"], now=now)
    return len(rows)
