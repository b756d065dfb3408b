"""Accounts: who is signed in, by which link, with which role and until when."""

from enum import StrEnum

from piccolo.columns import (
    Array,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Check
from piccolo.table import Table

from tables.base import one_of
from tables.events import Event
from tables.people import Person


class Role(StrEnum):
    """An office, or what somebody may do beyond what membership gives.

    What each may see and change stands in `server/rights.py`. Chairing a group and sitting on a
    committee are no roles: they follow from the seats in groups.
    """

    board = "board"
    chair = "chair"
    secretary = "secretary"
    treasurer = "treasurer"
    editor = "editor"
    accreditor = "accreditor"
    check_in = "check_in"
    system = "system"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    sign_in = "sign_in"
    set_up = "set_up"
    invitation = "invitation"


class SignedInBy(StrEnum):
    """How a session began."""

    link = "link"
    invitation = "invitation"
    set_up = "set_up"
    passkey = "passkey"
    password = "password"  # with a code: never the password alone


class Proof(StrEnum):
    """By what a session proved who holds it, beyond the mailbox: the second factor."""

    passkey = "passkey"
    totp = "totp"
    recovery = "recovery"
    demo = "demo"  # links of demo people only, and only while DEMO is on


class RoleGrant(Table, tablename="role_grant"):
    """A role during an interval of days; it ends by itself on `until_on` (inclusive).

    `event` narrows a check-in helper to one event.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    role = Varchar(length=20, choices=Role)
    from_on = Date()
    until_on = Date(null=True, default=None)
    event = ForeignKey(Event, null=True, default=None, on_delete=OnDelete.cascade)

    role_known = one_of("role", Role)
    ends_after_start = Check("until_on IS NULL OR until_on >= from_on")


class SignInLink(Table, tablename="sign_in_link"):
    """A one-time link: only the SHA-256 of its token is kept.

    `browser_hash` is of the cookie of the browser that asked; elsewhere one is asked whether it
    was really oneself. `carries_proof` stands for a second factor: demo people only.
    """

    id: Serial
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.cascade)
    purpose = Varchar(length=10, default=LinkPurpose.sign_in, choices=LinkPurpose)
    token_hash = Bytea(unique=True, secret=True)
    browser_hash = Bytea(null=True, default=None, secret=True)
    carries_proof = Boolean(default=False)
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
    signed_in_by = Varchar(length=10, default=SignedInBy.link, choices=SignedInBy)
    proved_at = Timestamptz(null=True, default=None)
    proved_by = Varchar(length=10, null=True, default=None, choices=Proof)

    signed_in_by_known = one_of("signed_in_by", SignedInBy)
    proved_by_known = one_of("proved_by", Proof)


class Passkey(Table, tablename="passkey"):
    """A WebAuthn credential: its public key, and how often its device says it was used."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    credential_id = Bytea(unique=True, secret=True)
    public_key = Bytea(secret=True)
    sign_count = BigInt(default=0)
    label = Varchar(length=60)
    created_at = Timestamptz(default=TimestamptzNow())
    last_used_at = Timestamptz(null=True, default=None)


class PasskeyChallenge(Table, tablename="passkey_challenge"):
    """A question put to a passkey: answered once, within minutes. No person: signing in."""

    id: Serial
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.cascade)
    challenge = Bytea(unique=True, secret=True)
    browser_hash = Bytea(secret=True)
    expires_at = Timestamptz()


class TotpSecret(Table, tablename="totp_secret"):
    """What an authenticator app shares with us (RFC 6238), encrypted with the secret key.

    `last_step` is the newest time step a code was accepted for: no code works twice.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, unique=True)
    encrypted = Bytea(secret=True)
    last_step = BigInt(default=0)
    created_at = Timestamptz(default=TimestamptzNow())


class RecoveryCode(Table, tablename="recovery_code"):
    """One of the codes for who lost the second factor: hashed, works once."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    code_hash = Bytea(secret=True)
    created_at = Timestamptz(default=TimestamptzNow())
    used_at = Timestamptz(null=True, default=None)


class Password(Table, tablename="password"):
    """Argon2id hash of a password; only together with a code does it open anything."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, unique=True)
    hash = Varchar(length=200, secret=True)
    changed_at = Timestamptz(default=TimestamptzNow())


class Suspension(Table, tablename="suspension"):
    """While `lifted_at` is empty nobody comes in with this account."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    reason = Text(default="")
    from_at = Timestamptz(default=TimestamptzNow())
    lifted_at = Timestamptz(null=True, default=None)


class ApiToken(Table, tablename="api_token"):
    """A program's key to the API, for what its scopes name: only the SHA-256 is kept."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    label = Varchar(length=80)
    prefix = Varchar(length=16, unique=True)
    token_hash = Bytea(unique=True, secret=True)
    scopes = Array(base_column=Varchar(length=40))
    created_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz()
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
