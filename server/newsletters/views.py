"""What a reader sees of lists and subscriptions."""

from dataclasses import dataclass
from datetime import datetime

from server.actors import Actor
from server.newsletters import rules
from tables.newsletters import Audience, OptIn, SubscriptionState


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
    has_objected: bool = False

    @property
    def is_on(self) -> bool:
        """Whether its box is ticked."""
        if self.subscription is None or self.subscription.state == SubscriptionState.automatic:
            return self.list.is_automatic and not self.has_objected
        return self.subscription.is_on

    @property
    def state(self) -> str:
        """The key of the sentence that says why: automatic, none, or the subscription's state."""
        if self.list.is_automatic and self.is_on:
            return "automatic"
        if self.subscription is None or self.subscription.state == SubscriptionState.automatic:
            return "none"
        return self.subscription.state
