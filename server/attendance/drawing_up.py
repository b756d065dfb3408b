"""Drawing up who was there, showing it to everybody on it, and settling it.

Whatever changes the list holds its row first: one change at a time.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from server import clock
from server.actors import SYSTEM, Actor
from server.attendance import minutes, presence, telling
from server.attendance.minutes import Span
from server.attendance.refusals import (
    ListSettled,
    NoListYet,
    NotOverYet,
    ObjectionsOpen,
    StillTimeToObject,
)
from server.attendance.states import PRESENCE
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound, WrongState
from server.events import timetable
from server.events.counting import IS_SEAT
from server.one_by_one import each
from server.rights import Area
from tables.attendance import PresenceState
from tables.events import EventState

DAYS_TO_OBJECT = 7
HAPPENED = (EventState.published, EventState.completed, EventState.archived)
COMES = f"""SELECT r.person, array_agg(l.unit) AS units FROM registration r
  JOIN registration_line l ON l.registration = r.id JOIN capacity_unit u ON u.id = l.unit
  WHERE r.event = $1 AND l.state = 'confirmed' GROUP BY r.id HAVING bool_or({IS_SEAT})"""
FROM_SCANS = """
INSERT INTO attendance (event, part, person, minutes, presence, source, created_at, changed_at)
SELECT $1, given.part, given.person, given.minutes, given.presence, 'scans', $6, $6
FROM unnest($2::int[], $3::int[], $4::int[], $5::text[]) AS given(part, person, minutes, presence)
ON CONFLICT (event, person, part) DO UPDATE SET minutes = excluded.minutes,
  presence = excluded.presence, changed_at = excluded.changed_at,
  revision = attendance.revision + 1
WHERE attendance.source = 'scans'
  AND (attendance.minutes, attendance.presence) <> (excluded.minutes, excluded.presence)
RETURNING person"""
GONE = """
DELETE FROM attendance a WHERE a.event = $1 AND a.source = 'scans' AND NOT EXISTS (
  SELECT 1 FROM unnest($2::int[], $3::int[]) AS given(part, person)
  WHERE given.person = a.person AND given.part IS NOT DISTINCT FROM a.part)
RETURNING a.person"""


async def draw_up(actor: Actor, event_id: int, *, now: datetime) -> int:
    """Write down how long everybody was there by the scans; what people decided stays as it is.

    Again, it takes in what came later. Returns how many people's minutes changed; who saw theirs
    is told, and who came on the list since it was shown sees them now. Raises NotFound. Refuses:
    NotOverYet, ListSettled.
    """
    async with transaction():
        event = await require_managed(actor, event_id)
        if event["ends_at"] > now or event["state"] not in HAPPENED:
            raise NotOverYet
        await execute(
            "INSERT INTO presence_list (event, created_at, changed_at) VALUES ($1, $2, $2)"
            " ON CONFLICT (event) DO NOTHING",
            *(event_id, now),
        )
        held = await locked(event_id)
        if held["state"] == PresenceState.settled:
            raise ListSettled
        listed = {one.person_id for one in await presence.of_event(event_id)}
        changed = await _write(event_id, await spans_of(event), now)
        after = {"people": len(changed)}
        await audit.record(actor, "draw_up", ("presence_list", held["id"]), after=after)
        if held["state"] == PresenceState.shown:
            await telling.shown(event_id, held["object_until_at"], changed - listed)
            await telling.corrected(event_id, changed & listed)
    return len(changed)


async def _write(event_id: int, spans: list[Span], now: datetime) -> set[int]:
    went = await presence.passings(event_id)
    given: list[tuple[int | None, int, int, str]] = []
    for row in await execute(COMES, event_id):
        found = minutes.by_part(went.get(row["person"], []), spans, row["units"])
        given += [
            (span.part_id, row["person"], found[span.part_id],
             minutes.presence(found[span.part_id], span).value)
            for span in spans
        ]  # fmt: skip
    columns: Iterable[Any] = zip(*given, strict=True) if given else ((), (), (), ())
    parts, people, there, called = (list(column) for column in columns)
    gone = await execute(GONE, event_id, parts, people)
    made = await execute(FROM_SCANS, event_id, parts, people, there, called, now)
    return {row["person"] for row in (*gone, *made)}


async def show(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Send everybody on the list their own minutes; for a week they may object.

    Refuses: NoListYet, WrongState.
    """
    async with transaction():
        await require_managed(actor, event_id)
        held = await locked(event_id)
        last = clock.day_of(now) + timedelta(days=DAYS_TO_OBJECT)
        until = clock.day_bounds(last)[1]
        await PRESENCE.move(held["id"], "show", actor=actor, set_also={"object_until_at": until})
        await telling.shown(event_id, until)


async def settle(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Nothing changes any more but with a reason: certificates and registers may follow.

    Refuses: NoListYet, ObjectionsOpen, StillTimeToObject, WrongState.
    """
    async with transaction():
        await require_managed(actor, event_id)
        await _settle(actor, await locked(event_id), now)


async def _settle(actor: Actor, held: dict[str, Any], now: datetime) -> None:
    open_ones = "SELECT 1 FROM presence_objection WHERE event = $1 AND state = 'open' LIMIT 1"
    if await execute(open_ones, held["event"]):
        raise ObjectionsOpen
    if held["object_until_at"] is not None and now < held["object_until_at"]:
        raise StillTimeToObject
    await PRESENCE.move(held["id"], "settle", actor=actor, set_also={"settled_at": now})


async def tick(now: datetime) -> int:
    """Settle the lists to which nobody may object any more: how many. Safe to do late or twice."""
    due = await execute(
        "SELECT p.event FROM presence_list p WHERE p.state = 'shown' AND p.object_until_at <= $1"
        " AND NOT EXISTS (SELECT 1 FROM presence_objection o WHERE o.event = p.event"
        " AND o.state = 'open') ORDER BY p.id",
        now,
    )
    return len(await each(due, lambda row: _settle_by_itself(row["event"], now)))


async def _settle_by_itself(event_id: int, now: datetime) -> None:
    with suppress(ObjectionsOpen, WrongState):  # somebody objected, or settled it, meanwhile
        await settle(SYSTEM, event_id, now=now)


async def locked(event_id: int) -> dict[str, Any]:
    """The list of an event, held until the transaction ends. Refuses: NoListYet."""
    rows = await execute("SELECT * FROM presence_list WHERE event = $1 FOR UPDATE", event_id)
    if not rows:
        raise NoListYet
    return rows[0]


async def require_managed(actor: Actor, event_id: int) -> dict[str, Any]:
    """The event of who manages it, which moves nowhere meanwhile. Raises NotFound for others."""
    rows = await execute(
        'SELECT id, state, "group", starts_at, ends_at FROM event WHERE id = $1 FOR SHARE',
        event_id,
    )
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound
    return rows[0]


async def spans_of(event: dict[str, Any]) -> list[Span]:
    """The parts of an event, or the event itself where it has none."""
    spans = [
        Span(part.id, part.starts_at, part.ends_at, part.is_content, part.unit_id)
        for part in await timetable.parts(event["id"])
    ]
    return spans or [Span(None, event["starts_at"], event["ends_at"])]
