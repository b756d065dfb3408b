"""Lists, subscriptions, and where one address stands."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.consent import queries as consents
from server.consent.rules import NO
from server.database import execute
from server.errors import NotFound
from server.newsletters import rules
from server.newsletters.belonging import belonging
from server.newsletters.views import Address, MailingList, Standing, Subscribed
from server.web import tokens
from tables.newsletters import SubscriptionState as S

LIST_COLUMNS = (
    "l.id, l.slug, l.list_id, l.name_nl, l.name_en, l.description_nl, l.description_en,"
    ' l.audience, l.opt_in, l."group" AS group_id, l.is_open'
)
SUBSCRIPTION_COLUMNS = (
    "s.id, s.list AS list_id, s.email, s.email_key, s.name, s.language,"
    " s.state, s.asked_at, s.confirmed_at, s.ended_at, COALESCE(s.person,"
    " (SELECT k.id FROM person k WHERE k.email_key = s.email_key)) AS person_id"
)


def newest_first(alias: str) -> str:
    """The order in which somebody's subscriptions to one list count: the newest answer first."""
    return f"GREATEST({alias}.confirmed_at, {alias}.ended_at) DESC NULLS LAST, {alias}.id DESC"


async def lists() -> list[MailingList]:
    """Every list, in the order the board gave them."""
    rows = await execute(f"SELECT {LIST_COLUMNS} FROM newsletter_list l ORDER BY l.position, l.id")
    return [MailingList(**row) for row in rows]


async def public_lists() -> list[MailingList]:
    """The lists anybody may ask for."""
    return [found for found in await lists() if found.admits(Actor()) and found.is_open]


async def get_list(slug: str) -> MailingList:
    """The list with this name in its address. Raises NotFound."""
    for found in await lists():
        if found.slug == slug:
            return found
    raise NotFound


async def find_subscription(list_id: int, email_key: str) -> Subscribed | None:
    """The row of one address on one list, locked until the transaction ends."""
    found = await _subscriptions(
        "s.list = $1 AND s.email_key = $2 FOR UPDATE OF s", list_id, email_key
    )
    return found[0] if found else None


async def get_address(actor: Actor) -> Address:
    """The address of a signed-in person. Raises NotFound for who has none."""
    rows = await execute(
        "SELECT email, email_key, display_name AS name, language, id AS person_id,"
        " email_state = 'ok' AS is_proved FROM person WHERE id = $1 AND email_key IS NOT NULL",
        actor.person_id,
    )
    if not rows:
        raise NotFound
    return Address(**rows[0])


async def get_subscription(subscription_id: int) -> Subscribed:
    """One subscription, locked until the transaction ends. Raises NotFound."""
    return _only(await _subscriptions("s.id = $1 FOR UPDATE OF s", subscription_id))


async def get_by_token(token: str) -> Subscribed:
    """The subscription whose stable token this is. Raises NotFound."""
    return _only(await _subscriptions("s.token_hash = $1", tokens.hash_of(token)))


async def waiting(email_key: str, asked_until: datetime) -> list[Subscribed]:
    """The unconfirmed subscriptions of an address, asked for until a moment, by id."""
    return await _subscriptions(
        "s.email_key = $1 AND s.state = $2 AND s.asked_at <= $3 ORDER BY s.id",
        email_key,
        S.pending.value,
        asked_until,
    )


async def of_address(email_key: str, person_id: int | None = None) -> list[Subscribed]:
    """Every subscription of an address, or of a person, the newest answer last."""
    return await _subscriptions(
        "s.email_key = $1 OR s.person = $2"
        " ORDER BY GREATEST(s.confirmed_at, s.ended_at) NULLS FIRST, s.id",
        email_key,
        person_id,
    )


async def alike(row: Subscribed) -> list[Subscribed]:
    """Every subscription of its person to its list, locked until the transaction ends."""
    return await _subscriptions(
        "s.list = $1 AND (s.id = $2 OR s.person = $3"
        " OR s.email_key = (SELECT email_key FROM person WHERE id = $3))"
        " ORDER BY s.id FOR UPDATE OF s",
        row.list_id,
        row.id,
        row.person_id,
    )


async def shown_to_token(subscription: Subscribed) -> list[Standing]:
    """What the preference page of a link shows: the public lists and those one is on anyway."""
    mine = await _mine(subscription.email_key, subscription.person_id)
    public = {found.id for found in await public_lists()}
    return [
        Standing(one, mine.get(one.id))
        for one in await lists()
        if one.id in public or one.id in mine
    ]


async def shown_to_person(actor: Actor, email_key: str) -> list[Standing]:
    """What a signed-in person may choose from, and where they stand."""
    mine = await _mine(email_key, actor.person_id)
    has_objected = await consents.newest(email_key, rules.EVERYTHING) in NO
    return [
        Standing(one, mine.get(one.id), has_objected)
        for one in await lists()
        if one.admits(actor) or (one.id in mine and mine[one.id].is_on)
    ]


async def _mine(email_key: str, person_id: int | None) -> dict[int, Subscribed]:
    """List → the newest answer to it; without those one was on as a member, and is no longer."""
    mine = {row.list_id: row for row in await of_address(email_key, person_id)}
    by_right = [row for row in mine.values() if row.state == S.automatic]
    if not by_right:
        return mine
    sql = f"WITH l AS (SELECT * FROM newsletter_list), e AS ({belonging('$2')})"
    rows = await execute(
        f"{sql} SELECT list FROM e WHERE person = $1", by_right[0].person_id, clock.today()
    )
    belongs = {row["list"] for row in rows}
    return {n: row for n, row in mine.items() if row.state != S.automatic or n in belongs}


async def stale(before: datetime) -> list[Subscribed]:
    """Subscriptions that nobody confirmed and nobody asked for again since a moment."""
    return await _subscriptions(
        "s.state = $1 AND s.changed_at < $2 ORDER BY s.id", S.pending.value, before
    )


def by_slug(shown: Sequence[MailingList], slugs: Collection[str]) -> list[MailingList]:
    """The lists among `shown` with these names."""
    return [one for one in shown if one.slug in slugs]


async def _subscriptions(condition: str, *values: object) -> list[Subscribed]:
    rows: list[dict[str, Any]] = await execute(
        f"SELECT {SUBSCRIPTION_COLUMNS} FROM subscription s WHERE {condition}", *values
    )
    return [Subscribed(**row) for row in rows]


def _only(found: list[Subscribed]) -> Subscribed:
    if not found:
        raise NotFound
    return found[0]
