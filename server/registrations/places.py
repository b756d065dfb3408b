"""What the organiser, and the clock, do to the places of an event."""

from collections.abc import Mapping
from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.events import counting
from server.events import rules as event_rules
from server.one_by_one import each
from server.questions import needs
from server.registrations import hours, line, queries, seats
from server.registrations.refusals import Full, NotGoingOn, SeatFirst
from server.registrations.states import LINE
from server.registrations.telling import tell
from tables.registrations import LineState

CHANGEABLE = ("name_nl", "name_en", "kind", "capacity", "position", "allows_overlap")


async def change_unit(
    actor: Actor, unit_id: int, values: Mapping[str, object], *, now: datetime
) -> None:
    """Change places of one sort: more are offered at once, fewer throw nobody out.

    Raises Invalid on `capacity`.
    """
    async with transaction():
        event_id = await _event_of(unit_id)
        await line.lock(event_id)
        counting.check(values)
        before = (await execute("SELECT * FROM capacity_unit WHERE id = $1", unit_id))[0]
        after = {k: v for k, v in values.items() if k in CHANGEABLE and before[k] != v}
        if not after:
            return
        assignments = ", ".join(f"{name} = ${n}" for n, name in enumerate(after, start=3))
        await execute(
            f"UPDATE capacity_unit SET changed_at = $2, revision = revision + 1, {assignments}"
            " WHERE id = $1",
            unit_id,
            now,
            *after.values(),
        )
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("capacity_unit", unit_id), before=was, after=after)
        await line.promote(event_id, now=now)


async def _event_of(unit_id: int) -> int:
    rows = await execute("SELECT event FROM capacity_unit WHERE id = $1", unit_id)
    if not rows:
        raise NotFound
    return int(rows[0]["event"])


async def place(
    actor: Actor, line_id: int, *, reason: str = "", is_over: bool = False, now: datetime
) -> None:
    """Give somebody a free place, past the line: the board's decision, on record.

    For somebody who has an offer and cannot answer it by mail, it is the answer. `is_over`: also
    where it is full, and then the reason is asked for. Raises Invalid; refuses: NotGoingOn,
    SeatFirst, Full, WrongState.
    """
    async with transaction():
        seen = await queries.by_line(line_id)
        event = await line.lock(seen.event_id)
        if not event_rules.goes_on(event["state"], ends_at=event["ends_at"], now=now):
            raise NotGoingOn
        if not seen.is_seat and (await queries.get(seen.code)).state != LineState.confirmed:
            raise SeatFirst
        if (await line.room_without(line_id, now=now)).is_full:
            _require_said(is_over, reason)
        is_offered = (await queries.by_line(line_id)).state == LineState.offered
        action = "accept" if is_offered else "place"
        await LINE.move(line_id, action, actor=actor, reason=reason, set_also={"expires_at": None})
        view = await queries.by_line(line_id)
        if view.is_seat:
            await line.had(actor, view, now=now)
        await tell(view, instead=await hours.let_go(actor, view))
        await line.promote(seen.event_id, now=now)


def _require_said(is_over: bool, reason: str) -> None:
    if not is_over:
        raise Full
    if not reason.strip():
        raise Invalid(reason="registrations.field.reason.over")


async def remove(actor: Actor, line_id: int, *, reason: str = "", now: datetime) -> None:
    """Cancel somebody's claim as the organiser; the next in line is offered the place."""
    async with transaction():
        await line.lock((await queries.by_line(line_id)).event_id)
        seen = await queries.by_line(line_id)
        await LINE.move(
            line_id,
            "cancel_by_organiser",
            actor=actor,
            reason=reason,
            set_also={"expires_at": None},
        )
        view = await queries.by_line(line_id)
        if view.is_seat:
            if seen.state == LineState.confirmed:
                lines = await seats.live(view.id)
                await seats.end(actor, lines, action="cancel_by_organiser", reason=reason)
            await seats.follow(actor, view.id, action="cancel_by_organiser")
            if not await seats.live(view.id):
                await needs.forget_ended([view.id])
        await tell(view)
        await line.promote(seen.event_id, now=now)


async def change_remark(actor: Actor, registration_id: int, remark: str, *, now: datetime) -> None:
    """Correct what somebody remarked. Raises NotFound."""
    async with transaction():
        rows = await execute(
            "WITH old AS (SELECT id, remark FROM registration WHERE id = $1 FOR UPDATE)"
            " UPDATE registration r SET remark = $2, changed_at = $3, revision = revision + 1"
            " FROM old WHERE r.id = old.id RETURNING old.remark",
            *(registration_id, remark, now),
        )
        if not rows:
            raise NotFound
        was, after = {"remark": rows[0]["remark"]}, {"remark": remark}
        entity = ("registration", registration_id)
        await audit.record(actor, "change", entity, before=was, after=after)


async def tick(now: datetime) -> int:
    """End what ran out and offer what is free. Late, twice or after a week: the same outcome."""
    rows = await execute(
        "SELECT DISTINCT u.event FROM registration_line l JOIN capacity_unit u ON u.id = l.unit"
        " JOIN event e ON e.id = u.event"
        f" WHERE {line.OVERDUE.format(now='$1::timestamptz')} ORDER BY u.event",
        now,
    )
    return len(await each(rows, lambda row: _tick_event(row["event"], now)))


async def _tick_event(event_id: int, now: datetime) -> None:
    async with transaction():
        await line.lock(event_id)
        await line.settle(event_id, now=now)
