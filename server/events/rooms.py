"""Rooms: which there are, whether one is free, and what is said where it is not.

A claim is a room at some time: of a whole event, or of one part of it. An event that is shown may
not claim a room where another that is shown claims it too, unless one of the two said why. What
is still a draft is only warned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute
from server.errors import Invalid
from server.rights import Area
from tables.events import EventState

SHOWN = (EventState.announced, EventState.published)
MOVED = ("booked_room", "starts_at", "ends_at")
PLANNED = (EventState.draft, *SHOWN)
CLAIMS = """(SELECT e.id AS event, NULL::int AS part, e.booked_room AS room, e.starts_at, e.ends_at,
    e.room_reason, '' AS title FROM event e WHERE e.booked_room IS NOT NULL
  UNION ALL SELECT p.event, p.id, p.booked_room, p.starts_at, p.ends_at, p.room_reason, p.title
    FROM event_part p WHERE p.booked_room IS NOT NULL)"""
CLASH = """m.name AS room, coalesce(nullif(o.room_reason, ''), c.room_reason) AS reason,
    c.event AS event_id, e.title AS title_nl, e.title_en, e.visibility = 'group' AS is_private,
    e."group" AS group_id, c.title AS part, c.starts_at, c.ends_at,
    e.state IN ('announced', 'published') AS is_shown"""
# An event is at home in the room that its own parts are in; two of its parts are not.
CLASHES = f"""SELECT o.part IS NOT NULL AS is_of_part, {CLASH}
  FROM {CLAIMS} o JOIN {CLAIMS} c ON c.room = o.room AND c.starts_at < o.ends_at
    AND o.starts_at < c.ends_at AND (c.event <> o.event OR c.part <> o.part)
  JOIN event e ON e.id = c.event JOIN room m ON m.id = o.room
  WHERE o.event = $1 AND e.state = ANY($2::text[]) ORDER BY c.starts_at, c.event, c.part"""
THEIRS = f"SELECT id FROM room WHERE id IN (SELECT room FROM {CLAIMS} c WHERE c.event = $1)"


@dataclass(frozen=True)
class RoomView:
    """A room to choose."""

    id: int
    venue_id: int
    name: str
    venue: str
    capacity: int | None

    def in_words(self, said: str) -> str:
        """`Zaal 2, Academiegebouw (40 mensen)`."""
        held = (
            language.text(said, "events.room.holds", people=self.capacity) if self.capacity else ""
        )
        return f"{self.name}, {self.venue}" + (f" ({held})" if held else "")


@dataclass(frozen=True)
class Clash:
    """Who else claims a room at the same time; `reason`: why that may be, of either."""

    room: str
    reason: str
    is_of_part: bool
    event_id: int
    title_nl: str
    title_en: str
    is_private: bool
    group_id: int | None
    part: str
    starts_at: datetime
    ends_at: datetime
    is_shown: bool

    def title(self, said: str, actor: Actor) -> str:
        """The other event; of a group's own meeting only who may know of it learns its title."""
        knows = actor.sees(Area.events) or (self.group_id in actor.groups | actor.chairs)
        if self.is_private and not knows:
            return language.text(said, "events.room.somebody")
        return (self.title_en if said == "en" else "") or self.title_nl


CHOICES = """SELECT r.id, r.venue AS venue_id, r.name, v.name AS venue, r.capacity FROM room r
  JOIN venue v ON v.id = r.venue"""


async def choices(*, also: int | None = None) -> list[RoomView]:
    """The rooms in use of every venue, and one that is chosen already."""
    order = "WHERE r.is_in_use OR r.id = $1 ORDER BY v.name, r.name, r.id"
    return [RoomView(**row) for row in await execute(f"{CHOICES} {order}", also)]


async def of_event(event_id: int) -> list[RoomView]:
    """The rooms of an event's venue in which its parts can be."""
    order = """JOIN event e ON e.venue = r.venue WHERE e.id = $1
      AND (r.is_in_use OR r.id IN (SELECT booked_room FROM event_part WHERE event = $1))
      ORDER BY r.name, r.id"""
    return [RoomView(**row) for row in await execute(f"{CHOICES} {order}", event_id)]


