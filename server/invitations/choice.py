"""How somebody wants what they take part in: by invitation, in the feed, or both."""

from dataclasses import asdict, dataclass
from datetime import datetime

from server.actors import Actor
from server.calendars.inviting import DEFAULT, Source
from server.database import execute, transaction
from server.errors import Invalid, SignInNeeded
from tables.calendars import ComesBy

HOWS = frozenset(ComesBy)
KEEP = """INSERT INTO calendar_choice AS c
    (person, registrations, meetings, created_at, changed_at, revision)
  VALUES ($1, $2, $3, $4, $4, 1) ON CONFLICT (person) DO UPDATE
  SET registrations = $2, meetings = $3, changed_at = $4, revision = c.revision + 1"""


@dataclass(frozen=True)
class Choice:
    """What somebody chose for each kind; without a choice, what is usual."""

    registrations: str = DEFAULT[Source.registration]
    meetings: str = DEFAULT[Source.meeting]


async def of_person(person_id: int) -> Choice:
    """What somebody chose."""
    rows = await execute(
        "SELECT registrations, meetings FROM calendar_choice WHERE person = $1", person_id
    )
    return Choice(**rows[0]) if rows else Choice()


async def choose(actor: Actor, choice: Choice, *, now: datetime) -> None:
    """Keep what the actor chose for themselves. Raises SignInNeeded, Invalid."""
    if actor.person_id is None:
        raise SignInNeeded
    wrong = {name: "errors.field.choice" for name, how in asdict(choice).items() if how not in HOWS}
    if wrong:
        raise Invalid(**wrong)
    async with transaction():
        await execute(KEEP, actor.person_id, choice.registrations, choice.meetings, now)
