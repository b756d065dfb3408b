"""What the board sees before it changes a number of places: who would be given one.

By doing it and taking it back, with all that follows from it: bundles, who changes from one place
to another, and what they leave behind.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import SYSTEM
from server.database import execute, rehearsal
from server.errors import NotFound
from server.events.counting import held
from server.registrations import line, places
from tables.registrations import LineState

UNIT = f"""SELECT u.id, u.name_nl, u.name_en, u.capacity, {held("u.id", "$3")} AS held
  FROM capacity_unit u WHERE u.id = $1 AND u.event = $2"""
WAITING = """SELECT l.id FROM registration_line l JOIN capacity_unit u ON u.id = l.unit
  WHERE u.event = $1 AND l.state = 'waiting'"""
GIVEN = """SELECT p.display_name AS name, r.ticket_class, u.id AS unit_id, u.name_nl, u.name_en,
  l.state = 'confirmed' AS is_at_once FROM registration_line l
  JOIN registration r ON r.id = l.registration JOIN person p ON p.id = l.person
  JOIN capacity_unit u ON u.id = l.unit
  WHERE l.id = ANY($1::int[]) AND l.state = ANY($2::text[])
  ORDER BY u.id <> $3, u.position, u.id, l.class_rank, l.queued_at, l.id"""


@dataclass(frozen=True)
class Next:
    """Somebody who would be offered a place, or given it at once."""

    name: str
    ticket_class: str
    unit_id: int
    name_nl: str
    name_en: str
    is_at_once: bool

    def unit(self, said: str) -> str:
        """What sort of place."""
        return (self.name_en if said == "en" else "") or self.name_nl


@dataclass(frozen=True)
class Outlook:
    """What another number of places would do; nothing is written. `after` None is no maximum."""

    id: int
    name_nl: str
    name_en: str
    capacity: int | None
    held: int
    after: int
    people: list[Next]

    @property
    def over(self) -> int:
        """How many would hold a place beyond the number; they keep it."""
        return max(self.held - self.after, 0)

    def name(self, said: str) -> str:
        """What sort of place."""
        return (self.name_en if said == "en" else "") or self.name_nl


async def now_of(event_id: int, unit_id: int, *, now: datetime) -> dict[str, Any]:
    """A sort of places as it is: `id`, its names, `capacity`, `held`. Raises NotFound."""
    rows = await execute(UNIT, unit_id, event_id, now)
    if not rows:
        raise NotFound
    return rows[0]


async def look(event_id: int, unit_id: int, capacity: int, *, now: datetime) -> Outlook:
    """Who would be given what with so many places, in the order of the line. Raises NotFound."""
    unit = await now_of(event_id, unit_id, now=now)
    async with rehearsal():
        await line.lock(event_id)
        waiting = [row["id"] for row in await execute(WAITING, event_id)]
        await places.change_unit(SYSTEM, unit_id, {"capacity": capacity}, now=now)
        given = await execute(GIVEN, waiting, [LineState.offered, LineState.confirmed], unit_id)
    return Outlook(**unit, after=capacity, people=[Next(**row) for row in given])