async def fitted(
    before: Mapping[str, Any], values: Mapping[str, Any], *, venue_id: int | None = None
) -> dict[str, Any]:
    """The values with a venue that follows the room, and no reason that was of another time.

    `venue_id`: the venue of the event, for a part of it. Raises Invalid on `venue`,
    `booked_room`, `room`.
    """
    found, becomes = dict(values), {**before, **values}
    if values.get("venue") not in (None, before.get("venue")):
        await _require_venue(values["venue"])
    if any(before.get(name) != becomes.get(name) for name in MOVED):
        found.setdefault("room_reason", "")
    room_id = becomes.get("booked_room")
    if room_id is None:
        return found
    if str(becomes.get("room") or "").strip():
        raise Invalid(room="events.invalid.room_twice")
    rows = await execute("SELECT venue, is_in_use FROM room WHERE id = $1", room_id)
    if not rows or not (rows[0]["is_in_use"] or before.get("booked_room") == room_id):
        raise Invalid(booked_room="errors.field.choice")
    venue = venue_id if "event" in becomes else becomes.get("venue")
    if venue is None and "event" not in becomes:
        found["venue"] = rows[0]["venue"]
    elif venue != rows[0]["venue"]:
        raise Invalid(booked_room="events.invalid.room_elsewhere")
    return found


async def _require_venue(venue_id: int) -> None:
    if not await execute("SELECT 1 FROM venue WHERE id = $1", venue_id):
        raise Invalid(venue="errors.field.choice")


async def require_free(event_id: int) -> None:
    """Every room of an event that is shown, and of its parts, is free or shared for a reason.

    Inside the transaction, after the writing: of two who claim a room at once the second sees the
    first. Raises Invalid on `room_reason`.
    """
    rows = await execute("SELECT state FROM event WHERE id = $1", event_id)
    if rows[0]["state"] not in SHOWN:
        return
    await execute(f"{THEIRS} ORDER BY id FOR NO KEY UPDATE", event_id)
    for clash in await clashes(event_id, SHOWN):
        if not clash.reason:
            of = "part_room_taken" if clash.is_of_part else "room_taken"
            raise Invalid(room_reason=f"events.invalid.{of}")


async def clashes(event_id: int, states: tuple[str, ...] = PLANNED) -> list[Clash]:
    """Who else claims a room of this event while it does, the first one first."""
    return [Clash(**row) for row in await execute(CLASHES, event_id, list(states))]


async def follow(actor: Actor, event_id: int, after: Mapping[str, Any], *, now: datetime) -> None:
    """What a change of an event does to its rooms, and theirs who are there already.

    Inside its transaction, after the writing. Raises Invalid on `room_reason`.
    """
    if "venue" in after:
        for part_id in await _leave(event_id, after["venue"], now=now):
            left = {"booked_room": None}
            await audit.record(actor, "change", ("event_part", part_id), after=left)
    if any(name in after for name in (*MOVED, "room_reason")):
        await require_free(event_id)


async def _leave(event_id: int, venue_id: int | None, *, now: datetime) -> list[int]:
    """Parts of an event that moves to another venue have no room there yet: their keys."""
    rows = await execute(
        "UPDATE event_part p SET booked_room = NULL, room_reason = '', changed_at = $3,"
        " revision = p.revision + 1 FROM room r WHERE p.event = $1 AND r.id = p.booked_room"
        " AND r.venue IS DISTINCT FROM $2 RETURNING p.id",
        *(event_id, venue_id, now),
    )
    return [int(row["id"]) for row in rows]


async def overfull(event_id: int) -> tuple[str, int, int] | None:
    """The event's room, how many it holds, and how many seats there are in it, if that is more."""
    rows = await execute(
        "SELECT m.name, m.capacity, sum(u.capacity)::int AS seats FROM event e"
        " JOIN room m ON m.id = e.booked_room JOIN capacity_unit u ON u.event = e.id"
        " WHERE e.id = $1 AND u.kind = 'seat' GROUP BY m.id"
        " HAVING m.capacity < sum(u.capacity)",
        event_id,
    )
    return (rows[0]["name"], rows[0]["capacity"], rows[0]["seats"]) if rows else None
