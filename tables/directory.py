"""The directory: how psychologists let themselves be found, field by field."""

from enum import StrEnum

from piccolo.columns import (
    Array,
    Boolean,
    Date,
    ForeignKey,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.people import Person


class ProfileState(StrEnum):
    """Whether a profile can be found."""

    draft = "draft"
    submitted = "submitted"
    published = "published"
    hidden = "hidden"


class Visibility(StrEnum):
    """Who sees a field of a profile."""

    public = "public"
    members = "members"
    board = "board"
    hidden = "hidden"


class Profile(Dated, Table):
    """What a member says of their practice. Found only while published and a member in good order.

    `referrals_said_on` is when the member last said whether they accept referrals: after 90 days
    that is no longer shown. `confirmed_on` is when they last confirmed the whole.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, unique=True)
    slug = Varchar(length=80, unique=True)
    former_slugs = Array(base_column=Varchar(length=80), default=list)
    headline = Varchar(length=160, default="")
    headline_en = Varchar(length=160, default="")
    about = Text(default="")
    about_en = Text(default="")
    languages = Array(base_column=Varchar(length=8), default=list)
    website = Varchar(length=300, default="")
    accepts_referrals = Boolean(null=True, default=None)
    waiting_weeks = SmallInt(null=True, default=None)
    referrals_said_on = Date(null=True, default=None)
    state = Varchar(length=10, default=ProfileState.draft, choices=ProfileState)
    published_at = Timestamptz(null=True, default=None)
    confirmed_on = Date(null=True, default=None)

    profile_state_known = one_of("state", ProfileState)


class ProfileField(Table, tablename="profile_field"):
    """Who sees one field. No row: hidden. Public ones rest on a consent event of the same name."""

    id: Serial
    profile = ForeignKey(Profile, null=False, on_delete=OnDelete.cascade, index=True)
    field = Varchar(length=30)
    visibility = Varchar(length=10, default=Visibility.hidden, choices=Visibility)
    changed_at = Timestamptz(default=TimestamptzNow())

    visibility_known = one_of("visibility", Visibility)
    profile_field_once = Unique(["profile", "field"])


class ProfileTerm(Table, tablename="profile_term"):
    """A term of the vocabularies that fits a profile: an intervention, a target group …"""

    id: Serial
    profile = ForeignKey(Profile, null=False, on_delete=OnDelete.cascade, index=True)
    vocabulary = Varchar(length=40)
    code = Varchar(length=40)

    profile_term_once = Unique(["profile", "vocabulary", "code"])


class Workplace(Dated, Table):
    """Where somebody works; `setting` and `echelon` are codes of the vocabularies."""

    id: Serial
    profile = ForeignKey(Profile, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=160)
    setting = Varchar(length=40, default="")
    echelon = Varchar(length=40, default="")
    street = Varchar(length=120, default="")
    postcode = Varchar(length=10, default="")
    city = Varchar(length=80, default="")
    province = Varchar(length=2, default="")
    phone = Varchar(length=20, default="")
    website = Varchar(length=300, default="")
    position = SmallInt(default=0)


class ContactMessage(Table, tablename="contact_message"):
    """A message to somebody of the directory, passed on without showing an address.

    Its words are forgotten thirty days after it was sent; that it was sent stays.
    """

    id: Serial
    profile = ForeignKey(Profile, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=120, default="")
    email = Varchar(length=254, default="")
    text = Text(default="")
    sent_at = Timestamptz(default=TimestamptzNow())
    forgotten_at = Timestamptz(null=True, default=None)


class DirectoryChange(Table, tablename="directory_change"):
    """Something that the directory shows has changed: every process reads it anew.

    Written by triggers, whoever changes something and however; cleared by the worker.
    """

    id: Serial
    at = Timestamptz(default=TimestamptzNow())
