"""The waiting line: who is counted, who is first, who is offered a place.

Everything here runs inside a transaction that holds the lock of the event.
"""

from datetime import datetime
from typing import Any

from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute
from server.errors import NotFound
from server.events import terms
from server.events.counting import held
from server.registrations import hours, queries, rules, seats, speakers, telling
from server.registrations.precedence import can_be_met, somebody_first
from server.registrations.rules import Room
from server.registrations.sorts import SEATS
from server.registrations.states import LINE
from tables.registrations import LineState

OVERDUE = f"""(l.state = 'offered' AND l.expires_at <= {{now}} OR l.state = 'unverified'
  AND l.queued_at <= {{now}} - interval '{int(rules.HOLD.total_seconds())} seconds'
  OR l.state IN ('waiting', 'approval') AND e.ends_at <= {{now}} AND e.state <> 'postponed')"""


async def lock(event_id: int) -> dict[str, Any]:
    """The event's row, touched first: whoever else wants a place there waits. Raises NotFound.

    With `terms`: those of each class, as JSON.
    """
    rows = await execute(
        "UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1"
        f" RETURNING *, {terms.ROWS.format(event='event.id')} AS terms",
        event_id,
    )
    if not rows:
        raise NotFound
    return rows[0]


async def room_without(line_id: int, *, now: datetime) -> Room:
    """What a line finds that does not count itself."""
    rows = await execute(
        f"SELECT m.unit AS unit_id, {held('m.unit', '$2', but='m.id')} AS held,"
        f" u.capacity, {somebody_first('m.unit', 'm.class_rank', '$2', but='m.id')}"
        " AS somebody_first"
        " FROM registration_line m JOIN capacity_unit u ON u.id = m.unit WHERE m.id = $1",
        line_id,
        now,
    )
    return Room(**rows[0])


async def has_room(line_id: int, *, now: datetime) -> bool:
    """Whether a line can have its place now: there is room, with all that it is wanted with."""
    if rules.place(await room_without(line_id, now=now)) != LineState.confirmed:
        return False
    met = f"SELECT {can_be_met('l', '$2')} AS met FROM registration_line l WHERE l.id = $1"
    return bool((await execute(met, line_id, now))[0]["met"])


async def promote(event_id: int, *, now: datetime) -> int:
    """Give every free place to whoever is first in line. Returns to how many.

    Again as long as somebody got something: who changes to another place leaves one behind.
    """
    given = 0
    while now_given := await _round(event_id, now):
        given += now_given
    return given


async def _round(event_id: int, now: datetime) -> int:
    """Workshops before seats: what is free beside a seat is free for who wants both or neither."""
    given = 0
    with_room = await _units_with_room(event_id, now)
    if with_room:
        await speakers.lift(event_id, now)
    for unit in with_room:
        while unit["free"] > 0 and (first := await _first_in_line(unit["id"], now)):
            await _give(first, unit, now)
            unit["free"] -= 1
            given += 1
    return given


async def _units_with_room(event_id: int, now: datetime) -> list[dict[str, Any]]:
    """Units with free places; an event that is not going on as planned offers nothing."""
    return await execute(
        "SELECT * FROM (SELECT u.id, u.kind, e.starts_at, e.cancel_until_at,"
        f" coalesce(u.capacity, 1000000) - {held('u.id', '$2')} AS free"
        " FROM capacity_unit u JOIN event e ON e.id = u.event"
        " WHERE e.id = $1 AND e.state = 'published' AND e.starts_at > $2) f WHERE f.free > 0"
        f" ORDER BY f.kind IN {tuple(map(str, SEATS))}, f.id",
        event_id,
        now,
    )


async def _first_in_line(unit_id: int, now: datetime) -> dict[str, Any] | None:
    rows = await execute(
        "SELECT l.id, l.registration, r.auto_accept, r.together FROM registration_line l"
        " JOIN registration r ON r.id = l.registration JOIN person q ON q.id = l.person"
        f" WHERE l.unit = $1 AND l.state = 'waiting' AND {queries.IS_THERE}"
        f" AND {can_be_met('l', '$2')} ORDER BY l.class_rank, l.queued_at, l.id LIMIT 1",
        unit_id,
        now,
    )
    return rows[0] if rows else None


async def _give(first: dict[str, Any], unit: dict[str, Any], now: datetime) -> None:
    """Offer a place; who asked for it gets it outright, while they may still give it up."""
    is_seat = unit["kind"] in SEATS
    if first["auto_accept"] and now < (unit["cancel_until_at"] or unit["starts_at"]):
        await LINE.move(first["id"], "place", actor=SYSTEM)
        view = await queries.by_line(first["id"])
        if is_seat:
            await had(SYSTEM, view, now=now)
        instead = await hours.let_go(SYSTEM, view)
        also = await telling.beside(view) if is_seat else ""
        await telling.tell(view, also=also, instead=instead)
        return
    ends_at: dict[str, object] = {"expires_at": rules.offer_ends_at(now, unit["starts_at"])}
    await LINE.move(first["id"], "offer", actor=SYSTEM, set_also=ends_at)
    if is_seat and first["together"]:
        for other in await seats.beside(first["registration"], LineState.waiting):
            await LINE.move(other["id"], "offer", actor=SYSTEM, set_also=ends_at)
    view = await queries.by_line(first["id"])
    await telling.tell(view, instead=await hours.given_up(view))


