"""The timetable of an event: its parts, in their order, always within the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import hours
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.events import held, rooms
from server.events.refusals import PartWasHeld
from server.rights import Area
from tables.events import PartKind

COLUMNS = (
    *("kind", "title", "title_en", "starts_at", "ends_at"),
    *("room", "booked_room", "room_reason", "unit"),
)
MOST = 200
CHARACTERS_AT_MOST = {"title": 200, "title_en": 200, "room": 80, "room_reason": 300}


@dataclass(frozen=True)
class PartView:
    """One part of an event."""

    id: int
    kind: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    room: str
    booked_room: int | None
    room_reason: str
    room_route: str
    revision: int
    unit_id: int | None = None  # for who has a place of this sort; None: for everybody

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    @property
    def is_content(self) -> bool:
        """Something is told or done; not a break."""
        return self.kind == PartKind.content


async def parts(event_id: int) -> list[PartView]:
    """The parts of an event, the first one first; parallel ones by room."""
    rows = await execute(
        "SELECT p.id, p.kind, p.title AS title_nl, p.title_en, p.starts_at, p.ends_at,"
        " coalesce(m.name, p.room) AS room, p.booked_room, p.room_reason,"
        " coalesce(m.route, '') AS room_route, p.revision, p.unit AS unit_id FROM event_part p"
        " LEFT JOIN room m ON m.id = p.booked_room WHERE p.event = $1 ORDER BY starts_at, room, id",
        event_id,
    )
    return [PartView(**row) for row in rows]


async def units(event_id: int, said: str) -> list[tuple[str, str]]:
    """The sorts of places that a part can be for, as choices of a form: key and name."""
    rows = await execute(
        "SELECT id, name_nl, name_en FROM capacity_unit WHERE event = $1 ORDER BY position, id",
        event_id,
    )
    name = "name_en" if said == "en" else "name_nl"
    return [(str(row["id"]), str(row[name] or row["name_nl"])) for row in rows]


def check(values: Mapping[str, Any], starts_at: datetime, ends_at: datetime) -> None:
    """What a part must be: of a kind, with a title that fits, within the event. Raises Invalid."""
    problems = {
        name: "errors.field.too_long"
        for name, most in CHARACTERS_AT_MOST.items()
        if len(str(values.get(name) or "")) > most
    }
    if values.get("kind", PartKind.content) not in set(PartKind):
        problems["kind"] = "errors.field.choice"
    if not str(values.get("title") or "").strip():
        problems["title"] = "errors.field.required"
    begins, ends = values.get("starts_at"), values.get("ends_at")
    if not isinstance(begins, datetime) or not starts_at <= begins < ends_at:
        problems["starts_at"] = "events.invalid.part_outside"
    if not isinstance(ends, datetime) or ends > ends_at:
        problems["ends_at"] = "events.invalid.part_outside"
    elif isinstance(begins, datetime) and ends <= begins:
        problems["ends_at"] = "events.invalid.ends_at"
    if problems:
        raise Invalid(**problems)


async def add(actor: Actor, event_id: int, values: Mapping[str, Any], *, now: datetime) -> int:
    """One more part: its id. Raises Invalid, NotFound; refuses: WasHeld."""
    async with transaction():
        event = await _event(actor, event_id)
        await held.require_not_settled(event_id)
        check(values, event["starts_at"], event["ends_at"])
        values = await rooms.fitted({"event": event_id}, values, venue_id=event["venue"])
        await _check_unit(event_id, values.get("unit"))
        counted = await execute("SELECT count(*) AS n FROM event_part WHERE event = $1", event_id)
        if counted[0]["n"] >= MOST:
            raise Invalid(title="events.invalid.too_many_parts")
        kept = {name: values[name] for name in COLUMNS if name in values}
        names = ", ".join(f'"{name}"' for name in kept)
        places = ", ".join(f"${n}" for n in range(3, 3 + len(kept)))
        rows = await execute(
            f"INSERT INTO event_part (event, created_at, changed_at, {names})"
            f" VALUES ($1, $2, $2, {places}) RETURNING id",
            *(event_id, now, *kept.values()),
        )
        await rooms.require_free(event_id)
        await audit.record(actor, "create", ("event_part", rows[0]["id"]), after=kept)
    return int(rows[0]["id"])


async def _check_unit(event_id: int, unit_id: int | None) -> None:
    """A part is for a sort of places of its own event. Raises Invalid."""
    own = "SELECT 1 FROM capacity_unit WHERE id = $1 AND event = $2"
    if unit_id is not None and not await execute(own, unit_id, event_id):
        raise Invalid(unit="errors.field.choice")


async def change(
    actor: Actor,
    part_id: int,
    values: Mapping[str, Any],
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """Change a part. Raises Invalid, NotFound; refuses: WasHeld, Stale when it was saved since."""
    async with transaction():
        before = await _part(actor, part_id)
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        event = await _event(actor, before["event"])
        values = await rooms.fitted(before, values, venue_id=event["venue"])
        after = {k: v for k, v in values.items() if k in COLUMNS and v != before[k]}
        if not after:
            return
        await held.require_not_settled(event["id"], after)
        check({**before, **after}, event["starts_at"], event["ends_at"])
        await _check_unit(before["event"], after.get("unit"))
        assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(after, start=3))
        await execute(
            f"UPDATE event_part SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            *(part_id, now, *after.values()),
        )
        await rooms.require_free(event["id"])
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("event_part", part_id), before=was, after=after)


async def remove(actor: Actor, part_id: int) -> None:
    """Take a part away. Raises NotFound; refuses: PartWasHeld when people went in there."""
    async with transaction():
        before = await _part(actor, part_id)
        was_held = (
            "SELECT 1 FROM scan WHERE part = $1 UNION ALL"
            " SELECT 1 FROM attendance WHERE part = $1 LIMIT 1"
        )
        if await execute(was_held, part_id):
            raise PartWasHeld
        await execute("DELETE FROM event_part WHERE id = $1", part_id)
        was = {name: before[name] for name in COLUMNS}
        await audit.record(actor, "delete", ("event_part", part_id), before=was)


async def follow(
    event_id: int, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime
) -> None:
    """Move the parts with an event that moves; they stay within it.

    An event moves when it begins and ends at other moments; one that only begins earlier or ends
    later grows, and its parts stay where they are. Inside the transaction of the change; by the
    clock, also over a change of summer time. Raises Invalid when a part would lie outside, or
    in an hour that is not there.
    """
    changed = [name for name in ("starts_at", "ends_at") if name in after]
    if len(changed) == 2:
        await _move(event_id, before["starts_at"], after["starts_at"], now)
    if changed:
        span = {**before, **after}
        outside = await execute(
            "SELECT 1 FROM event_part WHERE event = $1 AND (starts_at < $2 OR ends_at > $3)",
            *(event_id, span["starts_at"], span["ends_at"]),
        )
        if outside:
            raise Invalid(**{changed[-1]: "events.invalid.parts_outside"})


async def _move(event_id: int, was: datetime, becomes: datetime, now: datetime) -> None:
    """Every part as far along on the clock. Raises Invalid for an hour that is not there."""
    for part in await parts(event_id):
        moments = (part.starts_at, part.ends_at)
        for moment in moments:
            if lost := hours.lost(moment, was, becomes):
                raise Invalid(starts_at=lost)
        await execute(
            "UPDATE event_part SET starts_at = $2, ends_at = $3, changed_at = $4,"
            " revision = revision + 1 WHERE id = $1",
            *(part.id, *(hours.along(one, was, becomes) for one in moments), now),
        )


async def _event(actor: Actor, event_id: int) -> dict[str, Any]:
    rows = await execute(
        'SELECT id, starts_at, ends_at, venue, "group" FROM event WHERE id = $1 FOR UPDATE',
        event_id,
    )
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound
    return rows[0]


async def _part(actor: Actor, part_id: int) -> dict[str, Any]:
    """A part as it is once its event is locked, and held against scans under way."""
    found = await execute("SELECT event FROM event_part WHERE id = $1", part_id)
    if not found:
        raise NotFound
    await _event(actor, found[0]["event"])
    rows = await execute("SELECT * FROM event_part WHERE id = $1 FOR UPDATE", part_id)
    if not rows:
        raise NotFound
    return rows[0]
