"""Signing in and out, and who holds which role. Links work once; only hashes are kept."""

from datetime import date, datetime

from emails.letters.accounts import SignInLinkLetter
from server import clock, settings
from server.accounts import queries, rules, sessions
from server.actors import ANONYMOUS, SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.outbox import service as outbox
from server.people import rules as people_rules
from server.people import service as people
from server.web import links, rate_limit, tokens
from tables.accounts import LinkPurpose, Proof, Role, RoleGrant, SignedInBy, SignInLink

LONGEST_PATH = 300
DEMO_ADDRESS = "@example.org"


class LinkUsedUp(Refusal):
    """The link was used before, has expired, or never existed: all read the same."""

    code = "accounts.link_used_up"


async def ask_for_link(email: str, *, next_path: str, now: datetime) -> None:
    """Mail a sign-in link if the address is known and not written to too often.

    The caller learns neither, and answers alike.
    """
    may_mail = await rate_limit.may_mail(people_rules.email_key(email), now)
    person = await people.find_by_email(email)
    if person is None or not may_mail or await sessions.may_come_in(person.id) is None:
        return
    async with transaction():
        url, link_id = await _new_link(person.id, next_path, now)
        letter = SignInLinkLetter(url=url, minutes=int(rules.LINK_LIFE.total_seconds() // 60))
        await outbox.post(
            letter,
            outbox.Recipient(person.id, person.display_name, person.email, person.language),
            cause=f"sign_in_link:{link_id}",
            expires_at=now + rules.LINK_LIFE,
        )


async def sign_in_url(
    person_id: int, *, next_path: str = "/me", carries_proof: bool = False, now: datetime
) -> str:
    """A fresh one-time link for one person, for a letter or an operator.

    `carries_proof` lets it stand for the second factor: only while DEMO is on.
    """
    async with transaction():
        stands = carries_proof and settings.current().demo
        url, _ = await _new_link(person_id, next_path, now, carries_proof=stands)
    return url


async def sign_in_link(actor: Actor, email: str, *, now: datetime) -> str:
    """A fresh link for the person with this address: an operator's way in. Raises NotFound.

    A second factor is asked all the same, but of demo people, while DEMO is on.
    """
    person = await people.find_by_email(email)
    if person is None:
        raise NotFound
    async with transaction():
        is_demo = settings.current().demo and email.endswith(DEMO_ADDRESS)
        url, _ = await _new_link(person.id, "/me", now, carries_proof=is_demo)
        await audit.record(actor, "sign_in_link", ("person", person.id))
    return url


async def _new_link(
    person_id: int | None, next_path: str, now: datetime, *, carries_proof: bool = False
) -> tuple[str, int]:
    token = tokens.new()
    is_fit = links.is_local(next_path) and len(next_path) <= LONGEST_PATH
    link = SignInLink(
        person=person_id,
        purpose=LinkPurpose.sign_in,
        token_hash=tokens.hash_of(token),
        carries_proof=carries_proof,
        next_path=next_path if is_fit else "/me",
        created_at=now,
        expires_at=now + rules.LINK_LIFE,
    )
    await link.save()
    return links.absolute(f"/sign-in/{token}"), link.id


async def redeem(token: str, *, device: str, now: datetime) -> tuple[str, str]:
    """Use a link once: (session token, path to go to). Refuses: LinkUsedUp.

    Whoever holds the link reads that mailbox, so the address is proved.
    """
    async with transaction():
        rows = await execute(
            "UPDATE sign_in_link SET used_at = $2 WHERE token_hash = $1 AND purpose = 'sign_in'"
            " AND used_at IS NULL AND expires_at > $2"
            " RETURNING person, next_path, carries_proof",
            tokens.hash_of(token),
            now,
        )
        if not rows or await sessions.may_come_in(rows[0]["person"]) is None:
            raise LinkUsedUp
        person_id: int = rows[0]["person"]
        await people.confirm_email(person_id, now=now)
        proof = Proof.demo if rows[0]["carries_proof"] else None
        session = await sessions.begin(person_id, device, proof=proof, now=now)
    return session, rows[0]["next_path"]


async def grant(
    actor: Actor, person_id: int, role: Role, *, from_on: date, until_on: date | None = None
) -> None:
    """Give a role for an interval of days; it ends by itself."""
    async with transaction():
        await RoleGrant(person=person_id, role=role, from_on=from_on, until_on=until_on).save()
        after = {"role": role.value, "from_on": from_on, "until_on": until_on}
        await audit.record(actor, "grant_role", ("person", person_id), after=after)


async def set_up_link(*, now: datetime) -> str:
    """A one-time link that makes the first board account; earlier ones stop working."""
    token = tokens.new()
    async with transaction():
        await execute("DELETE FROM sign_in_link WHERE purpose = 'set_up' AND used_at IS NULL")
        await SignInLink(
            purpose=LinkPurpose.set_up,
            token_hash=tokens.hash_of(token),
            next_path="/board",
            created_at=now,
            expires_at=now + rules.SET_UP_LIFE,
        ).save()
    return links.absolute(f"/set-up/{token}")


async def set_up(token: str, form: people.PersonForm, *, device: str, now: datetime) -> str:
    """Make the first board account with a set-up link: its session token.

    Refuses: LinkUsedUp, also when there is a board by now; EmailTaken. Raises Invalid.
    """
    async with transaction():
        rows = await execute(
            "UPDATE sign_in_link SET used_at = $2 WHERE token_hash = $1 AND purpose = 'set_up'"
            " AND used_at IS NULL AND expires_at > $2 RETURNING id",
            tokens.hash_of(token),
            now,
        )
        if not rows or await queries.has_board(clock.day_of(now), real_only=True):
            raise LinkUsedUp
        person_id = await people.create(ANONYMOUS, form, now=now)
        await grant(SYSTEM, person_id, Role.board, from_on=clock.day_of(now))
        return await sessions.begin(person_id, device, by=SignedInBy.set_up, now=now)


async def tick(now: datetime) -> None:
    """Forget sessions and links that can open nothing any more."""
    await execute("DELETE FROM session WHERE expires_at <= $1", now)
    await execute("DELETE FROM sign_in_link WHERE expires_at <= $1", now - rules.LINK_KEPT)


async def is_link_open(token: str, purpose: LinkPurpose, *, now: datetime) -> bool:
    """Whether a link can still be used; looking does not use it up."""
    rows = await execute(
        "SELECT 1 FROM sign_in_link WHERE token_hash = $1 AND purpose = $2"
        " AND used_at IS NULL AND expires_at > $3",
        tokens.hash_of(token),
        purpose.value,
        now,
    )
    return bool(rows)
