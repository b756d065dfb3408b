"""The people of an event with all that segments ask of them, and what was written to whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.clock import day_of
from server.database import execute
from server.errors import NotFound
from server.events.counting import IS_SEAT
from server.people import registers
from server.registrations.queries import IS_THERE
from server.turnout.rules import Claim, Guest
from tables.accreditation import AccreditationState
from tables.events import EventState

CLAIMS = f"""SELECT l.registration, l.unit, l.state, {IS_SEAT} AS is_seat FROM registration_line l
  JOIN capacity_unit u ON u.id = l.unit WHERE u.event = $1 ORDER BY l.id"""
GUESTS = f"""SELECT r.id AS registration_id, r.person AS person_id, q.display_name AS name,
  coalesce(q.email, '') AS email, q.email_state, q.language, r.code, r.ticket_class,
  r.created_at AS registered_at, {IS_THERE} AS is_there,
  s.at AS checked_in_at, a.was_there, coalesce(a.is_excused, false) AS is_excused
  FROM registration r JOIN person q ON q.id = r.person
  LEFT JOIN (SELECT registration, min(at) AS at FROM scan WHERE event = $1 AND result = 'ok'
    AND direction = 'in' AND undone_at IS NULL GROUP BY registration) s ON s.registration = r.id
  LEFT JOIN (SELECT t.person, bool_or(t.minutes > 0 AND coalesce(p.kind, 'content') = 'content')
      AS was_there, bool_or(t.presence = 'excused') AS is_excused
    FROM attendance t LEFT JOIN event_part p ON p.id = t.part WHERE t.event = $1
    GROUP BY t.person) a ON a.person = r.person
  WHERE r.event = $1 ORDER BY q.sort_key, r.id"""
# Registers of which this event has, or may get, points; without any, every register counts.
WANTED = """SELECT DISTINCT g.numbers FROM accreditation a JOIN accreditation_register g
  ON g.id = a.register WHERE a.event = $1 AND a.state <> ALL($2::text[])"""
NUMBERS = """SELECT n.person, n.register, n.number, n.title FROM registration_number n
  JOIN registration r ON r.person = n.person WHERE r.event = $1
  AND n.state NOT IN ('withdrawn', 'expired')
  AND (n.valid_until IS NULL OR n.valid_until >= $2)"""
MESSAGES = """SELECT m.id, m.segment, m.unit AS unit_id, m.ticket_class, m.subject, m.subject_en,
  m.words, m.words_en, m.people, m.sent_at, coalesce(p.display_name, '') AS sent_by
  FROM event_message m LEFT JOIN person p ON p.id = m.sent_by
  WHERE m.event = $1 AND ($2::int IS NULL OR m.id = $2) ORDER BY m.sent_at DESC, m.id DESC"""
NO_POINTS = (AccreditationState.refused.value, AccreditationState.withdrawn.value)


@dataclass(frozen=True)
class Gathering:
    """Everybody of an event in the order of names; `is_known`: somebody wrote down who came."""

    guests: list[Guest]
    is_known: bool
    is_past: bool

    @property
    def is_over(self) -> bool:
        """It can be said who stayed away."""
        return self.is_past and self.is_known


@dataclass(frozen=True)
class Message:
    """A letter that was sent to a segment."""

    id: int
    segment: str
    unit_id: int | None
    ticket_class: str
    subject: str
    subject_en: str
    words: str
    words_en: str
    people: int
    sent_at: datetime
    sent_by: str


async def gathering(event_id: int, *, now: datetime) -> Gathering:
    """The people of an event, in a fixed number of statements. Raises NotFound."""
    rows = await execute("SELECT starts_at, ends_at, state FROM event WHERE id = $1", event_id)
    if not rows:
        raise NotFound
    event, claims = rows[0], defaultdict(list)
    for row in await execute(CLAIMS, event_id):
        claims[row["registration"]].append(Claim(row["unit"], row["is_seat"], row["state"]))
    have = await _with_number(event_id, event["starts_at"])
    guests = [
        Guest(
            **row,
            claims=tuple(claims[row["registration_id"]]),
            lacks_number=row["person_id"] not in have,
        )
        for row in await execute(GUESTS, event_id)
    ]
    is_known = any(one.was_there is not None or one.checked_in_at for one in guests)
    is_past = event["ends_at"] <= now and event["state"] != EventState.postponed
    return Gathering(guests, is_known, is_past)


async def _with_number(event_id: int, starts_at: datetime) -> set[int]:
    """Whose number a register of this event can be told, written as it writes it."""
    wanted = {row["numbers"] for row in await execute(WANTED, event_id, list(NO_POINTS))}
    return {
        row["person"]
        for row in await execute(NUMBERS, event_id, day_of(starts_at))
        if (not wanted or row["register"] in wanted)
        and registers.check(row["register"], row["number"], row["title"]).problem is None
    }


async def messages(event_id: int) -> Sequence[Message]:
    """What was written to segments of an event, the newest first."""
    return [Message(**row) for row in await execute(MESSAGES, event_id, None)]


async def message(event_id: int, message_id: int) -> Message:
    """One letter as it was sent. Raises NotFound."""
    rows = await execute(MESSAGES, event_id, message_id)
    if not rows:
        raise NotFound
    return Message(**rows[0])
