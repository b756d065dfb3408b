"""Who is at the door, who is in, and what the desk did last."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from server.actors import Actor
from server.attendance.rules import LATE, Claim, Stretch, nights_of
from server.database import execute
from server.people.rules import search_patterns
from server.registrations.queries import SEAT_LINE
from tables.registrations import LineState

LATEST, FOUND, MISSING = 12, 20, 500
# Who may stand at the door: also who waits, or did not answer a mail yet.
COMES = "l.state IN ('confirmed', 'offered', 'waiting', 'unverified')"
# Who was refused as already in, or not in, did stand there: it counts when the way between comes
# in later, from a desk in the dark.
WENT = "s.result IN ('ok', 'already_in', 'not_in')"
# The last time they went through that day, where is asked for: in, and not out again.
IS_IN = f"""coalesce((SELECT s.direction = 'in' FROM scan s WHERE s.registration = r.id
  AND {WENT}
  AND s.undone_at IS NULL AND s.part IS NOT DISTINCT FROM $2::int
  AND s.at >= $3 ORDER BY s.at DESC, s.id DESC LIMIT 1), false)"""
# A part may ask for a place of one sort: a workshop.
FOR_PART = """coalesce((SELECT part.unit IS NULL OR EXISTS (SELECT 1 FROM registration_line w
  WHERE w.registration = r.id AND w.unit = part.unit AND w.state = 'confirmed')
  FROM event_part part WHERE part.id = $2::int), true)"""
# Who takes part from home is not missed at the door; of what is online as a whole, the door is too.
AT_HOME = """(SELECT u.kind = 'online' AND h.mode = 'hybrid' FROM capacity_unit u
  JOIN event h ON h.id = u.event WHERE u.id = l.unit)"""
CLAIM = f"""SELECT r.id, r.event AS event_id, p.display_name AS name, l.state,
  coalesce((SELECT x.starts_at FROM event_part x WHERE x.id = $2), e.starts_at) AS starts_at,
  coalesce((SELECT x.ends_at FROM event_part x WHERE x.id = $2), e.ends_at) AS ends_at,
  e.state = 'postponed' AS is_postponed, {IS_IN} AS is_in, {FOR_PART} AS is_for_part,
  {AT_HOME} AS is_online
  FROM registration r {SEAT_LINE} JOIN person p ON p.id = r.person
  JOIN event e ON e.id = r.event"""


@dataclass(frozen=True)
class Guest:
    """Somebody at the door."""

    registration_id: int
    name: str
    claim: Claim

    nonce: UUID = field(default_factory=uuid4)  # of the button beside the name

    @property
    def has_place(self) -> bool:
        """Comes in; the others wait for a place, or have not answered a mail yet."""
        return self.claim.state == LineState.confirmed

    @property
    def is_in(self) -> bool:
        """Went in and not out again."""
        return self.claim.is_in


@dataclass(frozen=True)
class ScanView:
    """One try at the door; `name` is empty for a code that is nobody's."""

    id: int
    registration_id: int | None
    name: str
    code: str
    direction: str
    result: str
    at: datetime
    by: str
    is_undone: bool

    @property
    def is_ok(self) -> bool:
        """They went through."""
        return self.result == "ok"

    @property
    def outcome(self) -> str:
        """What came of it: `in_ok`, `out_ok`, `undone` or the reason; ends message keys."""
        if self.is_ok:
            return "undone" if self.is_undone else f"{self.direction}_ok"
        return self.result


@dataclass(frozen=True)
class Numbers:
    """How many may come, and how many are in."""

    expected: int
    inside: int


async def nights(event_id: int) -> list[Stretch]:
    """What of an event may go on at four in the night (`rules.nights_of`)."""
    rows = await execute(
        "SELECT starts_at, ends_at FROM event WHERE id = $1 UNION ALL"
        " SELECT starts_at, ends_at FROM event_part WHERE event = $1",
        event_id,
    )
    (begins, ends), *parts = [(row["starts_at"], row["ends_at"]) for row in rows]
    return nights_of(begins, ends, parts)


async def by_code(code: str, part_id: int | None, *, since: datetime) -> Guest | None:
    """Whose ticket a code is."""
    rows = await execute(f"{CLAIM} JOIN ticket t ON t.registration = r.id WHERE t.code = $1",
                         code, part_id, since)  # fmt: skip
    return _guest(rows[0]) if rows else None


async def by_id(registration_id: int, part_id: int | None, *, since: datetime) -> Guest | None:
    """A registration that was chosen by name."""
    rows = await execute(f"{CLAIM} WHERE r.id = $1", registration_id, part_id, since)
    return _guest(rows[0]) if rows else None


