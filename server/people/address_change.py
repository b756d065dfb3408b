"""Changing one's own address: confirmed from the new one, told to the old one, with a way back.

Nobody learns here whether an address is known: what there is to say is said by letter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.letters.people import AddressChanged, AddressRestored, AddressTaken, AddressToConfirm
from server import language
from server.actors import Actor
from server.database import execute, transaction
from server.errors import Invalid, Refusal
from server.outbox import service as outbox
from server.people import rules
from server.people import service as people
from server.web import links, rate_limit, tokens
from tables.people import EmailChange

CONFIRM_WITHIN = timedelta(days=2)
UNDO_WITHIN = timedelta(days=14)


class LinkUsedUp(Refusal):
    """The link was used before, has expired, or never existed: all read the same."""

    code = "people.link_used_up"


@dataclass(frozen=True)
class Change:
    """A change of address that can still be confirmed, or taken back."""

    id: int
    person_id: int
    old_email: str | None
    new_email: str


async def ask(actor: Actor, email: str, *, now: datetime) -> None:
    """Ask for another address; only the letter to it tells what comes of that. Raises Invalid."""
    if not rules.valid_email(email):
        raise Invalid(email="errors.field.email")
    key = rules.email_key(email)
    who = await people.get(actor.person_id or 0)
    if key == who.email_key:
        raise Invalid(email="people.field.email.same")
    if not await rate_limit.may_mail(key, now):
        return
    to = outbox.Recipient(None, who.display_name, email.strip(), who.language)
    async with transaction():
        if await people.find_by_email(email) is not None:
            taken = AddressTaken(url=links.absolute("/sign-in"))
            await outbox.post(taken, to, cause=f"address:taken:{key}:{now:%Y-%m-%dT%H:%M}")
            return
        token, undo = tokens.new(), tokens.new()
        await execute("DELETE FROM email_change WHERE person = $1 AND confirmed_at IS NULL", who.id)
        row = EmailChange(
            person=who.id,
            old_email=who.email,
            new_email=email.strip(),
            token_hash=tokens.hash_of(token),
            undo_hash=tokens.hash_of(undo),
            asked_at=now,
            expires_at=now + CONFIRM_WITHIN,
        )
        await row.save()
        until = language.moment(row.expires_at, who.language)
        letter = AddressToConfirm(until=until, url=links.absolute(f"/address/confirm/{token}"))
        cause = f"address:{row.id}:confirm"
        await outbox.post(letter, to, cause=cause, expires_at=row.expires_at)


async def to_confirm(token: str, *, now: datetime) -> Change:
    """What a link in a letter would change; looking changes nothing. Refuses: LinkUsedUp."""
    return await _one("token_hash = $1 AND confirmed_at IS NULL AND expires_at > $2", token, now)


async def to_undo(token: str, *, now: datetime) -> Change:
    """What a link in a letter would take back. Refuses: LinkUsedUp."""
    return await _one("undo_hash = $1 AND undone_at IS NULL AND undo_until > $2", token, now)


async def _one(where: str, token: str, now: datetime) -> Change:
    rows = await execute(
        "SELECT id, person AS person_id, old_email, new_email FROM email_change"
        f" WHERE {where} FOR UPDATE",
        *(tokens.hash_of(token), now),
    )
    if not rows:
        raise LinkUsedUp
    return Change(**rows[0])


async def confirm(token: str, *, now: datetime) -> None:
    """The new address is theirs. Sessions end; the old address is told, with a way back.

    Refuses: LinkUsedUp, also when somebody else has the address by now.
    """
    async with transaction():
        change = await to_confirm(token, now=now)
        undo = tokens.new()
        who = await people.get(change.person_id)
        await _set(change.person_id, change.new_email, now)
        await execute(
            "UPDATE email_change SET confirmed_at = $2, undo_until = $3, undo_hash = $4"
            " WHERE id = $1",
            *(change.id, now, now + UNDO_WITHIN, tokens.hash_of(undo)),
        )
        if change.old_email:
            letter = AddressChanged(
                new_address=change.new_email,
                until=language.moment(now + UNDO_WITHIN, who.language),
                url=links.absolute(f"/address/undo/{undo}"),
            )
            to = outbox.Recipient(who.id, who.display_name, change.old_email, who.language)
            await outbox.post(letter, to, cause=f"address:{change.id}:changed")


async def undo(token: str, *, now: datetime) -> None:
    """The old address again; sessions end once more. Refuses: LinkUsedUp."""
    async with transaction():
        change = await to_undo(token, now=now)
        who = await people.get(change.person_id)
        if change.old_email is None or who.email_key != rules.email_key(change.new_email):
            raise LinkUsedUp
        await _set(change.person_id, change.old_email, now)
        await execute("UPDATE email_change SET undone_at = $2 WHERE id = $1", change.id, now)
        for address in (change.old_email, change.new_email):
            letter = AddressRestored(address=change.old_email)
            to = outbox.Recipient(who.id, who.display_name, address, who.language)
            await outbox.post(letter, to, cause=f"address:{change.id}:restored:{address}")


async def _set(person_id: int, email: str, now: datetime) -> None:
    """The address, proved by the letter that was answered. Refuses: LinkUsedUp if it is taken."""
    holder = Actor(person_id=person_id, name=(await people.get(person_id)).display_name)
    try:
        await people.change(holder, person_id, {"email": email}, now=now)
    except people.EmailTaken:
        raise LinkUsedUp from None
    await people.confirm_email(person_id, now=now)


async def tick(now: datetime) -> None:
    """Forget questions nobody answered, and addresses that nobody can go back to."""
    await execute("DELETE FROM email_change WHERE coalesce(undo_until, expires_at) <= $1", now)
