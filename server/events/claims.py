"""Whether rooms would be free: what is planned and not written yet, beside what stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server import hours
from server.database import execute
from server.events.rooms import CLAIMS, CLASH, PLANNED, SHOWN, Clash

OF_EVENTS = f"""SELECT c.event AS of, c.room AS room_id, c.starts_at, c.ends_at, c.room_reason
    AS reason, c.part IS NOT NULL AS is_of_part FROM {CLAIMS} c WHERE c.event = ANY($1::int[])"""
WANTED = """unnest($1::int[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::text[],
    $6::boolean[]) AS o (of, room, starts_at, ends_at, room_reason, is_of_part)"""
WOULD_CLASH = f"""SELECT o.of, o.is_of_part, {CLASH}
  FROM {WANTED} JOIN {CLAIMS} c ON c.room = o.room AND c.starts_at < o.ends_at
    AND o.starts_at < c.ends_at AND c.event <> o.of AND c.event <> ALL($7::int[])
  JOIN event e ON e.id = c.event JOIN room m ON m.id = o.room
  WHERE e.state = ANY($8::text[]) ORDER BY o.of, c.starts_at, c.event, c.part"""


@dataclass(frozen=True)
class Claim:
    """A room that is wanted at some time; `of` is the event, or a number below zero for a new one.

    `reason` is why it may be shared.
    """

    of: int
    room_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    is_of_part: bool = False

    def along(self, was: datetime, becomes: datetime) -> "Claim":
        """The same as far along on the clock, for no reason yet."""
        starts, ends = (hours.along(one, was, becomes) for one in (self.starts_at, self.ends_at))
        return replace(self, starts_at=starts, ends_at=ends, reason="")


async def of_events(event_ids: Collection[int]) -> list[Claim]:
    """The rooms of events and of their parts."""
    return [Claim(**row) for row in await execute(OF_EVENTS, sorted(event_ids))]


async def clashes(
    claims: Sequence[Claim], *, besides: Collection[int] = ()
) -> Mapping[int, list[Clash]]:
    """Who else plans to be there: by `of`. `besides` are events that will be elsewhere by then."""
    columns = [
        [getattr(one, name) for one in claims]
        for name in ("of", "room_id", "starts_at", "ends_at", "reason", "is_of_part")
    ]
    found: dict[int, list[Clash]] = {}
    rows = await execute(WOULD_CLASH, *columns, sorted(besides), list(PLANNED)) if claims else []
    for row in rows:
        found.setdefault(row.pop("of"), []).append(Clash(**row))
    return found


def in_the_way(found: Sequence[Clash], state: str) -> str:
    """Why an event that is shown cannot be there, if so: a message key."""
    keys = (
        f"events.invalid.{'part_room_taken' if one.is_of_part else 'room_taken'}"
        for one in found
        if state in SHOWN and one.is_shown and not one.reason
    )
    return next(keys, "")