async def found(event_id: int, words: str, part_id: int | None, *, since: datetime) -> list[Guest]:
    """Who has a place at an event, or waits for one, and whose name holds what was typed: a few."""
    patterns = search_patterns(words)
    if not patterns:
        return []
    rows = await execute(
        f"{CLAIM} WHERE r.event = $1 AND p.search_key LIKE ALL($4::text[]) AND {COMES}"
        f" ORDER BY l.state <> 'confirmed', p.sort_key, r.id LIMIT {FOUND}",
        *(event_id, part_id, since, patterns),
    )
    return [_guest(row) for row in rows]


async def missing(event_id: int, part_id: int | None, *, since: datetime) -> list[Guest]:
    """Who has a place, there too, and is not in, by name."""
    rows = await execute(
        f"{CLAIM} WHERE r.event = $1 AND l.state = 'confirmed' AND {FOR_PART} AND NOT {IS_IN}"
        f" AND NOT {AT_HOME}"
        f" ORDER BY p.sort_key, r.id LIMIT {MISSING}",
        *(event_id, part_id, since),
    )
    return [_guest(row) for row in rows]


def _guest(row: dict[str, Any]) -> Guest:
    claim = Claim(**{one.name: row[one.name] for one in fields(Claim)})
    return Guest(row["id"], row["name"], claim)


SCANS = """SELECT s.id, s.registration AS registration_id, coalesce(p.display_name, '') AS name,
  s.code, s.direction, s.result, s.at, s.by, s.undone_at IS NOT NULL AS is_undone
  FROM scan s LEFT JOIN registration r ON r.id = s.registration
  LEFT JOIN person p ON p.id = r.person"""


async def latest(event_id: int) -> list[ScanView]:
    """What the desk did last, the newest first."""
    rows = await execute(f"{SCANS} WHERE s.event = $1 ORDER BY s.id DESC LIMIT {LATEST}", event_id)
    return [ScanView(**row) for row in rows]


async def of_nonce(device: UUID, nonce: UUID) -> ScanView | None:
    """A scan that was sent before."""
    rows = await execute(f"{SCANS} WHERE s.device = $1 AND s.nonce = $2", device, nonce)
    return ScanView(**rows[0]) if rows else None


async def one(scan_id: int) -> ScanView | None:
    """One scan."""
    rows = await execute(f"{SCANS} WHERE s.id = $1", scan_id)
    return ScanView(**rows[0]) if rows else None


async def numbers(event_id: int, part_id: int | None, *, since: datetime) -> Numbers:
    """How many are expected (at that part), how many of them are in on the day that began then."""
    rows = await execute(
        f"SELECT count(*) FILTER (WHERE NOT {AT_HOME}) AS expected,"
        f" count(*) FILTER (WHERE {IS_IN}) AS inside"
        f" FROM registration r {SEAT_LINE} WHERE r.event = $1 AND l.state = 'confirmed'"
        f" AND {FOR_PART}",
        *(event_id, part_id, since),
    )
    return Numbers(rows[0]["expected"], rows[0]["inside"])


@dataclass(frozen=True)
class Desk:
    """The door of an event where somebody helps."""

    slug: str
    title_nl: str
    title_en: str
    starts_at: datetime

    def title(self, language: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl


async def of_helper(actor: Actor, *, now: datetime) -> list[Desk]:
    """Where somebody helps by their office, the next day first; what is over is left out."""
    if not actor.checks_in:
        return []
    rows = await execute(
        "SELECT slug, title AS title_nl, title_en, starts_at FROM event"
        " WHERE id = ANY($1::int[]) AND ends_at > $2 AND state <> 'cancelled' ORDER BY starts_at",
        *(list(actor.checks_in), now - LATE),
    )
    return [Desk(**row) for row in rows]


@dataclass(frozen=True)
class Expected:
    """A line of the sheet to sign."""

    name: str
    unit_nl: str
    unit_en: str

    def unit(self, language: str) -> str:
        """What sort of place."""
        return (self.unit_en if language == "en" else "") or self.unit_nl


async def expected(event_id: int) -> Sequence[Expected]:
    """Everybody with a place in the room, in the order of their names."""
    rows = await execute(
        f"SELECT p.display_name AS name, u.name_nl AS unit_nl, u.name_en AS unit_en"
        f" FROM registration r {SEAT_LINE} JOIN person p ON p.id = r.person"
        " JOIN capacity_unit u ON u.id = l.unit WHERE r.event = $1 AND l.state = 'confirmed'"
        f" AND NOT {AT_HOME}"
        " ORDER BY p.sort_key, r.id",
        event_id,
    )
    return [Expected(**row) for row in rows]
