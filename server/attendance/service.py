"""Let people in and out, each scan once; take one back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from server.actors import Actor
from server.attendance import queries, rules
from server.attendance.queries import ScanView
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.registrations import codes
from server.rights import Area
from tables.attendance import Direction, ScanResult

UNDO = f"""UPDATE scan s SET undone_at = $2 FROM scan this
  WHERE this.id = $1 AND (s.id = this.id OR s.registration = this.registration
    AND s.event = this.event AND s.part IS NOT DISTINCT FROM this.part
    AND s.direction = this.direction AND s.result <> 'ok' AND {queries.WENT}
    AND s.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM scan o
      WHERE o.registration = s.registration AND o.part IS NOT DISTINCT FROM s.part
      AND o.direction <> s.direction AND o.undone_at IS NULL
      AND o.at BETWEEN least(s.at, this.at) AND greatest(s.at, this.at)))"""


@dataclass(frozen=True)
class Asked:
    """A scan as a device sends it: a code, or a registration that was chosen by name."""

    device: UUID
    nonce: UUID
    code: str = ""
    registration_id: int | None = None
    part_id: int | None = None
    direction: Direction = Direction.in_
    at: datetime | None = None
    sent_at: datetime | None = None  # by the same clock as `at`, when it was sent
    in_person: bool = False  # comes in although their place is online


async def scan(
    actor: Actor, event_id: int, asked: Asked, *, is_full: bool = False, now: datetime
) -> ScanView:
    """Let somebody through the door, or say why not; the same scan again says the same.

    `is_full`: there is no room for who has a place online and came all the same. Raises NotFound
    for who may not be at this desk. A part that is not there any more is a reason like any other:
    a scan that was kept for hours must not wait for ever.
    """
    async with transaction():
        await require_desk(actor, event_id)
        part_id, is_known = await _part(event_id, asked.part_id)
        nonce = _mark(event_id, asked)
        before = await queries.of_nonce(asked.device, nonce)
        if before is not None:
            return before
        at = rules.moment_of(asked.at, now, sent=asked.sent_at)
        since = rules.day_began(at, await queries.nights(event_id))
        who = await _held(asked, part_id, since=since)
        claim = who.claim if who else None
        result = rules.verdict(claim, event_id, asked.direction, at, is_known_part=is_known)
        if is_full and result == ScanResult.place_online:
            result = ScanResult.hall_full
        is_of_here = claim is not None and claim.event_id == event_id
        rows = await execute(
            "INSERT INTO scan (event, part, registration, code, direction, result, device, nonce,"
            " at, recorded_at, by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " ON CONFLICT (device, nonce) DO NOTHING RETURNING id",
            *(event_id, part_id, who.registration_id if who and is_of_here else None),
            *(codes.read_code(asked.code), asked.direction, result, asked.device, nonce),
            *(at, now, actor.name[:120]),
        )
    same = queries.one(rows[0]["id"]) if rows else queries.of_nonce(asked.device, nonce)
    if (done := await same) is None:
        raise NotFound
    return done


def _mark(event_id: int, asked: Asked) -> UUID:
    """The mark of a scan, of what it asks too: an old form with another code is another scan."""
    said = [event_id, asked.part_id, asked.registration_id, asked.direction.value, asked.code]
    return uuid5(asked.nonce, json.dumps(said + ["in_person"] * asked.in_person))


async def was_sent(event_id: int, asked: Asked) -> bool:
    """Whether this very scan was sent before."""
    return await queries.of_nonce(asked.device, _mark(event_id, asked)) is not None


async def online(event_id: int, asked: Asked, *, now: datetime) -> queries.Guest | None:
    """Who is at the door, if all that keeps them out is that their place is online."""
    part_id, is_known = await _part(event_id, asked.part_id)
    at = rules.moment_of(asked.at, now, sent=asked.sent_at)
    who = await _guest(asked, part_id, since=at)
    claim = who.claim if who else None
    result = rules.verdict(claim, event_id, asked.direction, at, is_known_part=is_known)
    return who if result == ScanResult.place_online else None


async def _guest(asked: Asked, part_id: int | None, *, since: datetime) -> queries.Guest | None:
    if asked.registration_id is not None:
        return await queries.by_id(asked.registration_id, part_id, since=since)
    return await queries.by_code(codes.read_code(asked.code), part_id, since=since)


async def _held(asked: Asked, part_id: int | None, *, since: datetime) -> queries.Guest | None:
    """The same, held until the scan is written: two desks cannot let them in twice."""
    found = await _guest(asked, part_id, since=since)
    if found is None:
        return None
    await execute("SELECT 1 FROM registration WHERE id = $1 FOR UPDATE", found.registration_id)
    return await queries.by_id(found.registration_id, part_id, since=since)


async def undo(actor: Actor, scan_id: int, *, event_id: int, now: datetime) -> None:
    """Take a scan back, as if it had not been. Raises NotFound, also for one taken back before.

    Whoever was refused because of it, the same way and nothing between, is taken back with it.
    """
    async with transaction():
        rows = await execute("SELECT event, undone_at FROM scan WHERE id = $1 FOR UPDATE", scan_id)
        if not rows or rows[0]["undone_at"] is not None or rows[0]["event"] != event_id:
            raise NotFound
        await require_desk(actor, event_id)
        await execute(UNDO, scan_id, now)
        await audit.record(actor, "undo_scan", ("scan", scan_id))


async def require_desk(actor: Actor, event_id: int) -> None:
    """Whether somebody may be at the desk of an event. Raises NotFound."""
    if event_id in actor.checks_in or actor.changes(Area.events):
        return
    rows = await execute('SELECT "group" FROM event WHERE id = $1', event_id)
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound


async def _part(event_id: int, part_id: int | None) -> tuple[int | None, bool]:
    """The part, held while it is written about, and whether it is one of this event."""
    held = "SELECT 1 FROM event_part WHERE id = $1 AND event = $2 FOR KEY SHARE"
    if part_id is None or (part_id < 2**31 and await execute(held, part_id, event_id)):
        return part_id, True
    return None, False


async def forget_scanner(names: Sequence[str]) -> None:
    """Forget who stood at the door, by name. Inside the transaction in which they are erased."""
    await execute("UPDATE scan SET by = '' WHERE by = ANY($1::text[])", list(names))
