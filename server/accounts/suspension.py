"""Closing an account at once, opening it again, and taking a lost second factor away."""

from datetime import datetime

from emails.letters.accounts import AccountSuspended, SuspensionLifted
from server import clock
from server.accounts import factors, holders, offices, sessions
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.outbox import service as outbox
from server.people import address_change, two_people
from server.people import service as people
from server.web import links
from tables.accounts import Suspension


class AlreadySuspended(Refusal):
    """The account is closed already."""

    code = "accounts.already_suspended"


async def suspend(actor: Actor, person_id: int, reason: str, *, now: datetime) -> None:
    """Close an account: sessions end and links and tokens open nothing from this moment.

    Raises Invalid, NotFound; refuses: OwnAccount, AlreadySuspended, LastOfTheBoard.
    """
    if not reason.strip():
        raise Invalid(reason="accounts.field.reason.needed")
    async with transaction(), offices.somebody_stays(clock.day_of(now)):
        offices.require(actor)
        offices.refuse_own(actor, person_id)
        await _lock(person_id)
        if await sessions.may_come_in(person_id) is None:
            raise AlreadySuspended
        await Suspension(person=person_id, reason=reason.strip(), from_at=now).save()
        await sessions.end_all(actor, person_id)
        await execute("DELETE FROM sign_in_link WHERE person = $1 AND used_at IS NULL", person_id)
        await people.forget_questions(person_id)
        await audit.record(actor, "suspend", ("person", person_id), reason=reason.strip())
        await _tell(person_id, AccountSuspended(reason=reason.strip()), now)


async def lift(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Open the account again. Raises NotFound, also when it was not closed; refuses: OwnAccount."""
    async with transaction():
        offices.require(actor)
        offices.refuse_own(actor, person_id)
        rows = await execute(
            "UPDATE suspension SET lifted_at = $2 WHERE person = $1 AND lifted_at IS NULL"
            " RETURNING id",
            *(person_id, now),
        )
        if not rows:
            raise NotFound
        await audit.record(actor, "lift_suspension", ("person", person_id))
        await _tell(person_id, SuspensionLifted(url=links.absolute("/sign-in")), now)


async def reset_factor(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Take a lost second factor and password away.

    Raises NotFound; refuses: OwnAccount, AnotherPerson.
    """
    async with transaction():
        offices.require(actor)
        offices.refuse_own(actor, person_id)
        await _lock(person_id)
        await two_people.require_another(actor, person_id, two_people.CORRECTED, now=now)
        await factors.reset(actor, person_id, now=now)


async def _lock(person_id: int) -> None:
    """Raises NotFound, also for who has no account any more."""
    await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
    await holders.account(person_id)


async def _tell(person_id: int, letter: AccountSuspended | SuspensionLifted, now: datetime) -> None:
    for n, to in enumerate(await address_change.mailboxes(person_id, now=now)):
        await outbox.post(letter, to, cause=f"{letter.kind()}:{person_id}:{now.timestamp()}:{n}")
