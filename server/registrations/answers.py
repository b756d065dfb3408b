"""What calendars answered to invitations of a meeting for which nobody registers: hints."""

from dataclasses import dataclass
from datetime import datetime

from server.database import execute

INVITED = """SELECT p.display_name AS name, i.answer, i.answered_at
  FROM calendar_invitation i JOIN person p ON p.id = i.person
  WHERE i.event = $1 AND i.method = 'request'
    AND NOT EXISTS (SELECT 1 FROM registration r WHERE r.event = i.event AND r.person = i.person)
  ORDER BY array_position(ARRAY['declined', 'tentative', 'accepted', 'none'], i.answer::text),
    p.sort_key, p.id"""


@dataclass(frozen=True)
class Answered:
    """Somebody of the group, and what their calendar says; `none` is nothing yet."""

    name: str
    answer: str
    answered_at: datetime | None


async def of_meeting(event_id: int) -> list[Answered]:
    """Everybody who was invited by mail and is not on the list, those who cannot come first."""
    return [Answered(**row) for row in await execute(INVITED, event_id)]
