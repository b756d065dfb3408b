"""Membership: types and periods. The status of a person is computed from these, never stored."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
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
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.readable import Readable
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.people import Person


class PeriodKind(StrEnum):
    """How long a period lasts: a calendar year, a year from joining, or open."""

    calendar = "calendar"
    rolling = "rolling"
    open = "open"


class NoticeTo(StrEnum):
    """The moment a notice takes effect."""

    year_end = "year_end"
    month_end = "month_end"
    immediate = "immediate"


class EndedBy(StrEnum):
    """Who or what ended a period."""

    member = "member"
    association = "association"
    conversion = "conversion"
    death = "death"


class Ground(StrEnum):
    """Why the association ends a membership (BW 2:35 lid 1–3)."""

    requirements = "requirements"
    unreasonable = "unreasonable"
    expulsion = "expulsion"


class ApplicationState(StrEnum):
    """How far an application for membership has come."""

    draft = "draft"
    submitted = "submitted"
    waiting = "waiting"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"


class FeeState(StrEnum):
    """Whether an amount due was paid."""

    due = "due"
    paid = "paid"
    waived = "waived"


class MembershipType(Dated, Table, tablename="membership_type"):
    """A kind of membership with its rights, fee (cents a year) and rules of notice."""

    id: Serial
    code = Varchar(length=30, unique=True)
    name_nl = Varchar(length=80)
    name_en = Varchar(length=80)
    description_nl = Text(default="")
    description_en = Text(default="")
    has_vote = Boolean(default=True)
    in_directory = Boolean(default=True)
    needs_register = Boolean(default=False)
    period_kind = Varchar(length=10, default=PeriodKind.open, choices=PeriodKind)
    grace_days = Integer(default=0)
    notice_days = Integer(default=28)
    notice_to = Varchar(length=10, default=NoticeTo.year_end, choices=NoticeTo)
    fee_cents = Integer(default=0)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)

    period_kind_known = one_of("period_kind", PeriodKind)
    notice_to_known = one_of("notice_to", NoticeTo)
    fee_not_negative = Check("fee_cents >= 0")
    notice_days_fit = Check("notice_days BETWEEN 0 AND 3650")
    grace_days_fit = Check("grace_days BETWEEN 0 AND 3650")
    valid_in_order = Check("valid_to >= valid_from")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_nl])


class Membership(Dated, Table):
    """One continuous period of one type. Overlaps of one person are refused by the database.

    `ground` says why the association ended it, `reason` in which words; both only then.
    `planned_ends_on` is the last day it had before somebody ended it, to go back to.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    type = ForeignKey(MembershipType, null=False, on_delete=OnDelete.restrict)
    number = Integer()
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    planned_ends_on = Date(null=True, default=None)
    notice_received_on = Date(null=True, default=None)
    ended_by = Varchar(length=12, null=True, default=None, choices=EndedBy)
    ground = Varchar(length=12, null=True, default=None, choices=Ground)
    reason = Text(default="")

    ended_by_known = Check(
        "ended_by IS NULL OR ended_by IN ('member','association','conversion','death')"
    )
    ends_after_start = Check("ends_on IS NULL OR ends_on >= starts_on")


class MembershipApplication(Dated, Table, tablename="membership_application"):
    """Somebody asks to become a member. A draft is one whose address is not yet confirmed.

    `code` is the secret address of the applicant's own page; the board goes by the id.
    `person` is filled when we know who it is: at approval, or when a signed-in contact applies.
    `question` is what the board still wants to know, `answer` what the applicant wrote.
    """

    id: Serial
    code = Varchar(length=26, unique=True, secret=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    type = ForeignKey(MembershipType, null=False, on_delete=OnDelete.restrict)
    initials = Varchar(length=30, default="")
    first_name = Varchar(length=80, default="")
    prefix = Varchar(length=30, default="")
    surname = Varchar(length=120)
    email = Varchar(length=254)
    email_key = Varchar(length=254, index=True)
    phone = Varchar(length=20, default="")
    postcode = Varchar(length=10, default="")
    city = Varchar(length=80, default="")
    language = Varchar(length=2, default="nl")
    register = Varchar(length=20, default="")
    number = Varchar(length=40, default="")
    title = Varchar(length=40, default="")
    motivation = Text(default="")
    state = Varchar(length=10, default=ApplicationState.draft, choices=ApplicationState)
    token_hash = Bytea(unique=True, secret=True)
    submitted_at = Timestamptz(null=True, default=None)
    question = Text(default="")
    answer = Text(default="")
    reason = Text(default="")
    decided_at = Timestamptz(null=True, default=None)
    membership = ForeignKey(Membership, null=True, default=None, on_delete=OnDelete.set_null)

    application_state_known = one_of("state", ApplicationState)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.surname, cls.email])


class MembershipSuspension(Dated, Table, tablename="membership_suspension"):
    """Days on which a member has no rights; the membership itself goes on."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    from_on = Date()
    until_on = Date(null=True, default=None)
    reason = Text(default="")

    suspension_ends_after_start = Check("until_on IS NULL OR until_on >= from_on")


class Fee(Dated, Table):
    """An amount due (cents) for a stretch of a membership; the treasurer notes that it was paid."""

    id: Serial
    membership = ForeignKey(Membership, null=False, on_delete=OnDelete.restrict, index=True)
    from_on = Date()
    until_on = Date()
    amount_cents = Integer()
    due_on = Date()
    state = Varchar(length=10, default=FeeState.due, choices=FeeState)
    paid_on = Date(null=True, default=None)
    note = Text(default="")

    fee_state_known = one_of("state", FeeState)
    fee_amount_not_negative = Check("amount_cents >= 0")
    fee_once = Unique(["membership", "from_on"])


class Invoice(Table):
    """A fee asked on paper: numbers of a year have no gaps (Wet OB art. 35a), lines stay."""

    id: Serial
    fee = ForeignKey(Fee, null=False, on_delete=OnDelete.restrict, unique=True)
    year = SmallInt()
    number = Integer()
    issued_on = Date()
    addressee = Text()
    lines = JSONB(default="[]")
    total_cents = Integer()
    created_at = Timestamptz(default=TimestamptzNow())

    invoice_number_once = Unique(["year", "number"])


class BankAccount(Dated, Table, tablename="bank_account"):
    """The account from which somebody's fee is collected, with the mandate (SEPA)."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, unique=True)
    iban = Varchar(length=34)
    holder = Varchar(length=70)
    mandate = Varchar(length=35, unique=True)
    signed_on = Date()
    revoked_on = Date(null=True, default=None)


class Segment(Dated, Table):
    """A choice of people that the board comes back to: filters by name, never SQL."""

    id: Serial
    name = Varchar(length=80, unique=True)
    filters = JSONB(default="{}")
