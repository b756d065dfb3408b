"""Accreditation: the registers with their rules, what was asked of them, and what was handed in."""

from enum import StrEnum

from piccolo.columns import (
    Array,
    Date,
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
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.readable import Readable
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event


class Counts(StrEnum):
    """Which breaks count as time."""

    none = "none"
    coffee = "coffee"
    all = "all"


class Rounding(StrEnum):
    """To what points are rounded down."""

    hundredth = "hundredth"
    quarter = "quarter"
    half = "half"
    whole = "whole"


class AccreditationRegister(Dated, Table, tablename="accreditation_register"):
    """The rules of a register from a day on. Another rule is another row; old events keep theirs.

    `numbers` is the register whose numbers it wants (`registration_number.register`). `ask_days`:
    so long before the event it must be asked; `report_days`: so long after it people are handed in.
    """

    id: Serial
    code = Varchar(length=20)
    name = Varchar(length=120)
    numbers = Varchar(length=20)
    valid_from = Date()
    valid_to = Date(null=True, default=None)
    ask_days = SmallInt(default=42)
    report_days = SmallInt(default=28)
    counts = Varchar(length=10, default=Counts.none, choices=Counts)
    minutes_per_point = SmallInt(default=60)
    rounding = Varchar(length=10, default=Rounding.half, choices=Rounding)
    minimum_percent = SmallInt(default=100)
    website = Varchar(length=200, default="")
    note = Text(default="")

    counts_known = one_of("counts", Counts)
    rounding_known = one_of("rounding", Rounding)
    register_once = Unique(["code", "valid_from"])
    days_not_negative = Check("ask_days >= 0 AND report_days >= 0")
    minutes_positive = Check("minutes_per_point > 0")
    percent_is_one = Check("minimum_percent BETWEEN 1 AND 100")
    ends_after_it_begins = Check("valid_to IS NULL OR valid_to >= valid_from")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s (%s)", columns=[cls.code, cls.valid_from])


class AccreditationState(StrEnum):
    """How far the points of one register for one event are."""

    planned = "planned"
    submitted = "submitted"
    asked = "asked"
    granted = "granted"
    refused = "refused"
    presence_open = "presence_open"
    exported = "exported"
    confirmed = "confirmed"
    withdrawn = "withdrawn"


class Accreditation(Dated, Table):
    """Points of one register for one event; `arithmetic` is how they were counted, in words."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    register = ForeignKey(AccreditationRegister, null=False, on_delete=OnDelete.restrict)
    state = Varchar(length=14, default=AccreditationState.planned, choices=AccreditationState)
    external_id = Varchar(length=60, default="")
    points = Numeric(digits=(5, 2), null=True, default=None)
    arithmetic = Text(default="")
    note = Text(default="")

    state_known = one_of("state", AccreditationState)
    accreditation_once = Unique(["event", "register"])
    points_not_negative = Check("points IS NULL OR points >= 0")


class PresenceExport(Table, tablename="presence_export"):
    """What was handed to a register: every number on the list as it was then, and its SHA-256."""

    id: Serial
    accreditation = ForeignKey(Accreditation, null=False, on_delete=OnDelete.cascade, index=True)
    lines = Array(base_column=Varchar(length=40), default=list)
    line_count = Integer(default=0)
    checksum = Varchar(length=64)
    exported_at = Timestamptz(default=TimestamptzNow())
    by = Varchar(length=120, default="")
