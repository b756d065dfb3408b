"""The verbs of newsletter lists: ask, confirm, leave, choose. Each is one transaction.

Links carry their own authority: whoever holds one acts for the address, as HOLDER, whatever
session the browser has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.consent import queries as consents
from server.consent import service as consent
from server.consent.rules import NO
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.newsletters import links, queries, rules, subscribing
from server.newsletters.links import HOLDER
from server.newsletters.states import SUBSCRIPTION
from server.newsletters.views import Address, MailingList, Standing, Subscribed
from server.one_by_one import each
from server.people.rules import email_key, valid_email
from server.web import rate_limit
from tables.consent import ConsentAction
from tables.newsletters import SubscriptionState as S


@dataclass(frozen=True)
class SignUp:
    """What somebody filled in to come on lists, named by their slugs."""

    email: str
    name: str
    language: str
    slugs: tuple[str, ...]


async def sign_up(actor: Actor, asked: SignUp, *, now: datetime) -> None:
    """Ask for public lists: a letter with a link decides, and the page says the same to everybody.

    Refuses Invalid with every problem at once. Who is on all of them gets a letter that says so;
    who objected to all our mail, or had three letters this hour, gets none.
    """
    wanted = queries.by_slug(await queries.public_lists(), asked.slugs)
    _check(asked, wanted)
    key = email_key(asked.email)
    name = rules.one_line(asked.name)
    who = Address(asked.email.strip(), key, name, asked.language, person_id=None)
    may_mail = await rate_limit.may_mail(key, now)
    async with transaction():
        rows = [await subscribing.ask(actor, one, who, now=now) for one in wanted]
        objected = await consents.newest(key, rules.EVERYTHING) in NO
        if may_mail and not objected:
            await subscribing.post_letter(rows, now=now)


async def confirm(text: str, *, now: datetime) -> list[MailingList]:
    """Confirm what the letter with this token asked; returns the lists one is on now.

    Again is harmless. Raises NotFound for a token we did not make. Refuses: LinkExpired.
    """
    async with transaction():
        first, asked = await asked_by(text, now=now)
        for row in asked:
            await subscribing.confirm(row.id, now=now)
        if not asked and (await queries.get_subscription(first.id)).state != S.confirmed:
            raise rules.LinkExpired
        rows = await queries.of_address(first.email_key, first.person_id)
    on = {row.list_id for row in rows if row.state == S.confirmed}
    return [one for one in await queries.lists() if one.id in on]


async def asked_by(text: str, *, now: datetime) -> tuple[Subscribed, list[Subscribed]]:
    """The subscription of a confirmation token, and all it would confirm. Refuses: LinkExpired."""
    link = links.read_confirmation(text)
    if link is None:
        raise NotFound
    first = await queries.get_by_token(link.token)
    if rules.is_expired(link.issued_at, now):
        raise rules.LinkExpired
    return first, await queries.waiting(first.email_key, link.issued_at)


async def unsubscribe(token: str, *, channel: str, now: datetime) -> None:
    """Take the holder of this token off its list, at once. Again is harmless. Raises NotFound."""
    async with transaction():
        row = await queries.get_by_token(token)
        await subscribing.leave(HOLDER, row.id, channel=channel, now=now)


async def prefer(token: str, slugs: Sequence[str], *, now: datetime) -> bool:
    """Save the preference page of a link: off at once, on by a letter. True when one is owed.

    A forwarded newsletter carries this link too; so it may take off, but not put on.
    """
    async with transaction():
        row = await queries.get_by_token(token)
        who = Address(row.email, row.email_key, row.name, row.language, row.person_id)
        on, off = _changes(await queries.shown_to_token(row), slugs)
        for standing in off:
            await subscribing.switch_off(HOLDER, standing, who, channel="preferences", now=now)
        rows = [await subscribing.ask(HOLDER, standing.list, who, now=now) for standing in on]
        if rows and await rate_limit.may_mail(who.email_key, now):
            await subscribing.post_letter(rows, now=now)
    return bool(rows)


async def object_to_all(token: str, *, now: datetime) -> None:
    """Never mail this person again: off every list, and on none until they ask themselves."""
    async with transaction():
        holder = await queries.get_by_token(token)
        for row in await queries.of_address(holder.email_key, holder.person_id):
            await subscribing.leave(HOLDER, row.id, channel="preferences", now=now)
        if await consents.newest(holder.email_key, rules.EVERYTHING) not in NO:
            await consent.record(
                HOLDER, subscribing.answer_to_all(holder, ConsentAction.objected), now=now
            )


async def choose(actor: Actor, slugs: Sequence[str], *, now: datetime) -> bool:
    """Save a signed-in person's own choice; True when a letter must still be confirmed.

    A proved address needs no second opt-in. Raises NotFound for who has no address.
    """
    async with transaction():
        who = await queries.get_address(actor)
        on, off = _changes(await queries.shown_to_person(actor, who.email_key), slugs)
        for standing in off:
            await subscribing.switch_off(actor, standing, who, channel="me", now=now)
        if who.is_proved:
            for standing in on:
                await subscribing.join(actor, standing.list, who, now=now)
            return False
        rows = [await subscribing.ask(actor, standing.list, who, now=now) for standing in on]
        if rows and await rate_limit.may_mail(who.email_key, now):
            await subscribing.post_letter(rows, now=now)
    return bool(rows)


async def take_off(actor: Actor, subscription_id: int, reason: str, *, now: datetime) -> None:
    """Take somebody off a list who asked the board to. Only they can come back."""
    async with transaction():
        await subscribing.leave(actor, subscription_id, channel="board", now=now, reason=reason)


async def hold(actor: Actor, subscription_id: int, reason: str) -> None:
    """Stop mailing an address that does not accept mail; its consent stays. Refuses: WrongState."""
    async with transaction():
        await SUBSCRIPTION.move(subscription_id, "hold", actor=actor, reason=reason)


async def release(actor: Actor, subscription_id: int, reason: str) -> None:
    """Mail a held address again. Refuses: WrongState."""
    async with transaction():
        await SUBSCRIPTION.move(subscription_id, "release", actor=actor, reason=reason)


async def note_export(actor: Actor, list_id: int, what: str, rows: int) -> None:
    """Write down that the board took a list out of the house."""
    async with transaction():
        after = {"what": what, "rows": rows}
        await audit.record(actor, "export", ("newsletter_list", list_id), after=after)


async def tick(now: datetime) -> None:
    """Forget who never confirmed within thirty days; who was on before is off again.

    What belongs to people goes along to their new address.
    """
    async with transaction():
        await subscribing.follow()
    await each(await queries.stale(now - timedelta(days=rules.STALE_DAYS)), _lapse)


async def _lapse(row: Subscribed) -> None:
    async with transaction():
        if row.confirmed_at or row.ended_at:
            await SUBSCRIPTION.move(row.id, "lapse", actor=SYSTEM)
        else:
            await execute("DELETE FROM subscription WHERE id = $1", row.id)
            await audit.record(SYSTEM, "forget", ("subscription", row.id))


def _check(asked: SignUp, wanted: Sequence[MailingList]) -> None:
    problems = {}
    if not valid_email(asked.email.strip()):
        problems["email"] = "errors.field.email"
    if not wanted or len(wanted) != len(set(asked.slugs)):
        problems["lists"] = "newsletters.field.lists.choose"
    if problems:
        raise Invalid(**problems)


def _changes(
    shown: Sequence[Standing], slugs: Iterable[str]
) -> tuple[list[Standing], list[Standing]]:
    wanted = set(slugs)
    changes = rules.changes(
        {one.list.id: one.is_on for one in shown},
        (one.list.id for one in shown if one.list.slug in wanted),
    )
    by_id = {one.list.id: one for one in shown}
    return [by_id[n] for n in changes.on], [by_id[n] for n in changes.off]
