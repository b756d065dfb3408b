"""At the door of an event: tickets, scans, links for helpers; and who was there how long."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event, EventPart
from tables.people import Person
from tables.registrations import Registration


class Direction(StrEnum):
    """Through the door, which way."""

    in_ = "in"
    out = "out"


class ScanResult(StrEnum):
    """What a scan came to: let through, or the one reason why not. Screen and API say the same."""

    ok = "ok"
    unknown_code = "unknown_code"
    other_event = "other_event"
    not_confirmed = "not_confirmed"
    not_for_part = "not_for_part"
    place_online = "place_online"
    hall_full = "hall_full"
    not_today = "not_today"
    unknown_part = "unknown_part"
    already_in = "already_in"
    not_in = "not_in"


class Ticket(Dated, Table):
    """The code of one registration, as a QR code and to type. Nothing but the door opens by it."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.cascade, unique=True)
    code = Varchar(length=8, unique=True)


class Scan(Table):
    """One try at the door, the refused ones too.

    `device` and `nonce` come from whoever scans: the same scan sent again counts once. `at` is the
    moment of the scan, `recorded_at` when we heard of it.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    part = ForeignKey(EventPart, null=True, default=None, on_delete=OnDelete.set_null)
    registration = ForeignKey(
        Registration, null=True, default=None, on_delete=OnDelete.cascade, index=True
    )
    code = Varchar(length=12, default="")
    direction = Varchar(length=4, default=Direction.in_, choices=Direction)
    result = Varchar(length=20, default=ScanResult.ok, choices=ScanResult)
    device = UUID()
    nonce = UUID()
    at = Timestamptz()
    recorded_at = Timestamptz(default=TimestamptzNow())
    by = Varchar(length=120, default="")
    undone_at = Timestamptz(null=True, default=None)

    direction_known = one_of("direction", Direction)
    result_known = one_of("result", ScanResult)
    scan_once = Unique(["device", "nonce"])


class HelperLink(Table, tablename="helper_link"):
    """A link to the desk of one event, for who helps there without an account."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    label = Varchar(length=60)
    token_hash = Bytea(unique=True, secret=True)
    created_at = Timestamptz(default=TimestamptzNow())
    revoked_at = Timestamptz(null=True, default=None)


class Presence(StrEnum):
    """How much of a part somebody was there."""

    present = "present"
    partly = "partly"
    excused = "excused"
    absent = "absent"


class AttendanceSource(StrEnum):
    """What minutes rest on: scans, a paper list that was ticked, or the board's own word."""

    scans = "scans"
    list = "list"
    board = "board"


class Attendance(Dated, Table):
    """How long one person was at one part. `part` is NULL where an event has no parts."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    part = ForeignKey(EventPart, null=True, default=None, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    minutes = Integer(default=0)
    presence = Varchar(length=10, default=Presence.absent, choices=Presence)
    source = Varchar(length=10, default=AttendanceSource.scans, choices=AttendanceSource)
    reason = Text(default="")
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)

    presence_known = one_of("presence", Presence)
    source_known = one_of("source", AttendanceSource)
    minutes_not_negative = Check("minutes >= 0")


class PresenceState(StrEnum):
    """A list of who was there: drawn up by the board, shown to everybody on it, settled."""

    drawn = "drawn"
    shown = "shown"
    settled = "settled"


class PresenceList(Dated, Table, tablename="presence_list"):
    """Who was there, of one event. Until `object_until_at` everybody on it may object."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, unique=True)
    state = Varchar(length=10, default=PresenceState.drawn, choices=PresenceState)
    object_until_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)

    state_known = one_of("state", PresenceState)


class ObjectionState(StrEnum):
    """What became of an objection."""

    open = "open"
    accepted = "accepted"
    declined = "declined"


class PresenceObjection(Dated, Table, tablename="presence_objection"):
    """Somebody says that their minutes are wrong."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    state = Varchar(length=10, default=ObjectionState.open, choices=ObjectionState)
    words = Text()
    answer = Text(default="")
    answered_at = Timestamptz(null=True, default=None)

    state_known = one_of("state", ObjectionState)
