"""Registrations: capacity, who holds a place, who waits for one."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
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


class TicketFeeState(StrEnum):
    """Whether what a place costs was paid."""

    due = "due"
    paid = "paid"
    waived = "waived"
    refunded = "refunded"


class HandOverState(StrEnum):
    """Whether a colleague took the place that was passed on to them."""

    open = "open"
    taken = "taken"
    declined = "declined"
    withdrawn = "withdrawn"
    expired = "expired"


class CapacityUnit(Dated, Table, tablename="capacity_unit"):
    """Places of one sort at one event; capacity NULL is unlimited.

    `allows_overlap`: may be had beside another at the same hour.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    kind = Varchar(length=10, default=UnitKind.seat, choices=UnitKind)
    name_nl = Varchar(length=80, default="Plaats in de zaal")
    name_en = Varchar(length=80, default="Seat on site")
    capacity = Integer(null=True, default=None)
    position = SmallInt(default=0)
    allows_overlap = Boolean(default=False)

    kind_known = one_of("kind", UnitKind)
    capacity_not_negative = Check("capacity IS NULL OR capacity >= 0")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s: %s", columns=[cls.event.title, cls.name_nl])


class EventClass(Dated, Table, tablename="event_class"):
    """On what terms one class registers: from when, until when, and for how much (cents).

    A moment that is NULL is that of the event.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade)
    ticket_class = Varchar(length=10, default=TicketClass.other, choices=TicketClass)
    opens_at = Timestamptz(null=True, default=None)
    closes_at = Timestamptz(null=True, default=None)
    price_cents = Integer(default=0)

    event_class_known = one_of("ticket_class", TicketClass)
    event_class_once = Unique(["event", "ticket_class"])
    event_class_price_not_negative = Check("price_cents >= 0")
    event_class_closes_after_opening = Check("closes_at > opens_at")


class InvitationCode(Dated, Table, tablename="invitation_code"):
    """Who has this code registers though it is not open to them; `uses` NULL is without end."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    code = Varchar(length=16, unique=True)
    label = Varchar(length=80)
    ticket_class = Varchar(length=10, default=TicketClass.other, choices=TicketClass)
    uses = Integer(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)

    invitation_class_known = one_of("ticket_class", TicketClass)
    invitation_uses_positive = Check("uses > 0")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.label])


class Registration(Dated, Table):
    """One person's registration for one event. `idempotency_key` makes a repeated post harmless.

    `auto_accept`: a place that comes free is theirs without an answer. `together`: the seat is
    wanted only with everything chosen beside it.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    ticket_class = Varchar(length=10, default=TicketClass.other, choices=TicketClass)
    code = Varchar(length=26, unique=True)
    remark = Text(default="")
    idempotency_key = UUID(null=True, default=None)
    auto_accept = Boolean(default=False)
    together = Boolean(default=False)
    invitation = ForeignKey(
        InvitationCode, null=True, default=None, on_delete=OnDelete.restrict, index=True
    )

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


class TicketFee(Dated, Table, tablename="ticket_fee"):
    """What a registration costs (cents), as agreed; the treasurer notes that it was paid.

    `passed_to`: who has the place by now that was paid for by this; `needed_cents` is how much of
    it goes into what the place costs them.
    """

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    passed_to = ForeignKey(
        Registration, null=True, default=None, on_delete=OnDelete.restrict, index=True
    )
    needed_cents = Integer(null=True, default=None)
    amount_cents = Integer()
    priced_as = Varchar(length=10, default=TicketClass.other, choices=TicketClass)
    state = Varchar(length=10, default=TicketFeeState.due, choices=TicketFeeState)
    paid_on = Date(null=True, default=None)
    note = Varchar(length=300, default="")

    ticket_fee_class_known = one_of("priced_as", TicketClass)
    ticket_fee_state_known = one_of("state", TicketFeeState)
    ticket_fee_positive = Check("amount_cents > 0")


class HandOver(Dated, Table, tablename="hand_over"):
    """A place passed on to a colleague, who says yes by a link of their own."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=120)
    email = Varchar(length=254)
    token_hash = Bytea(unique=True, secret=True)
    state = Varchar(length=10, default=HandOverState.open, choices=HandOverState)
    expires_at = Timestamptz()

    hand_over_state_known = one_of("state", HandOverState)
