"""The sorts of places of an event: how many there are, are held, and are waited for."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from server import clock
from server.actors import Actor
from server.admission import classes, codes
from server.admission.refusals import CodeUsedUp, NoSuchCode
from server.database import execute
from server.events.counting import HOLDS, SAME_HOUR, WHEN
from server.questions.rules import Asker
from server.registrations.rules import CLASS_RANK
from tables.registrations import TicketClass, UnitKind

SEATS = (UnitKind.seat, UnitKind.online)


@dataclass(frozen=True)
class Unit:
    """Places of one sort; `free` None is unlimited.

    `begins_at`, `ends_at`: where it has an hour of its own; `not_with`: others at that hour.
    """

    id: int
    name_nl: str
    name_en: str
    kind: str
    capacity: int | None
    held: int
    waiting: int
    begins_at: datetime | None
    ends_at: datetime | None
    not_with: list[int]

    def name(self, language: str) -> str:
        """What sort of place."""
        return (self.name_en if language == "en" else "") or self.name_nl

    @property
    def is_seat(self) -> bool:
        """Whether one comes in by it; the others are for who has a seat."""
        return self.kind in SEATS

    @property
    def free(self) -> int | None:
        """How many are left; never below zero, also when the board overbooked."""
        return None if self.capacity is None else max(self.capacity - self.held, 0)

    @property
    def is_taken(self) -> bool:
        """Whether who comes now waits."""
        return self.free == 0 or (self.free is not None and self.waiting > 0)

    @property
    def over(self) -> int:
        """How many more are held than there are: the board lowered the capacity since."""
        return 0 if self.capacity is None else max(self.held - self.capacity, 0)


async def of_event(event_id: int, *, now: datetime) -> list[Unit]:
    """The sorts of places of an event with how many are held and how many people wait."""
    rows = await execute(
        "SELECT u.id, u.name_nl, u.name_en, u.kind, u.capacity,"
        f" count(l.id) FILTER (WHERE {HOLDS.format(now='$2')}) AS held,"
        f" count(l.id) FILTER (WHERE l.state = 'waiting') AS waiting, {WHEN},"
        " ARRAY(SELECT v.id FROM capacity_unit v WHERE v.event = u.event"
        f" AND {SAME_HOUR} ORDER BY v.id) AS not_with"
        " FROM capacity_unit u LEFT JOIN registration_line l ON l.unit = u.id"
        " WHERE u.event = $1 GROUP BY u.id ORDER BY u.position, u.id",
        event_id,
        now,
    )
    return [Unit(**row) for row in rows]


def clash(units: Sequence[Unit], chosen: Collection[int]) -> list[Unit]:
    """Of what somebody wants at once, what is at one hour."""
    return [unit for unit in units if unit.id in chosen and not {*unit.not_with}.isdisjoint(chosen)]


async def class_of(actor: Actor, event_id: int, code: str, *, now: datetime) -> str:
    """In which class they will be registered: of all they are in, the one that goes first.

    A code that is not good counts for nothing here: registering refuses it.
    """
    day, invited_as = clock.day_of(now), ""
    if code:
        with suppress(NoSuchCode, CodeUsedUp):
            found = await codes.find(event_id, code, now=now, person_id=actor.person_id)
            invited_as = found.ticket_class
    theirs = await classes.of_person(actor.person_id, event_id, day, invited_as=invited_as)
    return min(theirs, key=lambda one: CLASS_RANK[TicketClass(one)])


def asker(
    ticket_class: str,
    mode: str,
    units: Sequence[Unit],
    unit_id: int | None,
    extra_ids: Collection[int] = (),
) -> Asker:
    """For whom the questions of an event are, before anything is registered."""
    seats = [unit for unit in units if unit.is_seat]
    chosen = [unit for unit in seats if unit.id == unit_id] or seats[:1]
    chosen += [unit for unit in units if not unit.is_seat and unit.id in extra_ids]
    return Asker(
        frozenset(unit.id for unit in chosen),
        frozenset(unit.kind for unit in chosen),
        mode,
        ticket_class,
    )