async def had(actor: Actor, view: queries.RegistrationView, *, now: datetime) -> None:
    """A seat was just had: other seats are let go, what waited for it is had where free, and what
    was offered along with it is taken along."""
    await seats.follow(actor, view.id)
    for other in await seats.beside(view.id, LineState.offered):
        if not await hours.beside(view.id, other["unit_id"]):  # for that they are asked
            await LINE.move(other["id"], "accept", actor=actor, set_also={"expires_at": None})
    for other in await seats.beside(view.id, LineState.waiting):
        if rules.place(await room_without(other["id"], now=now)) == LineState.confirmed:
            await LINE.move(other["id"], "place", actor=actor)
            await hours.end_beside(actor, view.id, other["unit_id"])


async def shorten_offers(actor: Actor, event_id: int, *, now: datetime) -> None:
    """No offer runs past the start of an event that moved: its holder is told the new end."""
    rows = await execute(
        "UPDATE registration_line l SET expires_at = e.starts_at, changed_at = $2,"
        " revision = l.revision + 1 FROM capacity_unit u JOIN event e ON e.id = u.event"
        " WHERE u.id = l.unit AND e.id = $1 AND l.state = 'offered' AND l.expires_at > e.starts_at"
        " RETURNING l.id, l.expires_at",
        event_id,
        now,
    )
    for row in rows:
        after = {"expires_at": row["expires_at"]}
        await audit.record(actor, "change", ("registration_line", row["id"]), after=after)
        await telling.tell(await queries.by_line(row["id"]))


async def settle(event_id: int, *, now: datetime) -> None:
    """End what ran out and give what came free by it: never the one without the other."""
    await overdue(event_id, now=now)
    await promote(event_id, now=now)


async def overdue(event_id: int, *, now: datetime) -> int:
    """Offers nobody answered, holds nobody confirmed, and who still waits when all is over.

    Returns how many were ended.
    """
    rows = await execute(
        "SELECT l.id, l.registration, l.state, l.missed_offers, l.expires_at, u.kind,"
        " e.starts_at <= $2 AND e.state <> 'postponed'"
        " AS has_begun, p.email IS NOT NULL AS is_told"
        " FROM registration_line l JOIN person p ON p.id = l.person"
        " JOIN capacity_unit u ON u.id = l.unit JOIN event e ON e.id = u.event"
        f" WHERE e.id = $1 AND {OVERDUE.format(now='$2::timestamptz')} ORDER BY l.id",
        event_id,
        now,
    )
    for row in rows:
        if await _is_as_read(row):  # a seat that ended took its workshop along
            await _end(row, now)
    return len(rows)


async def _is_as_read(row: dict[str, Any]) -> bool:
    same = "SELECT 1 FROM registration_line WHERE id = $1 AND state = $2"
    return bool(await execute(same, row["id"], row["state"]))


async def _end(row: dict[str, Any], now: datetime) -> None:
    if row["state"] == LineState.unverified:
        await let_go(row["id"], row["registration"])
        return
    if row["state"] in (LineState.waiting, LineState.approval):
        await LINE.move(row["id"], "expire", actor=SYSTEM)
        await seats.follow(SYSTEM, row["registration"])
        await telling.tell_in_vain(await queries.by_line(row["id"]))
        return
    missed = row["missed_offers"] if row["is_told"] else 0  # nobody misses what no letter told
    action = "expire" if row["has_begun"] else rules.missed_action(missed)
    also: dict[str, object] = {"expires_at": None, "missed_offers": row["missed_offers"] + 1}
    if action == "miss":
        also["queued_at"] = now
    await LINE.move(row["id"], action, actor=SYSTEM, set_also=also)
    await seats.follow(SYSTEM, row["registration"])
    await _back_along(row, action, also)
    await telling.tell(await queries.by_line(row["id"]), missed=True)


async def let_go(line_id: int, registration_id: int) -> None:
    """A claim that was never proved ends, and nobody is told: who knows whose address it is."""
    await LINE.move(line_id, "expire", actor=SYSTEM, set_also={"expires_at": None})
    await seats.follow(SYSTEM, registration_id)


async def _back_along(row: dict[str, Any], action: str, also: dict[str, object]) -> None:
    """What was offered along with a seat waits again along with it."""
    if action == "miss" and row["kind"] in SEATS:
        for other in await seats.beside(row["registration"], LineState.offered):
            if other["expires_at"] == row["expires_at"]:
                await LINE.move(other["id"], "miss", actor=SYSTEM, set_also=also)
