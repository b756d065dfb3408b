"""Signing in and out, and who holds which role. Links work once; only hashes are kept."""

from datetime import date, datetime

from emails.letters.accounts import SignInLinkLetter
from server import clock, settings
from server.accounts import api_tokens, one_time_links, queries, rules, sessions
from server.actors import ANONYMOUS, SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.outbox import service as outbox
from server.people import rules as people_rules
from server.people import service as people
from server.web import rate_limit
from tables.accounts import LinkPurpose, Proof, Role, RoleGrant, SignedInBy

DEMO_ADDRESS = "@example.org"
BY_PURPOSE = {
    LinkPurpose.sign_in: SignedInBy.link,
    LinkPurpose.invitation: SignedInBy.invitation,
}


class AnotherBrowser(Refusal):
    """The link was asked for elsewhere, and nobody said that it was them."""

    code = "accounts.another_browser"


class LinkUsedUp(Refusal):
    """The link was used before, has expired, or never existed: all read the same."""

    code = "accounts.link_used_up"


class SetUpOver(Refusal):
    """The set-up link was used, has expired, never existed, or there is a board by now."""

    code = "accounts.set_up_over"


async def ask_for_link(email: str, *, next_path: str, browser: str = "", now: datetime) -> None:
    """Mail a sign-in link if the address is known and not written to too often.

    The caller learns neither, and answers alike. `browser` is the secret of the cookie of who asks.
    """
    may_mail = await rate_limit.may_mail(people_rules.email_key(email), now)
    person = await people.find_by_email(email)
    if person is None or not may_mail or await sessions.may_come_in(person.id) is None:
        return
    async with transaction():
        link = await one_time_links.make(
            person.id, LinkPurpose.sign_in, next_path=next_path, browser=browser, now=now
        )
        minutes = int(rules.LINK_LIFE.total_seconds() // 60)
        await outbox.post(
            SignInLinkLetter(url=link.url, minutes=minutes),
            outbox.Recipient(person.id, person.display_name, person.email, person.language),
            cause=f"sign_in_link:{link.id}",
            expires_at=link.until,
        )


async def sign_in_url(
    person_id: int,
    *,
    next_path: str = "/me",
    browser: str = "",
    carries_proof: bool = False,
    now: datetime,
) -> str:
    """A fresh one-time link for one person, for a letter or an operator.

    `carries_proof` lets it stand for the second factor: only while DEMO is on.
    """
    async with transaction():
        link = await one_time_links.make(
            person_id,
            LinkPurpose.sign_in,
            next_path=next_path,
            browser=browser,
            carries_proof=carries_proof and settings.current().demo,
            now=now,
        )
    return link.url


async def sign_in_link(actor: Actor, email: str, *, now: datetime) -> str:
    """A fresh link for the person with this address: an operator's way in. Raises NotFound.

    A second factor is asked all the same, but of demo people, while DEMO is on.
    """
    person = await people.find_by_email(email)
    if person is None:
        raise NotFound
    async with transaction():
        is_demo = email.endswith(DEMO_ADDRESS)
        url = await sign_in_url(person.id, carries_proof=is_demo, now=now)
        await audit.record(actor, "sign_in_link", ("person", person.id))
    return url


async def redeem(
    token: str,
    *,
    device: str,
    browser: str = "",
    is_mine: bool = True,
    instead_of: int | None = None,
    now: datetime,
) -> tuple[str, str]:
    """Use a link once: (session token, path to go to). Refuses: LinkUsedUp, AnotherBrowser.

    Whoever holds the link reads that mailbox, so the address is proved. In another browser than
    the one that asked, `is_mine` says that the reader confirmed it. The session that they came
    with, `instead_of`, ends.
    """
    async with transaction():
        link = await one_time_links.use_up(token, one_time_links.TO_COME_IN, now=now)
        if link is None or await sessions.may_come_in(link["person"]) is None:
            raise LinkUsedUp
        if not (is_mine or one_time_links.is_same_browser(link, browser)):
            raise AnotherBrowser
        person_id: int = link["person"]
        await people.confirm_email(person_id, now=now)
        session = await sessions.begin(
            person_id,
            device,
            by=BY_PURPOSE[link["purpose"]],
            proof=Proof.demo if link["carries_proof"] else None,
            instead_of=instead_of,
            now=now,
        )
    return session, link["next_path"]


async def grant(
    actor: Actor,
    person_id: int,
    role: Role,
    *,
    from_on: date,
    until_on: date | None = None,
    event_id: int | None = None,
) -> int:
    """Give a role for an interval of days; it ends by itself. Returns the grant's id."""
    async with transaction():
        row = RoleGrant(
            person=person_id, role=role, from_on=from_on, until_on=until_on, event=event_id
        )
        await row.save()
        after = {"role": role.value, "from_on": from_on, "until_on": until_on, "event": event_id}
        await audit.record(actor, "grant_role", ("person", person_id), after=after)
    return int(row.id)


async def set_up_link(*, now: datetime) -> str:
    """A one-time link that makes the first board account; earlier ones stop working."""
    async with transaction():
        link = await one_time_links.make(None, LinkPurpose.set_up, next_path="/board", now=now)
    return link.url


async def require_set_up(token: str, *, now: datetime) -> None:
    """Whether the first board account can be made with this link. Refuses: SetUpOver."""
    link = await one_time_links.find_open(token, (LinkPurpose.set_up,), now=now)
    if link is None or await queries.has_board(clock.day_of(now), real_only=True):
        raise SetUpOver


async def set_up(token: str, form: people.PersonForm, *, device: str, now: datetime) -> str:
    """Make the first board account with a set-up link: its session token.

    Refuses: SetUpOver, EmailTaken. Raises Invalid.
    """
    async with transaction():
        link = await one_time_links.use_up(token, (LinkPurpose.set_up,), now=now)
        if link is None or await queries.has_board(clock.day_of(now), real_only=True):
            raise SetUpOver
        person_id = await people.create(ANONYMOUS, form, now=now)
        await grant(SYSTEM, person_id, Role.board, from_on=clock.day_of(now))
        return await sessions.begin(person_id, device, by=SignedInBy.set_up, now=now)


async def tick(now: datetime) -> None:
    """Forget sessions and links that can open nothing any more."""
    await execute("DELETE FROM session WHERE expires_at <= $1", now)
    await execute("DELETE FROM sign_in_link WHERE expires_at <= $1", now - rules.LINK_KEPT)
    await api_tokens.tick(now)
