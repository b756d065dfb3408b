"""Membership: types and periods. The status of a person is computed from these, never stored."""

from enum import StrEnum

from piccolo.columns import Boolean, Date, ForeignKey, Integer, OnDelete, Serial, Text, Varchar
from piccolo.columns.readable import Readable
from piccolo.constraints import Check
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

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_nl])


class Membership(Dated, Table):
    """One continuous period of one type. Overlaps of one person are refused by the database."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    type = ForeignKey(MembershipType, null=False, on_delete=OnDelete.restrict)
    number = Integer()
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    notice_received_on = Date(null=True, default=None)
    ended_by = Varchar(length=12, null=True, default=None, choices=EndedBy)
    reason = Text(default="")

    ended_by_known = Check(
        "ended_by IS NULL OR ended_by IN ('member','association','conversion','death')"
    )
    ends_after_start = Check("ends_on IS NULL OR ends_on >= starts_on")
