"""Events: meetings, event days, congresses, and where they are held."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.readable import Readable
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.groups import WorkingGroup


class EventKind(StrEnum):
    """What sort of event."""

    meeting = "meeting"
    event_day = "event_day"
    congress = "congress"
    course = "course"
    webinar = "webinar"
    external = "external"


class EventState(StrEnum):
    """Life of an event; "open for registration" and "full" are computed."""

    draft = "draft"
    announced = "announced"
    published = "published"
    postponed = "postponed"
    cancelled = "cancelled"
    completed = "completed"
    archived = "archived"


class SeriesState(StrEnum):
    """Whether a series goes on."""

    running = "running"
    ended = "ended"


class PartKind(StrEnum):
    """What a part of the day is: a break or lunch counts for some registers and not for others."""

    content = "content"
    break_ = "break"
    lunch = "lunch"


class EventMode(StrEnum):
    """Where one takes part."""

    on_site = "on_site"
    online = "online"
    hybrid = "hybrid"


class Visibility(StrEnum):
    """Who may know of it."""

    public = "public"
    members = "members"
    group = "group"


class DocumentVisibility(StrEnum):
    """Who may fetch a document: of those who may know of the event."""

    public = "public"
    participants = "participants"
    group = "group"
    board = "board"


class Venue(Dated, Table):
    """A place with an address. Calendars have the location that somebody checked on a map."""

    id: Serial
    name = Varchar(length=120)
    street = Varchar(length=120, default="")
    postcode = Varchar(length=10, default="")
    city = Varchar(length=80, default="")
    route = Text(default="")
    accessibility = Text(default="")
    latitude = Numeric(digits=(8, 6), null=True, default=None)
    longitude = Numeric(digits=(9, 6), null=True, default=None)
    is_location_checked = Boolean(default=False)

    location_is_whole = Check("(latitude IS NULL) = (longitude IS NULL)")
    location_on_earth = Check("abs(latitude) <= 90 AND abs(longitude) <= 180")
    location_to_check = Check("latitude IS NOT NULL OR NOT is_location_checked")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s, %s", columns=[cls.name, cls.city])


class Room(Dated, Table):
    """A room of a place: how many people it holds, how one finds it and gets in."""

    id: Serial
    venue = ForeignKey(Venue, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=80)
    capacity = Integer(null=True, default=None)
    route = Text(default="")
    accessibility = Text(default="")
    is_in_use = Boolean(default=True)

    room_holds_somebody = Check("capacity IS NULL OR capacity > 0")
    room_named_once = Unique(["venue", "name"])

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s, %s", columns=[cls.name, cls.venue.name])


class EventSeries(Dated, Table, tablename="event_series"):
    """Events that come again. Each is an event of its own; this says how they were laid out.

    `rule` is an RRULE (RFC 5545 3.3.10) that begins at `starts_at` on a clock in `timezone`, always
    with UNTIL in UTC. `uid` is what the entries of a calendar are related to.
    """

    id: Serial
    state = Varchar(length=10, default=SeriesState.running, choices=SeriesState)
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    rule = Varchar(length=200)
    starts_at = Timestamptz()
    timezone = Varchar(length=40, default="Europe/Amsterdam")
    group = ForeignKey(WorkingGroup, null=True, default=None, on_delete=OnDelete.restrict)
    uid = UUID(unique=True)

    state_known = one_of("state", SeriesState)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])


class Event(Dated, Table):
    """Something with a date. `online_url` is only ever shown to confirmed people.

    `sequence` is RFC 5545 SEQUENCE; `lock_seq` is the row lock of its registrations. It has a room
    of its venue (`booked_room`), or one that is only named (`room`); `room_reason` says why it may
    be where another event is too.
    """

    id: Serial
    kind = Varchar(length=12, default=EventKind.event_day, choices=EventKind)
    state = Varchar(length=12, default=EventState.draft, choices=EventState)
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    slug = Varchar(length=100, unique=True)
    summary = Varchar(length=300, default="")
    summary_en = Varchar(length=300, default="")
    description = Text(default="")
    description_en = Text(default="")
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    all_day = Boolean(default=False)
    mode = Varchar(length=10, default=EventMode.on_site, choices=EventMode)
    venue = ForeignKey(Venue, null=True, default=None, on_delete=OnDelete.restrict)
    room = Varchar(length=80, default="")
    booked_room = ForeignKey(Room, null=True, default=None, on_delete=OnDelete.restrict, index=True)
    room_reason = Varchar(length=300, default="")
    online_url = Varchar(length=500, default="")
    visibility = Varchar(length=10, default=Visibility.public, choices=Visibility)
    group = ForeignKey(WorkingGroup, null=True, default=None, on_delete=OnDelete.restrict)
    contact_email = Varchar(length=254, default="")
    series = ForeignKey(EventSeries, null=True, default=None, on_delete=OnDelete.restrict)
    registration_opens_at = Timestamptz(null=True, default=None)
    registration_closes_at = Timestamptz(null=True, default=None)
    cancel_until_at = Timestamptz(null=True, default=None)
    members_only_registration = Boolean(default=False)
    needs_approval = Boolean(default=False)
    cancel_reason = Text(default="")
    moved_from_at = Timestamptz(null=True, default=None)
    uid = UUID(unique=True)
    sequence = Integer(default=0)
    published_at = Timestamptz(null=True, default=None)
    cancelled_at = Timestamptz(null=True, default=None)
    lock_seq = BigInt(default=0)

    kind_known = one_of("kind", EventKind)
    state_known = one_of("state", EventState)
    mode_known = one_of("mode", EventMode)
    visibility_known = one_of("visibility", Visibility)
    ends_after_start = Check("ends_at > starts_at")
    event_has_one_room = Check("booked_room IS NULL OR room = ''")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])


class EventPart(Dated, Table, tablename="event_part"):
    """A part of an event's day. Parts at the same time are parallel sessions.

    With a `unit` it is for who has a place of that sort: a workshop. Without, for everybody.
    `sequence` is RFC 5545 SEQUENCE: a trigger raises it with every other moment or room.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    kind = Varchar(length=10, default=PartKind.content, choices=PartKind)
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    room = Varchar(length=80, default="")
    booked_room = ForeignKey(Room, null=True, default=None, on_delete=OnDelete.restrict, index=True)
    room_reason = Varchar(length=300, default="")
    unit: ForeignKey[Table] = ForeignKey(
        LazyTableReference("CapacityUnit", module_path="tables.registrations"),
        null=True,
        default=None,
        on_delete=OnDelete.set_null,
    )
    uid = UUID(unique=True)
    sequence = Integer(default=0)

    kind_known = one_of("kind", PartKind)
    part_ends_after_start = Check("ends_at > starts_at")
    part_has_one_room = Check("booked_room IS NULL OR room = ''")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])


class EventDocument(Dated, Table, tablename="event_document"):
    """A file of an event, in its newest version only; `filename` is ours, `kind` its ending.

    `digest` is SHA-256 of `content`, in hex.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    visibility = Varchar(
        length=12, default=DocumentVisibility.participants, choices=DocumentVisibility
    )
    position = SmallInt(default=0)
    filename = Varchar(length=90)
    kind = Varchar(length=4)
    size_bytes = Integer(default=0)
    digest = Varchar(length=64)
    version = SmallInt(default=1)
    uploaded_at = Timestamptz()
    content = Bytea(secret=True)

    visibility_known = one_of("visibility", DocumentVisibility)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s: %s", columns=[cls.event.title, cls.title])
