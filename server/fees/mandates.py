"""The account from which somebody's fee is collected, given and taken back by its owner (SEPA)."""

import secrets
from datetime import datetime

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.fees import queries
from server.people import contact

LONGEST_HOLDER = 70


class NothingToPay(Refusal):
    """No fee is due of this person, nor will be: we need no account of theirs."""

    code = "fees.nothing_to_pay"


async def give(actor: Actor, iban: str, holder: str, *, now: datetime) -> None:
    """A mandate for one's own fees; another account replaces the one before.

    Raises Invalid on `iban` or `holder`, NotFound for strangers; refuses: NothingToPay. The trail
    never holds the IBAN.
    """
    if actor.person_id is None:
        raise NotFound
    account, name = contact.iban(iban), " ".join(holder.split())[:LONGEST_HOLDER]
    problems = {} if account else {"iban": "fees.field.iban.wrong"}
    if not any(letter.isalnum() for letter in name):
        problems["holder"] = "fees.field.holder.wrong" if name else "errors.field.required"
    if problems or account is None:
        raise Invalid(**problems)
    if not await queries.has_to_pay(actor.person_id, clock.day_of(now)):
        raise NothingToPay
    async with transaction():
        rows = await execute(
            "INSERT INTO bank_account (person, iban, holder, mandate, signed_on, created_at,"
            " changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (person) DO UPDATE"
            " SET iban = excluded.iban, holder = excluded.holder, mandate = excluded.mandate,"
            " signed_on = excluded.signed_on, revoked_on = NULL, changed_at = excluded.changed_at,"
            " revision = bank_account.revision + 1 RETURNING id",
            *(actor.person_id, account, name, _reference(actor.person_id), clock.day_of(now), now),
        )
        await audit.record(actor, "give_mandate", ("bank_account", rows[0]["id"]))


async def take_back(actor: Actor, *, now: datetime) -> None:
    """No more direct debit. Raises NotFound when there was no mandate."""
    if not await end(actor, actor.person_id or 0, now=now):
        raise NotFound


async def end(actor: Actor, person_id: int, *, now: datetime) -> bool:
    """Nothing is collected from somebody's account any more: whether it was until now."""
    async with transaction():
        rows = await execute(
            "UPDATE bank_account SET revoked_on = $2, changed_at = $3, revision = revision + 1"
            " WHERE person = $1 AND revoked_on IS NULL RETURNING id",
            *(person_id, clock.day_of(now), now),
        )
        if rows:
            await audit.record(actor, "take_back_mandate", ("bank_account", rows[0]["id"]))
    return bool(rows)


def _reference(person_id: int) -> str:
    """At most 35 characters of the SEPA set; never used twice."""
    return f"M{person_id}-{secrets.token_hex(6).upper()}"
