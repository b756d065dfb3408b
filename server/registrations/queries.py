"""Registrations as their holders and the board see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.database import execute
from server.errors import NotFound
from server.events.counting import IS_SEAT, LIVE
from server.registrations import rules
from server.registrations.sorts import SEATS
from tables.calendars import CalendarAnswer
from tables.events import EventMode, EventState
from tables.registrations import LineState, UnitKind

DOUBTS = (CalendarAnswer.declined, CalendarAnswer.tentative)
# A person `q` who can still come: not one who died, was erased, or was merged into another.
IS_THERE = "q.deceased_on IS NULL AND q.anonymised_at IS NULL AND q.merged_into IS NULL"
# Everybody before, and oneself: true also in the statement that makes the line. Each is asked for
# by their key: a plan made while the tables were empty would read everybody for everybody.
RANK = f"""CASE WHEN l.state = 'waiting' THEN 1 + (SELECT count(*) FROM registration_line o
  WHERE o.unit = l.unit AND o.state = 'waiting'
  AND (SELECT {IS_THERE} FROM person q WHERE q.id = o.person)
  AND (o.class_rank, o.queued_at, o.id) < (l.class_rank, l.queued_at, l.id)) END AS rank"""
# The claim on a seat stands for the registration: the one confirmed, else the newest that stands.
# While one waits to switch, the seat one has.
SEAT_LINE = f"""JOIN LATERAL (SELECT x.* FROM registration_line x
  JOIN capacity_unit u ON u.id = x.unit WHERE x.registration = r.id AND {IS_SEAT}
  ORDER BY x.state = 'confirmed' DESC,
    x.state IN ('unverified', 'approval', 'waiting', 'offered') DESC, x.id DESC
  LIMIT 1) l ON true"""
# By its key: PostgreSQL would read the newest line of every registration to find one line.
ITS_REGISTRATION = "(SELECT registration FROM registration_line WHERE id = $1)"
SHOWN = f"""r.id, r.code, r.idempotency_key, r.event AS event_id, r.person AS person_id,
  r.ticket_class, r.remark,
  r.created_at, l.id AS line_id, l.revision AS line_revision, l.state, l.expires_at, l.queued_at,
  l.missed_offers,
  l.unit AS unit_id, u.name_nl AS unit_nl,
  u.name_en AS unit_en, u.kind AS unit_kind,
  p.display_name, p.email, p.language, e.title AS title_nl, e.title_en,
  e.slug, e.starts_at, e.ends_at, e.state AS event_state, e.cancel_until_at, e.mode,
  e.visibility = 'public' AND e.state <> 'archived' AS has_file,
  CASE WHEN l.state = 'confirmed' AND (u.kind = 'online' OR e.mode = 'online')
    THEN e.online_url ELSE '' END AS online_url, r.auto_accept, r.together,
  r.invitation IS NOT NULL AS is_invited, e.needs_approval,
  coalesce(f.amount_cents, 0) AS price_cents, coalesce(f.state, '') AS fee_state,
  coalesce((SELECT i.answer FROM calendar_invitation i WHERE i.event = r.event
    AND i.person = r.person AND i.method = 'request'), 'none') AS calendar_answer, {RANK}"""
BESIDE = """JOIN capacity_unit u ON u.id = l.unit JOIN person p ON p.id = r.person
  JOIN event e ON e.id = r.event LEFT JOIN ticket_fee f ON f.registration = r.id
  AND f.passed_to IS NULL"""
BY_LINE = f"""SELECT {SHOWN} FROM registration r JOIN registration_line l ON l.registration = r.id
  {BESIDE}"""
VIEW = f"SELECT {SHOWN} FROM registration r {SEAT_LINE} {BESIDE}"


@dataclass(frozen=True)
class RegistrationView:
    """One registration with where it stands now; `rank` is its place in the waiting line.

    `online_url` is empty unless the place is confirmed; `has_file`: the event can be put in a
    calendar by everybody. `price_cents` 0 is free; it is owed only with a seat.
    `calendar_answer` is a hint of their calendar, no cancellation.
    """

    id: int
    code: str
    event_id: int
    person_id: int
    ticket_class: str
    remark: str
    created_at: datetime
    line_id: int
    line_revision: int
    state: str
    expires_at: datetime | None
    queued_at: datetime
    missed_offers: int
    unit_id: int
    unit_nl: str
    unit_en: str
    unit_kind: str
    display_name: str
    email: str | None
    language: str
    title_nl: str
    title_en: str
    slug: str
    starts_at: datetime
    ends_at: datetime
    event_state: str
    cancel_until_at: datetime | None
    mode: str
    has_file: bool
    online_url: str
    idempotency_key: UUID | None
    auto_accept: bool
    together: bool
    is_invited: bool
    needs_approval: bool
    price_cents: int
    fee_state: str
    calendar_answer: str
    rank: int | None

    @property
    def is_seat(self) -> bool:
        """Whether this is a claim on a seat, not on a workshop or lunch."""
        return self.unit_kind in SEATS

    @property
    def comes_in_by_door(self) -> bool:
        """Whether this is a seat in a room, not one at a screen."""
        return self.unit_kind == UnitKind.seat and self.mode != EventMode.online

    @property
    def answer_until(self) -> datetime | None:
        """Until when one may confirm or accept; a stranger has as long with no place held."""
        if self.state == LineState.unverified:
            return min(self.queued_at + rules.HOLD, self.ends_at)
        return self.expires_at

    @property
    def is_held(self) -> bool:
        """Whether a place is kept until then; a stranger on a full event has none."""
        return self.expires_at is not None

    @property
    def owes(self) -> bool:
        """Whether it is to be paid: there is a seat, and nobody noted that it was paid or let."""
        return self.fee_state == "due" and self.state == LineState.confirmed

    @property
    def is_in_doubt(self) -> bool:
        """Whether they have a place, and their calendar says no or maybe."""
        return self.state == LineState.confirmed and self.calendar_answer in DOUBTS

    @property
    def is_unmailed_offer(self) -> bool:
        """Whether they have an offer that no letter told them of: the organiser passes it on."""
        return self.state == LineState.offered and not self.email

    @property
    def is_last_offer(self) -> bool:
        """Whether letting the offer pass ends it: it is the second, or runs until the start."""
        is_second = rules.missed_action(self.missed_offers) == "expire"
        return is_second or (self.expires_at is not None and self.expires_at >= self.starts_at)

    def is_late(self, now: datetime) -> bool:
        """Whether the time to answer has passed, also when no clock has ended it yet."""
        return self.answer_until is not None and self.answer_until <= now

    def may_cancel(self, now: datetime) -> bool:
        """Whether its holder may cancel by themselves."""
        return rules.may_cancel(
            self.state,
            cancel_until_at=self.cancel_until_at,
            starts_at=self.starts_at,
            is_postponed=self.event_state == EventState.postponed,
            now=now,
        )

    def title(self, language: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl

    def unit(self, language: str) -> str:
        """What sort of place."""
        return (self.unit_en if language == "en" else "") or self.unit_nl


async def get(code: str) -> RegistrationView:
    """One registration by its secret code, until its holder is erased. Raises NotFound."""
    return _one(await execute(f"{VIEW} WHERE r.code = $1 AND p.anonymised_at IS NULL", code))


async def by_id(registration_id: int) -> RegistrationView:
    """One registration by its number, for its organiser. Raises NotFound."""
    return _one(await execute(f"{VIEW} WHERE r.id = $1", registration_id))


async def by_line(line_id: int) -> RegistrationView:
    """One registration by any line of it, for services. Raises NotFound."""
    return _one(await execute(f"{BY_LINE} WHERE r.id = {ITS_REGISTRATION} AND l.id = $1", line_id))


async def of_unit(registration_id: int, unit_id: int) -> RegistrationView:
    """The newest line that a registration has for one sort of place. Raises NotFound."""
    newest = f"{BY_LINE} WHERE r.id = $1 AND l.unit = $2 ORDER BY l.id DESC LIMIT 1"
    return _one(await execute(newest, registration_id, unit_id))


async def find(event_id: int, person_id: int) -> RegistrationView | None:
    """Somebody's registration for an event, if there is one."""
    rows = await execute(f"{VIEW} WHERE r.event = $1 AND r.person = $2", event_id, person_id)
    return _one(rows) if rows else None


