"""Calendars: stored feeds, secret addresses of personal ones, and invitations by mail."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.people import Person


class ComesBy(StrEnum):
    """How what somebody takes part in reaches their own calendar."""

    invitation = "invitation"
    feed = "feed"
    both = "both"


class InvitationMethod(StrEnum):
    """What somebody's calendar was told last (RFC 5546); `none` is nothing yet."""

    none = "none"
    request = "request"
    cancel = "cancel"


class CalendarAnswer(StrEnum):
    """What somebody's calendar answered; a hint, never a cancellation by itself."""

    none = "none"
    accepted = "accepted"
    tentative = "tentative"
    declined = "declined"


class FeedScope(StrEnum):
    """What a secret address shows of one's own calendar."""

    registrations = "registrations"
    meetings = "meetings"
    talks = "talks"
    deadlines = "deadlines"


class Ending(StrEnum):
    """Why a secret address ended."""

    none = ""
    owner = "owner"
    membership = "membership"
    unused = "unused"


EVERYTHING = [one.value for one in FeedScope]


class FeedToken(Table, tablename="feed_token"):
    """A labelled secret address of one person's feed: only its SHA-256 is kept.

    `scoped_at` is when `scopes` last changed; `served_at` since when the program behind it holds
    the bytes named `served_etag`, or has asked for them again. `warned_at`: told that nobody uses
    it and that it will end.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    label = Varchar(length=60)
    token_hash = Bytea(unique=True, secret=True)
    created_at = Timestamptz(default=TimestamptzNow())
    fetched_on = Date(null=True, default=None)
    client = Varchar(length=40, default="")
    revoked_at = Timestamptz(null=True, default=None)
    scopes = Array(base_column=Varchar(length=20), default=EVERYTHING)
    scoped_at = Timestamptz(null=True, default=None)
    served_etag = Varchar(length=64, default="")
    served_at = Timestamptz(null=True, default=None)
    warned_at = Timestamptz(null=True, default=None)
    ended_by = Varchar(length=20, default=Ending.none, choices=Ending)


class FeedState(Table, tablename="feed_state"):
    """The stored answer of one feed: the bytes, their ETag, and since when they are so.

    `left_out` are the entries that would have broken it: uid, why, and when they last changed.
    """

    id: Serial
    key = Varchar(length=120, unique=True)
    body = Bytea(default=b"")
    body_gz = Bytea(default=b"")
    etag = Varchar(length=64, default="")
    last_modified = Timestamptz()
    dirty = Boolean(default=True)
    left_out = JSONB(default="[]")


class FeedDeadline(Dated, Table, tablename="feed_deadline"):
    """A deadline as the feeds last showed it, so that a later date is told as a change.

    `due_at` is the first moment at which it is too late. `area` is empty when everybody may know of
    it, else that of the offices. `gone_at`: since when nobody tells of it any more.
    """

    id: Serial
    uid = Varchar(length=120, unique=True)
    due_at = Timestamptz()
    title = Varchar(length=400)
    title_en = Varchar(length=400, default="")
    path = Varchar(length=300)
    area = Varchar(length=20, default="")
    sequence = Integer(default=0)
    gone_at = Timestamptz(null=True, default=None)


class CalendarChoice(Dated, Table, tablename="calendar_choice"):
    """How somebody wants registrations and meetings of their groups; no row is the default."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, unique=True)
    registrations = Varchar(length=10, default=ComesBy.invitation, choices=ComesBy)
    meetings = Varchar(length=10, default=ComesBy.feed, choices=ComesBy)

    registrations_known = one_of("registrations", ComesBy)
    meetings_known = one_of("meetings", ComesBy)


class CalendarInvitation(Dated, Table, tablename="calendar_invitation"):
    """What one person's calendar was told of one event by mail, and what it answered.

    `sequence` is the SEQUENCE told last, `raised` how far it stands above what the event and the
    person's claims make of it, `shown` a fingerprint of what was told. `answered_at` is the DTSTAMP
    of the answer.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    method = Varchar(length=8, default=InvitationMethod.none, choices=InvitationMethod)
    sequence = Integer(default=0)
    raised = Integer(default=0)
    shown = Varchar(length=64, default="")
    told_at = Timestamptz(null=True, default=None)
    answer = Varchar(length=10, default=CalendarAnswer.none, choices=CalendarAnswer)
    answered_at = Timestamptz(null=True, default=None)

    method_known = one_of("method", InvitationMethod)
    answer_known = one_of("answer", CalendarAnswer)
    invitation_one_each = Unique(["person", "event"])


class FeedTombstone(Table, tablename="feed_tombstone"):
    """What was in a stored feed and is deleted: shown as cancelled for 30 days, then forgotten.

    A trigger writes it with the deletion. `event_id` and `slug` are of the event whose feeds had
    it, which may be gone itself; `group_id` None: of no group.
    """

    id: Serial
    uid = Varchar(length=60, unique=True)
    event_id = Integer()
    slug = Varchar(length=100)
    group_id = Integer(null=True, default=None)
    is_public = Boolean()
    is_part = Boolean()
    sequence = Integer()
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    all_day = Boolean()
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    created_at = Timestamptz()
    gone_at = Timestamptz()


class FeedFetch(Table, tablename="feed_fetch"):
    """How often programs of one family fetched a feed on a day: never who.

    `readers` are the different programs of that day, as far as one process can tell them apart; of
    secret addresses ("personal") the different addresses.
    """

    id: Serial
    key = Varchar(length=120)
    client = Varchar(length=40, default="")
    day = Date()
    fetches = Integer(default=0)
    readers = Integer(default=0)
    last_at = Timestamptz()


class EventMove(Table, tablename="event_move"):
    """That an event which feeds show got another time; written by a trigger, with the change.

    `mailed_at`: when those whose calendar still had the old time were last written to.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    was_starts_at = Timestamptz()
    was_ends_at = Timestamptz()
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    moved_at = Timestamptz(index=True)
    mailed_at = Timestamptz(null=True, default=None)
