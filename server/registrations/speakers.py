"""Whose talk was accepted while they waited stands with the speakers from then on."""

from datetime import datetime

from server.actors import SYSTEM
from server.admission.classes import SPEAKS
from server.audit import service as audit
from server.database import execute
from server.registrations import rules
from tables.registrations import TicketClass

BECAME_SPEAKERS = f"""
WITH old AS (SELECT l.id, r.id AS registration, r.ticket_class FROM registration_line l
  JOIN registration r ON r.id = l.registration WHERE r.event = $1 AND l.state = 'waiting'
  AND r.ticket_class <> 'speaker' AND {SPEAKS.format(person="r.person", event="$1")}),
moved AS (UPDATE registration_line l SET class_rank = $2 FROM old WHERE l.id = old.id)
UPDATE registration r SET ticket_class = 'speaker', changed_at = $3, revision = r.revision + 1
FROM old WHERE r.id = old.registration RETURNING r.id, old.ticket_class"""


async def lift(event_id: int, now: datetime) -> None:
    """Give them their new place in the line, on record."""
    first = rules.CLASS_RANK[TicketClass.speaker]
    for row in await execute(BECAME_SPEAKERS, event_id, first, now):
        was, after = {"ticket_class": row["ticket_class"]}, {"ticket_class": TicketClass.speaker}
        await audit.record(SYSTEM, "change", ("registration", row["id"]), before=was, after=after)