async def of_person(person_id: int, *, since: datetime) -> list[RegistrationView]:
    """Somebody's registrations for events not over before `since`, the first to come first."""
    return _views(
        await execute(
            f"{VIEW} WHERE r.person = $1 AND e.ends_at >= $2 ORDER BY e.starts_at, r.id",
            person_id,
            since,
        )
    )


async def of_event(event_id: int, *, states: Sequence[str] | None = None) -> list[RegistrationView]:
    """Everybody of an event: confirmed first, then offered, the line in its order, the rest."""
    rows = await execute(
        f"{VIEW} WHERE r.event = $1 AND ($2::text[] IS NULL OR l.state = ANY($2))"
        " ORDER BY array_position(ARRAY['confirmed', 'offered', 'waiting', 'unverified'],"
        " l.state::text) NULLS LAST, l.class_rank, l.queued_at, l.id",
        event_id,
        list(states) if states else None,
    )
    return _views(rows)


async def lines_of_event(event_id: int) -> list[RegistrationView]:
    """Every line of an event, the oldest first: several of one registration."""
    return _views(await execute(f"{BY_LINE} WHERE r.event = $1 ORDER BY l.id", event_id))


async def beside(registration_id: int) -> list[RegistrationView]:
    """The live lines of one registration that are no seats, in the order of the event."""
    return _views(
        await execute(
            f"{BY_LINE} WHERE r.id = $1 AND NOT {IS_SEAT} AND l.state IN {LIVE}"
            " ORDER BY u.position, u.id, l.id",
            registration_id,
        )
    )


async def afterwards(view: RegistrationView) -> dict[str, bool]:
    """What a participant finds once an event is over: their minutes, and a certificate."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM presence_list WHERE event = $1 AND state <> 'drawn')"
        " AS presence, EXISTS (SELECT 1 FROM certificate c JOIN person w ON w.id = c.person"
        " JOIN person p ON p.id = $2 WHERE c.event = $1 AND c.state = 'valid'"
        " AND coalesce(w.merged_into, w.id) = coalesce(p.merged_into, p.id)) AS certificate",
        *(view.event_id, view.person_id),
    )
    return dict(rows[0])


async def is_there(person_id: int) -> bool:
    """Whether somebody can be given a place at all."""
    return bool(await execute(f"SELECT 1 FROM person q WHERE q.id = $1 AND {IS_THERE}", person_id))


def _one(rows: Sequence[dict[str, Any]]) -> RegistrationView:
    if not rows:
        raise NotFound
    return RegistrationView(**rows[0])


def _views(rows: Sequence[dict[str, Any]]) -> list[RegistrationView]:
    return [RegistrationView(**row) for row in rows]
