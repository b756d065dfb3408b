"""Changing one's own address: confirmed from the new one, told to the old one, with a way back.

Nobody learns here whether an address is known: what there is to say is said by letter. The whole
of the way back, with what else must end then, is `reclaiming.service.take_back`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.letters.people import AddressChanged, AddressRestored, AddressTaken, AddressToConfirm
from server import language
from server.actors import Actor
from server.database import execute, transaction
from server.errors import Invalid, ProofNeeded, Refusal
from server.outbox import service as outbox
from server.people import rules
from server.people import service as people
from server.standing import comes_in, lives
from server.web import links, rate_limit, tokens
from tables.people import EmailChange, EmailState

CONFIRM_WITHIN = timedelta(days=2)
UNDO_WITHIN = timedelta(days=14)


class LinkUsedUp(Refusal):
    """The link was used before, has expired, or never existed: all read the same."""

    code = "people.link_used_up"


@dataclass(frozen=True)
class Change:
    """A change of address that can still be confirmed, or taken back, and whose it is."""

    id: int
    person_id: int
    old_email: str | None
    new_email: str
    asked_at: datetime
    confirmed_at: datetime | None
    email_key: str | None
    display_name: str
    language: str

    def is_at(self, email: str | None) -> bool:
        """Whether this is the address that the person has now."""
        return self.email_key == (rules.email_key(email) if email else None)

    def to(self, email: str) -> outbox.Recipient:
        """The person, at one of the addresses."""
        return outbox.Recipient(self.person_id, self.display_name, email, self.language)


async def ask(actor: Actor, email: str, *, now: datetime) -> None:
    """Ask for another address; only the letter to it tells what comes of that.

    Raises ProofNeeded for who did not show just now who they are, Invalid.
    """
    if not actor.is_sure(now):
        raise ProofNeeded
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
        await people.forget_questions(who.id)
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
        # Not theirs yet, so that no erasure would find it: it is kept with the question only.
        cause, until_then = f"address:{row.id}:confirm", row.expires_at
        await outbox.post(letter, to, cause=cause, expires_at=until_then, forgets_address=True)


async def to_confirm(token: str, *, now: datetime) -> Change:
    """What a link in a letter would change; looking changes nothing.

    Refuses: LinkUsedUp, also when the address is not the one any more from which it was asked, and
    for whose account is closed or who is nobody any more.
    """
    where = (
        f"c.token_hash = $1 AND c.confirmed_at IS NULL AND c.expires_at > $2 AND {comes_in('p')}"
    )
    change = await _one(where, token, now)
    if not change.is_at(change.old_email):
        raise LinkUsedUp
    return change


async def to_undo(token: str, *, now: datetime) -> Change:
    """What a link in a letter would take back; a closed account is no reason not to.

    Refuses: LinkUsedUp, also when another hand than its holder's changed the address since.
    """
    where = f"c.undo_hash = $1 AND c.undone_at IS NULL AND c.undo_until > $2 AND {lives('p')}"
    change = await _one(where, token, now)
    if change.old_email is None or not change.is_at(await _led_to(change)):
        raise LinkUsedUp
    return change


async def _one(where: str, token: str, now: datetime) -> Change:
    rows = await execute(
        "SELECT c.id, c.person AS person_id, c.old_email, c.new_email, c.asked_at, c.confirmed_at,"
        " p.email_key, p.display_name, p.language FROM person p"
        f" JOIN email_change c ON c.person = p.id WHERE {where} AND p.merged_into IS NULL"
        " FOR UPDATE",
        *(tokens.hash_of(token), now),
    )
    if not rows:
        raise LinkUsedUp
    return Change(**rows[0])


async def _led_to(change: Change) -> str:
    """Where a change and those made from its new address led: whoever takes an account over and
    moves on once more does not shut out the first address with it.
    """
    email = change.new_email
    for row in await execute(
        "SELECT old_email, new_email FROM email_change WHERE person = $1 AND confirmed_at >= $2"
        " AND id <> $3 AND undone_at IS NULL ORDER BY confirmed_at, id",
        *(change.person_id, change.confirmed_at, change.id),
    ):
        if row["old_email"] and rules.email_key(row["old_email"]) == rules.email_key(email):
            email = row["new_email"]
    return email


async def confirm(token: str, *, now: datetime) -> None:
    """The new address is theirs. Sessions end; the old address is told, with a way back.

    Refuses: LinkUsedUp, also when somebody else has the address by now.
    """
    async with transaction():
        change = await to_confirm(token, now=now)
        undo = tokens.new()
        await execute(
            "UPDATE email_change SET confirmed_at = $2, undo_until = $3, undo_hash = $4"
            " WHERE id = $1",
            *(change.id, now, now + UNDO_WITHIN, tokens.hash_of(undo)),
        )
        await _set(change, change.new_email, now)
        if change.old_email:
            letter = AddressChanged(
                new_address=change.new_email,
                until=language.moment(now + UNDO_WITHIN, change.language),
                url=links.absolute(f"/address/undo/{undo}"),
            )
            to = change.to(change.old_email)
            await outbox.post(letter, to, cause=f"address:{change.id}:changed")


async def undo(token: str, *, now: datetime) -> None:
    """The old address again, whatever its holder's later changes; none of those can be taken
    back any more. Sessions end once more. Refuses: LinkUsedUp.
    """
    async with transaction():
        change = await to_undo(token, now=now)
        old = change.old_email or ""
        await _give_way(old, change, now)
        await _set(change, old, now)
        rows = await execute(
            "UPDATE email_change SET undone_at = $3 WHERE person = $1 AND confirmed_at >= $2"
            " AND undone_at IS NULL RETURNING new_email",
            *(change.person_id, change.confirmed_at, now),
        )
        for address in sorted({old, *(row["new_email"] for row in rows)}):
            letter, cause = AddressRestored(address=old), f"address:{change.id}:restored:{address}"
            await outbox.post(letter, change.to(address), cause=cause)


async def _give_way(email: str, change: Change, now: datetime) -> None:
    """Nobody keeps somebody from their own address who came to us with it since, unproved."""
    found = await people.find_by_email(email)
    if found is None or change.confirmed_at is None or found.email_state == EmailState.ok:
        return
    if found.created_at >= change.confirmed_at:
        holder = Actor(person_id=found.id, name=found.display_name)
        await people.change(holder, found.id, {"email": None}, now=now)


async def _set(change: Change, email: str, now: datetime) -> None:
    """The address, proved by the letter that was answered. Refuses: LinkUsedUp if it is taken."""
    holder = Actor(person_id=change.person_id, name=change.display_name)
    try:
        await people.change(holder, change.person_id, {"email": email}, now=now)
    except people.EmailTaken:
        raise LinkUsedUp from None
    await people.confirm_email(change.person_id, now=now)


async def mailboxes(person_id: int, *, now: datetime) -> list[outbox.Recipient]:
    """Where somebody is told of their account: at their address, and at every one that can still
    take it back, so that who took the account over is not the only one to read of it.
    """
    rows = await execute(
        "SELECT p.display_name, p.language, a.email FROM person p CROSS JOIN LATERAL"
        " (SELECT p.email UNION SELECT c.old_email FROM email_change c WHERE c.person = p.id"
        "   AND c.undone_at IS NULL AND c.undo_until > $2) a"
        " WHERE p.id = $1 AND a.email IS NOT NULL ORDER BY a.email IS DISTINCT FROM p.email, a",
        *(person_id, now),
    )
    return [
        outbox.Recipient(person_id, row["display_name"], row["email"], row["language"])
        for row in rows
    ]


async def tick(now: datetime) -> None:
    """Forget questions nobody answered, and addresses that nobody can go back to."""
    await execute("DELETE FROM email_change WHERE coalesce(undo_until, expires_at) <= $1", now)
