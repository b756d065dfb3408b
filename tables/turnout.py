"""What the organisers of an event wrote to whom."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.people import Person
from tables.registrations import CapacityUnit


class Segment(StrEnum):
    """The people of an event by how it stands with them. The first six are everybody, once."""

    confirmed = "confirmed"
    offered = "offered"
    waiting = "waiting"
    pending = "pending"
    cancelled = "cancelled"
    lapsed = "lapsed"
    checked_in = "checked_in"
    no_show = "no_show"
    without_number = "without_number"


class EventMessage(Dated, Table, tablename="event_message"):
    """One letter to one segment of an event, as it was sent: once, to so many people.

    Who waits is written to only on purpose: `to_waiting` was ticked. `unit` and `ticket_class`
    narrow the segment. The letters themselves are in the outbox, one for each person.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    segment = Varchar(length=20, default=Segment.confirmed, choices=Segment)
    unit = ForeignKey(CapacityUnit, null=True, default=None, on_delete=OnDelete.set_null)
    ticket_class = Varchar(length=10, default="")
    to_waiting = Boolean(default=False)
    subject = Varchar(length=78)
    subject_en = Varchar(length=78, default="")
    words = Text()
    words_en = Text(default="")
    people = Integer(default=0)
    sent_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null, index=True)
    sent_at = Timestamptz()
    idempotency_key = UUID(secret=True)

    segment_known = one_of("segment", Segment)
    waiting_on_purpose = Check("to_waiting = (segment = 'waiting')")
    people_not_negative = Check("people >= 0")
    message_once = Unique(["event", "idempotency_key"])
