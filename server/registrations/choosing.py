"""Workshops and lunch beside a seat, and the change from one sort of seat to the other.

Each is a line of its own. Putting one down runs inside a transaction that holds the lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.events import rules as event_rules
from server.events.counting import WHEN, held
from server.registrations import hours, line, opening, queries, rules, seats, sorts, telling
from server.registrations.precedence import somebody_first
from server.registrations.refusals import (
    HasThisPlace,
    NoSuchPlace,
    NotGoingOn,
    NotOpen,
    SeatFirst,
    TooLateToCancel,
)
from server.registrations.states import LIVE
from server.registrations.wishes import RegistrationForm
from tables.registrations import LineState, TicketClass

ROOM = f"""SELECT u.id AS unit_id, u.kind, u.capacity, {held("u.id", "$3")} AS held,
  {somebody_first("u.id", "$4", "$3")}
  AS somebody_first,
  ARRAY(SELECT x.state FROM ({hours.RIVALS.format(registration="$5::int")}) x) AS rivals
  FROM capacity_unit u WHERE u.id = $1 AND u.event = $2"""
ROOM_NAMES = ("unit_id", "capacity", "held", "somebody_first")
PUT = """INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at,
  created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $6) RETURNING id"""
SHOWN = f"""SELECT u.id, u.kind, u.name_nl, u.name_en, u.capacity, {held("u.id", "$2")} AS held,
  l.id AS line_id, l.state, l.expires_at, {queries.RANK}, {WHEN}, {hours.NAMES} AS beside
  FROM capacity_unit u LEFT JOIN LATERAL (SELECT * FROM registration_line x
    WHERE x.registration = $1 AND x.unit = u.id ORDER BY x.id DESC LIMIT 1) l ON true
  WHERE u.event = (SELECT event FROM registration WHERE id = $1) ORDER BY u.position, u.id"""


@dataclass(frozen=True)
class Asked:
    """How one more place is asked for: `but_seats`, only what stands beside a seat; `is_bound`, by
    the deadlines of who holds it; `takes_over`, from somebody who gave it away."""

    but_seats: bool = False
    is_bound: bool = True
    takes_over: bool = False


@dataclass(frozen=True)
class Choice:
    """One sort of place as the holder of a registration sees it: what they have of it, or may."""

    id: int
    kind: str
    name_nl: str
    name_en: str
    capacity: int | None
    held: int
    line_id: int | None
    state: str | None
    expires_at: datetime | None
    rank: int | None
    begins_at: datetime | None
    ends_at: datetime | None
    beside: list[list[str]]

    def gives_up(self, said: str) -> str:
        """What they have at the same hour, and let go for this: names, or nothing."""
        return ", ".join(
            (english if said == "en" else "") or dutch for dutch, english in self.beside
        )

    @property
    def is_seat(self) -> bool:
        """Whether one comes in by it."""
        return self.kind in sorts.SEATS

    @property
    def is_live(self) -> bool:
        """Whether they have it, or stand in line for it."""
        return self.state in LIVE

    @property
    def is_full(self) -> bool:
        """Whether one more would wait."""
        return self.capacity is not None and self.held >= self.capacity

    def name(self, said: str) -> str:
        """What sort of place."""
        return (self.name_en if said == "en" else "") or self.name_nl


async def shown(registration_id: int, *, now: datetime) -> list[Choice]:
    """Every sort of place of the event, with where this registration stands for it."""
    return [Choice(**row) for row in await execute(SHOWN, registration_id, now)]


async def beside(event_id: int) -> dict[int, list[queries.RegistrationView]]:
    """The live lines of an event that do not stand for their registration, by registration."""
    found: dict[int, list[queries.RegistrationView]] = {}
    for view in await queries.lines_of_event(event_id):
        if view.state in LIVE:
            found.setdefault(view.id, []).append(view)
    return found


async def take(
    actor: Actor, code: str, unit_id: int, *, for_them: bool = False, now: datetime
) -> queries.RegistrationView:
    """One more workshop or lunch, or the other sort of seat. Full: one waits for it.

    A seat one has is given up only when the other is had. `for_them`: their organiser asks, also
    once registration is closed and it is too late for themselves. Answers with the new line.
    Refuses: NotOpen, NotGoingOn, SeatFirst, HasThisPlace, NoSuchPlace, SameHour, TooLateToCancel.
    """
    async with transaction():
        event = await line.lock((await queries.get(code)).event_id)
        seen = await queries.get(code)
        if for_them and not event_rules.goes_on(event["state"], ends_at=event["ends_at"], now=now):
            raise NotGoingOn
        if not for_them and not opening.is_open_to_anybody(event, now=now):
            raise NotOpen
        if seen.state not in (LineState.confirmed, LineState.waiting):
            raise SeatFirst
        line_id = await _take(actor, seen, unit_id, now, Asked(is_bound=not for_them))
        view = await queries.by_line(line_id)
        is_had = view.state == LineState.confirmed
        instead = await hours.let_go(actor, view) if is_had else ""
        await telling.tell(view, names_unit=True, instead=instead)
        if view.is_seat and view.state == LineState.confirmed:
            await line.had(actor, view, now=now)
        await line.promote(seen.event_id, now=now)
    return view


async def put_beside(
    actor: Actor, seat: queries.RegistrationView, wish: RegistrationForm, *, now: datetime
) -> None:
    """The workshops and lunch asked for together with a seat; no letters."""
    asked = Asked(but_seats=True, takes_over=wish.takes_over)
    for unit_id in dict.fromkeys(wish.extra_ids):
        await _take(actor, seat, unit_id, now, asked)


async def all_free(
    found: dict[str, Any], unit_ids: Sequence[int], event_id: int, *, now: datetime
) -> bool:
    """Whether everything somebody wants beside their seat can be had at this moment."""
    for unit_id in unit_ids:
        rows = await execute(ROOM, unit_id, event_id, now, found["class_rank"], found["id"])
        if rows and rules.place(_room(rows[0])) != LineState.confirmed:
            return False
    return True


async def _take(
    actor: Actor,
    seen: queries.RegistrationView,
    unit_id: int,
    now: datetime,
    asked: Asked,
) -> int:
    rank = rules.CLASS_RANK[TicketClass(seen.ticket_class)]
    rows = await execute(ROOM, unit_id, seen.event_id, now, rank, seen.id)
    if not rows or (asked.but_seats and rows[0]["kind"] in sorts.SEATS):
        raise NoSuchPlace
    has_seat = seen.state == LineState.confirmed
    is_seat = rows[0]["kind"] in sorts.SEATS
    if any(one["unit_id"] == unit_id for one in await seats.live(seen.id)):
        raise HasThisPlace
    if asked.is_bound and is_seat and has_seat and not seen.may_cancel(now):
        raise TooLateToCancel
    state = rules.place(_room(rows[0])) if has_seat or is_seat else LineState.waiting
    if asked.takes_over:
        state = LineState.confirmed
    else:
        hours.require(rows[0]["rivals"], state, at_once=asked.but_seats)
    made = await execute(PUT, seen.id, unit_id, seen.person_id, state.value, rank, now)
    after = {"state": state.value, "unit": unit_id, "class": seen.ticket_class}
    line_id = int(made[0]["id"])
    await audit.record(actor, "register", ("registration_line", line_id), after=after)
    return line_id


def _room(row: dict[str, Any]) -> rules.Room:
    return rules.Room(**{name: row[name] for name in ROOM_NAMES})
