"""What the board sees before it changes a number of places: who would be offered one."""

from dataclasses import dataclass
from datetime import datetime

from server.admission.classes import SPEAKS
from server.database import execute
from server.errors import NotFound
from server.events.counting import held
from server.registrations import queries, rules
from server.registrations.precedence import can_be_met
from tables.registrations import TicketClass

UNIT = f"""SELECT u.id, u.name_nl, u.name_en, u.capacity, {held("u.id", "$3")} AS held,
  e.state = 'published' AND e.starts_at > $3 AS offers
  FROM capacity_unit u JOIN event e ON e.id = u.event WHERE u.id = $1 AND u.event = $2"""
IS_SPEAKER = SPEAKS.format(person="l.person", event="r.event")
RANK = f"CASE WHEN {IS_SPEAKER} THEN {rules.CLASS_RANK[TicketClass.speaker]} ELSE l.class_rank END"
NEXT = f"""SELECT q.display_name AS name, CASE WHEN {IS_SPEAKER} THEN 'speaker'
    ELSE r.ticket_class END AS ticket_class FROM registration_line l
  JOIN person q ON q.id = l.person JOIN registration r ON r.id = l.registration
  WHERE l.unit = $1 AND l.state = 'waiting' AND {queries.IS_THERE}
  AND {can_be_met("l", "$3")}
  ORDER BY {RANK}, l.queued_at, l.id LIMIT $2"""


@dataclass(frozen=True)
class Next:
    """Somebody who would be offered a place."""

    name: str
    ticket_class: str


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


async def look(event_id: int, unit_id: int, capacity: int, *, now: datetime) -> Outlook:
    """Who would be offered a place with so many, in the order of the line. Raises NotFound."""
    rows = await execute(UNIT, unit_id, event_id, now)
    if not rows:
        raise NotFound
    unit = rows[0]
    free = max(capacity - unit["held"], 0) if unit.pop("offers") else 0
    people = [Next(**row) for row in await execute(NEXT, unit_id, free, now)]
    return Outlook(**unit, after=capacity, people=people)
