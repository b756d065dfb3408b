"""Accounts: who is signed in, by which link, with which role and until when."""

from enum import StrEnum

from piccolo.columns import Bytea, Date, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table

from tables.base import one_of
from tables.people import Person


class Role(StrEnum):
    """What somebody may do beyond what membership gives."""

    board = "board"
    system = "system"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    sign_in = "sign_in"
    set_up = "set_up"


class RoleGrant(Table, tablename="role_grant"):
    """A role during an interval of days; it ends by itself on `until_on` (inclusive)."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    role = Varchar(length=20, choices=Role)
    from_on = Date()
    until_on = Date(null=True, default=None)

    role_known = one_of("role", Role)
    ends_after_start = Check("until_on IS NULL OR until_on >= from_on")


class SignInLink(Table, tablename="sign_in_link"):
    """A one-time link: only the SHA-256 of its token is kept."""

    id: Serial
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.cascade)
    purpose = Varchar(length=10, default=LinkPurpose.sign_in, choices=LinkPurpose)
    token_hash = Bytea(unique=True, secret=True)
    next_path = Varchar(length=300, default="/me")
    created_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)

    purpose_known = one_of("purpose", LinkPurpose)


class Session(Table, tablename="session"):
    """A signed-in device: only the SHA-256 of its token is kept."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    token_hash = Bytea(unique=True, secret=True)
    device = Varchar(length=200, default="")
    created_at = Timestamptz(default=TimestamptzNow())
    last_used_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz()
