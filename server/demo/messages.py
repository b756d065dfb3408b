"""What the organisers wrote to whoever comes to a day, and to whoever waits for one."""

from datetime import timedelta
from uuid import UUID

from server.database import execute
from server.demo.society import Society
from server.events import queries as events
from server.turnout import service
from server.turnout.rules import Choice
from server.turnout.service import Draft
from tables.turnout import Segment

PRACTICAL = Draft(
    subject="Praktisch: zo vindt u ons",
    words="Beste deelnemer,\n\nDe ingang is aan de achterzijde, naast de fietsenstalling.\n"
    "Koffie staat klaar vanaf een half uur voor het begin.\n\nTot dan!",
    subject_en="Practical: how to find us",
    words_en="Dear participant,\n\nThe entrance is at the back, beside the bicycles.\n"
    "Coffee is ready from half an hour before we begin.\n\nSee you then!",
    key=UUID(int=1),
)
PATIENCE = Draft(
    subject="Nog geen plaats, wel een tweede dag",
    words="Beste collega,\n\nEr is nog geen plaats vrij. Wij denken aan een tweede dag in het"
    " najaar; u hoort het als eerste.",
    key=UUID(int=2),
    to_waiting=True,
)


async def write(society: Society, told: dict[str, int]) -> None:
    """One to who comes, one to who waits, by somebody of the board."""
    actor, now = society.board, society.calendar.now
    for name, segment, draft in (
        ("free_day", Segment.confirmed, PRACTICAL),
        ("full_day", Segment.waiting, PATIENCE),
    ):
        [row] = await execute("SELECT slug FROM event WHERE id = $1", told[name])
        event = await events.get(actor, row["slug"], now=now)
        at = now - timedelta(hours=3)
        await service.send(actor, event, Choice(segment), draft, now=at)
