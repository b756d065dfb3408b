"""In which classes somebody registers: a speaker, a member, somebody invited, or anybody."""

from datetime import date

from server.database import execute
from server.standing import stands
from tables.registrations import TicketClass

SPEAKS = """EXISTS (SELECT 1 FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
  JOIN call c ON c.id = p.call WHERE s.person = {person} AND c.event = {event}
  AND p.state IN ('accepted', 'confirmed', 'delivered'))"""
OF_PERSON = f"""SELECT {SPEAKS.format(person="$1", event="$2")} AS speaker,
  {stands("$1", "$3")} AS member"""


async def of_person(
    person_id: int | None, event_id: int, day: date, *, invited_as: str = ""
) -> frozenset[str]:
    """The classes somebody is in on a day; a stranger, who proved nothing, is anybody."""
    found = {TicketClass.other.value} | ({invited_as} if invited_as else set())
    if person_id is not None:
        [row] = await execute(OF_PERSON, person_id, event_id, day)
        found |= {name for name, is_one in row.items() if is_one}
    return frozenset(found)
