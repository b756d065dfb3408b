"""Registrations: capacity, who holds a place, who waits for one."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.readable import Readable
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.people import Person


class UnitKind(StrEnum):
    """What a capacity counts."""

    seat = "seat"
    online = "online"
    workshop = "workshop"
    lunch = "lunch"


class TicketClass(StrEnum):
    """The classes a waiting list is served in, shown openly."""

    speaker = "speaker"
    member = "member"
    partner = "partner"
    other = "other"


class LineState(StrEnum):
    """Where one person stands for one capacity unit."""

    unverified = "unverified"
    approval = "approval"
    waiting = "waiting"
    offered = "offered"
    confirmed = "confirmed"
    declined = "declined"
    expired = "expired"
    cancelled = "cancelled"
    cancelled_by_organiser = "cancelled_by_organiser"
    rejected = "rejected"


class CapacityUnit(Dated, Table, tablename="capacity_unit"):
    """Places of one sort at one event; capacity NULL is unlimited."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    kind = Varchar(length=10, default=UnitKind.seat, choices=UnitKind)
    name_nl = Varchar(length=80, default="Plaats in de zaal")
    name_en = Varchar(length=80, default="Seat on site")
    capacity = Integer(null=True, default=None)
    position = SmallInt(default=0)

    kind_known = one_of("kind", UnitKind)
    capacity_not_negative = Check("capacity IS NULL OR capacity >= 0")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s: %s", columns=[cls.event.title, cls.name_nl])


class Registration(Dated, Table):
    """One person's registration for one event. `idempotency_key` makes a repeated post harmless."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    ticket_class = Varchar(length=10, default=TicketClass.other, choices=TicketClass)
    code = Varchar(length=26, unique=True)
    remark = Text(default="")
    idempotency_key = UUID(null=True, default=None)

    ticket_class_known = one_of("ticket_class", TicketClass)
    registration_one_each = Unique(["event", "person"])

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s: %s", columns=[cls.person.display_name, cls.event.title])


class RegistrationLine(Dated, Table, tablename="registration_line"):
    """One claim on one capacity unit; at most one live line per unit and person."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.cascade, index=True)
    unit = ForeignKey(CapacityUnit, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    state = Varchar(length=24, default=LineState.waiting, choices=LineState)
    class_rank = SmallInt(default=3)
    queued_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)
    missed_offers = SmallInt(default=0)

    state_known = one_of("state", LineState)
