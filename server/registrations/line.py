"""The waiting line: who is counted, who is first, who is offered a place.

Everything here runs inside a transaction that holds the lock of the event.
"""

from datetime import datetime
from typing import Any

from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute
from server.errors import NotFound
from server.events.counting import IS_SEAT, held
from server.registrations import queries, rules, seats, telling
from server.registrations.rules import Room
from server.registrations.states import LINE
from tables.registrations import LineState, TicketClass

OVERDUE = f"""(l.state = 'offered' AND l.expires_at <= {{now}} OR l.state = 'unverified'
  AND l.queued_at <= {{now}} - interval '{int(rules.HOLD.total_seconds())} seconds'
  OR l.state = 'waiting' AND e.ends_at <= {{now}} AND e.state <> 'postponed')"""


SOMEBODY_FIRST = f"""EXISTS (SELECT 1 FROM registration_line w JOIN person q ON q.id = w.person
  WHERE w.unit = {{unit}} AND w.state = 'waiting' AND w.class_rank <= {{rank}}
  AND {queries.IS_THERE} {{met}})"""
# A workshop or lunch without a seat cannot be had yet: it is skipped, and keeps its rank.
CAN_BE_MET = f"""(EXISTS (SELECT 1 FROM capacity_unit u WHERE u.id = {{line}}.unit AND {IS_SEAT})
  OR EXISTS (SELECT 1 FROM registration_line s JOIN capacity_unit u ON u.id = s.unit
    WHERE s.registration = {{line}}.registration AND s.state = 'confirmed' AND {IS_SEAT}))"""


SPEAKS = """EXISTS (SELECT 1 FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
  JOIN call c ON c.id = p.call WHERE s.person = {person} AND c.event = {event}
  AND p.state IN ('accepted', 'confirmed', 'delivered'))"""
BECAME_SPEAKERS = f"""
WITH old AS (SELECT l.id, r.id AS registration, r.ticket_class FROM registration_line l
  JOIN registration r ON r.id = l.registration WHERE r.event = $1 AND l.state = 'waiting'
  AND r.ticket_class <> 'speaker' AND {SPEAKS.format(person="r.person", event="$1")}),
moved AS (UPDATE registration_line l SET class_rank = $2 FROM old WHERE l.id = old.id)
UPDATE registration r SET ticket_class = 'speaker', changed_at = $3, revision = r.revision + 1
FROM old WHERE r.id = old.registration RETURNING r.id, old.ticket_class"""

OTHER_MET = f"AND w.id <> m.id AND {CAN_BE_MET.format(line='w')}"


async def lock(event_id: int) -> dict[str, Any]:
    """The event's row, touched first: whoever else wants a place there waits. Raises NotFound."""
    rows = await execute(
        "UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1 RETURNING *", event_id
    )
    if not rows:
        raise NotFound
    return rows[0]


async def room_without(line_id: int, *, now: datetime) -> Room:
    """What a line finds that does not count itself."""
    rows = await execute(
        f"SELECT m.unit AS unit_id, {held('m.unit', '$2', but='m.id')} AS held,"
        f" u.capacity, {SOMEBODY_FIRST.format(unit='m.unit', rank='m.class_rank', met=OTHER_MET)}"
        " AS somebody_first"
        " FROM registration_line m JOIN capacity_unit u ON u.id = m.unit WHERE m.id = $1",
        line_id,
        now,
    )
    return Room(**rows[0])


async def promote(event_id: int, *, now: datetime) -> int:
    """Offer every free place to whoever is first in line. Returns how many were offered."""
    offered = 0
    with_room = await _units_with_room(event_id, now)
    if with_room:
        await _lift_speakers(event_id, now)
    for unit in with_room:
        for waiting in await _first_in_line(unit["id"], unit["free"]):
            await _offer(waiting["id"], unit["starts_at"], now)
            offered += 1
    return offered


async def _units_with_room(event_id: int, now: datetime) -> list[dict[str, Any]]:
    """Units with free places; an event that is not going on as planned offers nothing."""
    return await execute(
        "SELECT * FROM (SELECT u.id, e.starts_at, coalesce(u.capacity, 1000000)"
        f" - {held('u.id', '$2')} AS free"
        " FROM capacity_unit u JOIN event e ON e.id = u.event"
        " WHERE e.id = $1 AND e.state = 'published' AND e.starts_at > $2) f WHERE f.free > 0",
        event_id,
        now,
    )


async def _lift_speakers(event_id: int, now: datetime) -> None:
    """Whose talk was accepted while they waited stands with the speakers from now on."""
    first = rules.CLASS_RANK[TicketClass.speaker]
    for row in await execute(BECAME_SPEAKERS, event_id, first, now):
        was, after = {"ticket_class": row["ticket_class"]}, {"ticket_class": TicketClass.speaker}
        await audit.record(SYSTEM, "change", ("registration", row["id"]), before=was, after=after)


async def _first_in_line(unit_id: int, places: int) -> list[dict[str, Any]]:
    return await execute(
        "SELECT l.id FROM registration_line l JOIN person q ON q.id = l.person"
        f" WHERE l.unit = $1 AND l.state = 'waiting' AND {queries.IS_THERE}"
        f" AND {CAN_BE_MET.format(line='l')}"
        " ORDER BY l.class_rank, l.queued_at, l.id LIMIT $2",
        unit_id,
        places,
    )


async def _offer(line_id: int, starts_at: datetime, now: datetime) -> None:
    ends_at = rules.offer_ends_at(now, starts_at)
    await LINE.move(line_id, "offer", actor=SYSTEM, set_also={"expires_at": ends_at})
    await telling.tell(await queries.by_line(line_id))


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


async def overdue(event_id: int, *, now: datetime) -> int:
    """Offers nobody answered, holds nobody confirmed, and who still waits when all is over.

    Returns how many were ended.
    """
    rows = await execute(
        "SELECT l.id, l.registration, l.state, l.missed_offers,"
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
        await LINE.move(row["id"], "expire", actor=SYSTEM, set_also={"expires_at": None})
        await seats.follow(SYSTEM, row["registration"])
        return
    if row["state"] == LineState.waiting:
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
    await telling.tell(await queries.by_line(row["id"]), missed=True)
