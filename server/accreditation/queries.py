"""Accreditations as the board sees them: state, what is due, what was handed in."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from server.accreditation import rules
from server.accreditation.rules import Register, Slot
from server.accreditation.states import ACCREDITATION, OPEN
from server.database import execute
from server.errors import NotFound
from server.events import timetable
from tables.accreditation import AccreditationState, Counts, Rounding
from tables.events import EventState, PartKind

VIEW = """SELECT a.id, a.event AS event_id, a.state, a.external_id, a.points, a.arithmetic, a.note,
  a.revision, r.code, r.name, r.numbers, r.counts, r.minutes_per_point, r.rounding,
  r.minimum_percent, r.ask_days, r.report_days, r.website, e.slug, e.title AS title_nl, e.title_en,
  e.starts_at, e.ends_at, e.state AS event_state
  FROM accreditation a JOIN accreditation_register r ON r.id = a.register
  JOIN event e ON e.id = a.event"""
TO_HAND_IN = (
    AccreditationState.granted,
    AccreditationState.presence_open,
)


@dataclass(frozen=True)
class AccreditationView:
    """The points of one register for one event."""

    id: int
    event_id: int
    state: str
    external_id: str
    points: Decimal | None
    arithmetic: str
    note: str
    revision: int
    code: str
    name: str
    numbers: str
    counts: str
    minutes_per_point: int
    rounding: str
    minimum_percent: int
    ask_days: int
    report_days: int
    website: str
    slug: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    event_state: str

    @property
    def register(self) -> Register:
        """What the register counts."""
        return Register(
            *(Counts(self.counts), self.minutes_per_point, Rounding(self.rounding)),
            self.minimum_percent,
        )

    @property
    def ask_by(self) -> date:
        """The last day to ask it."""
        return rules.ask_by(self.starts_at, self.ask_days)

    @property
    def report_by(self) -> date:
        """The last day to hand in who was there."""
        return rules.report_by(self.ends_at, self.report_days)

    @property
    def due_on(self) -> date | None:
        """The next day by which something must be done; None when nothing must."""
        if self.event_state == EventState.cancelled:
            return None
        if self.state == AccreditationState.planned:
            return self.ask_by
        return self.report_by if self.state in TO_HAND_IN else None

    def allows(self, action: str) -> bool:
        """Whether this may be done now."""
        return action in ACCREDITATION.allowed(self.state)

    def allows_following(self, action: str) -> bool:
        """Whether this may follow from what happens elsewhere."""
        return self.state in ACCREDITATION.moves[action].sources

    def title(self, language: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl


@dataclass(frozen=True)
class ExportView:
    """A list that was handed in."""

    id: int
    accreditation_id: int
    lines: list[str]
    line_count: int
    checksum: str
    exported_at: datetime
    by: str


@dataclass(frozen=True)
class Choice:
    """A register that can be asked for an event."""

    id: int
    code: str
    name: str


async def of_event(event_id: int) -> list[AccreditationView]:
    """The accreditations of an event, by register."""
    rows = await execute(f"{VIEW} WHERE a.event = $1 ORDER BY r.code", event_id)
    return [AccreditationView(**row) for row in rows]


async def one(accreditation_id: int) -> AccreditationView:
    """One accreditation. Raises NotFound."""
    rows = await execute(f"{VIEW} WHERE a.id = $1", accreditation_id)
    if not rows:
        raise NotFound
    return AccreditationView(**rows[0])


async def open_ones() -> list[AccreditationView]:
    """What is not finished, of all events, the most urgent first."""
    rows = await execute(
        f"{VIEW} WHERE a.state = ANY($1::text[]) ORDER BY e.starts_at DESC, r.code LIMIT 500",
        [state.value for state in OPEN],
    )
    found = [AccreditationView(**row) for row in rows]
    return sorted(found, key=lambda view: (view.due_on or date.max, view.code))


async def choices(event_id: int, on: date) -> list[Choice]:
    """The registers whose rule holds on a day and that are not with the event yet."""
    rows = await execute(
        "SELECT DISTINCT ON (r.code) r.id, r.code, r.name FROM accreditation_register r"
        " WHERE r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2)"
        " AND r.code NOT IN (SELECT o.code FROM accreditation a"
        "   JOIN accreditation_register o ON o.id = a.register WHERE a.event = $1)"
        " ORDER BY r.code, r.valid_from DESC",
        *(event_id, on),
    )
    return [Choice(**row) for row in rows]


async def slots(event_id: int, starts_at: datetime, ends_at: datetime) -> list[Slot]:
    """The timetable; the whole event where it has no parts."""
    found = [
        Slot(PartKind(part.kind), part.starts_at, part.ends_at)
        for part in await timetable.parts(event_id)
    ]
    return found or [Slot(PartKind.content, starts_at, ends_at)]


async def exports(accreditation_id: int) -> list[ExportView]:
    """What was handed in, the newest first."""
    rows = await execute(
        "SELECT id, accreditation AS accreditation_id, lines, line_count, checksum, exported_at,"
        " by FROM presence_export WHERE accreditation = $1 ORDER BY id DESC",
        accreditation_id,
    )
    return [ExportView(**row) for row in rows]
