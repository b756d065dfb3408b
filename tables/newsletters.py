"""Newsletter lists and who is subscribed to them."""

from enum import StrEnum

from piccolo.columns import (
    Boolean,
    Bytea,
    ForeignKey,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.readable import Readable
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.groups import WorkingGroup
from tables.people import Person


class Audience(StrEnum):
    """Who may be on a list."""

    public = "public"
    members = "members"
    group = "group"


class OptIn(StrEnum):
    """How somebody comes on a list."""

    double = "double"
    single = "single"
    automatic = "automatic"


class SubscriptionState(StrEnum):
    """Where an address stands on a list."""

    pending = "pending"
    confirmed = "confirmed"
    unsubscribed = "unsubscribed"
    hold = "hold"
    not_mailed = "not_mailed"
    automatic = "automatic"


class NewsletterList(Dated, Table, tablename="newsletter_list"):
    """A list one can subscribe to. `list_id` (RFC 2919) never changes."""

    id: Serial
    slug = Varchar(length=60, unique=True)
    list_id = Varchar(length=120, unique=True)
    name_nl = Varchar(length=120)
    name_en = Varchar(length=120)
    description_nl = Text(default="")
    description_en = Text(default="")
    audience = Varchar(length=10, default=Audience.public, choices=Audience)
    group = ForeignKey(WorkingGroup, null=True, default=None, on_delete=OnDelete.restrict)
    opt_in = Varchar(length=10, default=OptIn.double, choices=OptIn)
    is_open = Boolean(default=True)
    position = SmallInt(default=0)

    audience_known = one_of("audience", Audience)
    opt_in_known = one_of("opt_in", OptIn)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_nl])


class Subscription(Dated, Table):
    """One address on one list. `token_hash` opens the confirm and preference pages."""

    id: Serial
    list = ForeignKey(NewsletterList, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null, index=True)
    email = Varchar(length=254)
    email_key = Varchar(length=254, index=True)
    name = Varchar(length=200, default="")
    language = Varchar(length=2, default="nl")
    state = Varchar(length=14, default=SubscriptionState.pending, choices=SubscriptionState)
    token_hash = Bytea(secret=True, unique=True)
    asked_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)

    state_known = one_of("state", SubscriptionState)
    subscription_once = Unique(["list", "email_key"])
