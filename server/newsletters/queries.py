"""Lists, subscriptions, and where one address stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.newsletters import rules
from server.web import tokens
from tables.newsletters import Audience, OptIn
from tables.newsletters import SubscriptionState as S

LIST_COLUMNS = (
    "l.id, l.slug, l.list_id, l.name_nl, l.name_en, l.description_nl, l.description_en,"
    ' l.audience, l.opt_in, l."group" AS group_id, l.is_open'
)
SUBSCRIPTION_COLUMNS = (
    "s.id, s.list AS list_id, s.person AS person_id, s.email, s.email_key, s.name, s.language,"
    " s.state, s.asked_at, s.confirmed_at, s.ended_at"
)


@dataclass(frozen=True)
class MailingList:
    """A list as people see it."""

    id: int
    slug: str
    list_id: str
    name_nl: str
    name_en: str
    description_nl: str
    description_en: str
    audience: str
    opt_in: str
    group_id: int | None
    is_open: bool

    def name(self, language: str) -> str:
        """Its name in the reader's language."""
        return (self.name_en if language == "en" else self.name_nl) or self.name_nl

    def description(self, language: str) -> str:
        """What it is and how often, in the reader's language."""
        english = self.description_en if language == "en" else ""
        return english or self.description_nl

    @property
    def is_automatic(self) -> bool:
        """Who is on it follows from membership; people can only leave."""
        return self.opt_in == OptIn.automatic

    def admits(self, actor: Actor) -> bool:
        """Whether this reader may come on the list."""
        if self.audience == Audience.members:
            return actor.is_member
        if self.audience == Audience.group:
            return self.group_id in actor.groups
        return self.is_open and not self.is_automatic


@dataclass(frozen=True)
class Subscribed:
    """One address on one list."""

    id: int
    list_id: int
    person_id: int | None
    email: str
    email_key: str
    name: str
    language: str
    state: str
    asked_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None

    @property
    def is_on(self) -> bool:
        """Receives the list, or will when the address is confirmed."""
        return self.state in rules.ON


@dataclass(frozen=True)
class Address:
    """Whom a subscription is for. `is_proved`: somebody read a letter of ours there."""

    email: str
    email_key: str
    name: str
    language: str
    person_id: int | None
    is_proved: bool = False


@dataclass(frozen=True)
class Standing:
    """A list and where one address stands on it; no subscription means it never answered."""

    list: MailingList
    subscription: Subscribed | None

    @property
    def is_on(self) -> bool:
        """Whether its box is ticked."""
        if self.subscription is None:
            return self.list.is_automatic
        return self.subscription.is_on

    @property
    def state(self) -> str:
        """The key of the sentence that says why: automatic, none, or the subscription's state."""
        if self.list.is_automatic and self.is_on:
            return "automatic"
        return self.subscription.state if self.subscription else "none"


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
    """Every subscription of an address, or of the person it belongs to, by id."""
    return await _subscriptions(
        "s.email_key = $1 OR s.person = $2 ORDER BY s.id", email_key, person_id
    )


async def standings(
    shown: Sequence[MailingList], email_key: str, person_id: int | None = None
) -> list[Standing]:
    """Where an address stands on each of these lists."""
    by_list = {row.list_id: row for row in await of_address(email_key, person_id)}
    return [Standing(one, by_list.get(one.id)) for one in shown]


async def shown_to_token(subscription: Subscribed) -> list[Standing]:
    """What the preference page of a link shows: the public lists and those one is on anyway."""
    mine = {row.list_id: row for row in await of_address(subscription.email_key)}
    public = {found.id for found in await public_lists()}
    return [
        Standing(one, mine.get(one.id))
        for one in await lists()
        if one.id in public or one.id in mine
    ]


async def shown_to_person(actor: Actor, email_key: str) -> list[Standing]:
    """What a signed-in person may choose from, and where they stand."""
    mine = {row.list_id: row for row in await of_address(email_key, actor.person_id)}
    return [
        Standing(one, mine.get(one.id))
        for one in await lists()
        if one.admits(actor) or (one.id in mine and mine[one.id].is_on)
    ]


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
