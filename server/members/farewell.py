"""A death, in two steps: noted at once, so that all mail stops; settled when it is certain.

Step one is taken back with one press when it was a mistake. Step two ends what goes on, and is
for good. A person who is noted as deceased comes in nowhere, stands on no list and in no
directory, and letters still waiting for them are dropped; all of that follows from the one day.
"""

from datetime import date, datetime

from server import clock
from server.accounts import api_tokens, offices, sessions
from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import Invalid, NotFound, Refusal
from server.groups import seats
from server.members import queries
from server.memberships import deciding
from server.memberships.service import require_board
from server.people import ending
from server.registrations import places


class AlreadyNoted(Refusal):
    """This person is noted as deceased already."""

    code = "members.already_noted"


class NotNoted(Refusal):
    """Nobody noted that this person died."""

    code = "members.not_noted"


class AlreadySettled(Refusal):
    """What went on has been ended: the death cannot be taken back with one press."""

    code = "members.already_settled"


async def note(
    actor: Actor, person_id: int, died_on: date, *, source: str = "", now: datetime
) -> None:
    """Note a death: sign-in, mail and every list end this minute. `source` says who told us.

    Raises Invalid, NotFound; refuses: AlreadyNoted, OwnMembership, LastOfTheBoard.
    """
    if died_on > clock.day_of(now):
        raise Invalid(died_on="members.field.died_on.future")
    async with transaction(), offices.somebody_stays(clock.day_of(now)):
        require_board(actor, person_id)
        was = await ending.set_death(actor, person_id, died_on, source=source.strip(), now=now)
        if was["anonymised_at"] is not None or was["merged_into"] is not None:
            raise NotFound
        if was["deceased_on"] is not None:
            raise AlreadyNoted
        await sessions.end_all(actor, person_id)


async def take_back(actor: Actor, person_id: int, *, now: datetime) -> None:
    """The person lives: all as before, but for letters that were dropped.

    Raises NotFound; refuses: NotNoted, AlreadySettled.
    """
    async with transaction():
        require_board(actor, person_id)
        was = await ending.set_death(actor, person_id, None, now=now)
        if was["deceased_on"] is None:
            raise NotNoted
        if was["death_settled_at"] is not None:
            raise AlreadySettled


async def settle(actor: Actor, person_id: int, *, now: datetime) -> int:
    """End what goes on: memberships on the day of death; seats, places, offices and tokens now.

    A membership that would begin later is taken away.

    Returns how many things were ended; a talk is left to the board.
    Raises NotFound; refuses: NotNoted.
    """
    async with transaction():
        require_board(actor, person_id)
        died_on = await ending.settle_death(person_id, now=now)
        if died_on is None:
            raise NotNoted
        found = await queries.open_ends(person_id)
        await deciding.end_at_death(actor, person_id, died_on, now=now)
        for one in found:
            if one.kind == "registration":
                await places.remove(actor, one.id, now=now)
            elif one.kind == "seat":
                await seats.end_at_death(actor, one.id, died_on, now=now)
            elif one.kind == "office":
                await offices.end(actor, one.id, last_on=None, now=now)
        await api_tokens.end_all(actor, person_id, now=now)
        ended = sum(one.kind not in queries.BY_HAND for one in found)
        subject = ("person", person_id)
        await audit.record(actor, "settle_death", subject, after={"ended": ended})
    return ended
