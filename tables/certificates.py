"""Certificates of attendance: numbered, with a code that anybody may check."""

from enum import StrEnum

from piccolo.columns import (
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.people import Person


class CertificateState(StrEnum):
    """Whether a certificate still says what is so."""

    valid = "valid"
    replaced = "replaced"
    revoked = "revoked"


class Certificate(Dated, Table):
    """One person was at one event so long. `lines` is what is printed, as JSON, and never changes.

    `digest` is of the attendance that it rests on. `pdf` is made by the worker; `made_at` says
    when. Numbers of a year have no gaps.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    year = SmallInt()
    number = Integer()
    code = Varchar(length=26, unique=True)
    state = Varchar(length=10, default=CertificateState.valid, choices=CertificateState)
    reason = Text(default="")
    lines = Text(default="{}")
    digest = Varchar(length=64, default="")
    pdf = Bytea(null=True, default=None)
    made_at = Timestamptz(null=True, default=None)

    state_known = one_of("state", CertificateState)
    certificate_number_once = Unique(["year", "number"])
