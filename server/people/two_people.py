"""What nobody does alone: take an office holder's second factor away and give another address.

Both together are the account. Whoever did the one does not do the other within a week; somebody
else of the board does, or the operator. An office that begins later, or that ended this week,
counts as well: else one would only have to be early, or to end it first and give it back.
"""

from datetime import datetime, timedelta

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute
from server.errors import ProofNeeded, Refusal

APART = timedelta(days=7)
RESET, CORRECTED = "reset_factor", "change"
HOLDS_OFFICE = """SELECT 1 FROM role_grant WHERE person = $1
  AND (until_on IS NULL OR until_on >= $2) LIMIT 1"""
DID = """SELECT 1 FROM audit_entry WHERE entity = 'person' AND entity_id = $1 AND actor_id = $2
  AND action = $3 AND at > $4 AND ($3 <> 'change' OR after ? 'email') LIMIT 1"""


class AnotherPerson(Refusal):
    """Somebody else does this: whoever did the other half within a week may not."""

    code = "people.another_person"


async def holds_office(person_id: int, now: datetime) -> bool:
    """Whether somebody holds an office, did so this week, or will."""
    return bool(await execute(HOLDS_OFFICE, person_id, clock.day_of(now - APART)))


async def require_another(actor: Actor, person_id: int, did: str, *, now: datetime) -> None:
    """Whether this actor may do one half, not having done the other (`did`) within a week.

    Refuses: AnotherPerson. Not for people without an office, nor for the operator.
    """
    if actor.person_id is None or not await holds_office(person_id, now):
        return
    if await execute(DID, person_id, actor.person_id, did, now - APART):
        raise AnotherPerson


async def require_may_correct(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Whether this actor may give somebody else another address now.

    Of who holds an office only who showed just now who they are. Raises ProofNeeded; refuses:
    AnotherPerson.
    """
    if actor.person_id == person_id or not await holds_office(person_id, now):
        return
    if actor.session_id is not None and not actor.is_fresh(now):
        raise ProofNeeded
    await require_another(actor, person_id, RESET, now=now)


async def note_address(
    actor: Actor, person_id: int, was: str | None, becomes: str | None, *, now: datetime
) -> None:
    """Another address by another way than `people.change`: asked and on record all the same.

    Raises ProofNeeded; refuses: AnotherPerson.
    """
    if was == becomes:
        return
    await require_may_correct(actor, person_id, now=now)
    before, after = {"email": was}, {"email": becomes}
    await audit.record(actor, CORRECTED, ("person", person_id), before=before, after=after)
