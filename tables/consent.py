"""Consent: what was asked in which words, and everything people answered. Append-only."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
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

from tables.base import one_of
from tables.people import Person


class ConsentAction(StrEnum):
    """What somebody did with a consent."""

    given = "given"
    confirmed = "confirmed"
    withdrawn = "withdrawn"
    imported = "imported"
    objected = "objected"


class ConsentText(Table, tablename="consent_text"):
    """The exact words somebody agreed to; a new wording is a new version."""

    id: Serial
    code = Varchar(length=60)
    version = SmallInt()
    text_nl = Text()
    text_en = Text()
    valid_from = Timestamptz(default=TimestamptzNow())

    consent_text_once = Unique(["code", "version"])


class ConsentEvent(Table, tablename="consent_event"):
    """One answer, with its proof. Current consent is the newest event of a purpose."""

    id: Serial
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict, index=True)
    address_key = Varchar(length=254, index=True)
    purpose = Varchar(length=80)
    action = Varchar(length=10, choices=ConsentAction)
    text = ForeignKey(ConsentText, null=True, default=None, on_delete=OnDelete.restrict)
    channel = Varchar(length=40)
    actor = Varchar(length=120, default="")
    proof = JSONB(default="{}")
    at = Timestamptz(default=TimestamptzNow())

    action_known = one_of("action", ConsentAction)
