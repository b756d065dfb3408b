"""People: everybody the network knows by name, member or not."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
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


class NameUse(StrEnum):
    """Which surnames are used, in which order (the civil registry's four forms)."""

    own = "own"
    partner = "partner"
    partner_own = "partner_own"
    own_partner = "own_partner"


class FormOfAddress(StrEnum):
    """How a formal letter addresses somebody."""

    sir = "sir"
    madam = "madam"
    neutral = "neutral"


class EmailState(StrEnum):
    """What we know of an address: proved, not yet proved, paused or dead."""

    ok = "ok"
    unverified = "unverified"
    hold = "hold"
    dead = "dead"


class Language(StrEnum):
    """The languages of pages and letters."""

    nl = "nl"
    en = "en"


class NumberState(StrEnum):
    """What we know of a register number: said by its holder, seen in the register, or gone."""

    claimed = "claimed"
    verified = "verified"
    expired = "expired"
    withdrawn = "withdrawn"


class PairState(StrEnum):
    """What was decided of two people who look alike."""

    open = "open"
    dismissed = "dismissed"
    merged = "merged"


class BatchState(StrEnum):
    """How far an import has come."""

    uploaded = "uploaded"
    checking = "checking"
    checked = "checked"
    importing = "importing"
    imported = "imported"
    undone = "undone"


class RowOutcome(StrEnum):
    """What a line of a file means for the register."""

    new = "new"
    changed = "changed"
    unchanged = "unchanged"
    duplicate = "duplicate"
    error = "error"


class Person(Dated, Table):
    """Somebody the network knows. `sort_key`, `display_name` and `email_key` are computed."""

    id: Serial
    initials = Varchar(length=30, default="")
    first_name = Varchar(length=80, default="")
    prefix = Varchar(length=30, default="")
    surname = Varchar(length=120)
    partner_prefix = Varchar(length=30, default="")
    partner_surname = Varchar(length=120, default="")
    name_use = Varchar(length=12, default=NameUse.own, choices=NameUse)
    name_country = Varchar(length=2, default="NL")
    titles_before = Array(base_column=Varchar(length=30), default=list)
    titles_after = Array(base_column=Varchar(length=30), default=list)
    form_of_address = Varchar(length=8, default=FormOfAddress.neutral, choices=FormOfAddress)
    sort_key = Varchar(length=300, index=True)
    search_key = Varchar(length=400, default="")
    display_name = Varchar(length=300)
    email = Varchar(length=254, null=True, default=None)
    email_key = Varchar(length=254, null=True, default=None, unique=True)
    email_state = Varchar(length=10, default=EmailState.unverified, choices=EmailState)
    phone = Varchar(length=20, default="")
    postcode = Varchar(length=10, default="")
    city = Varchar(length=80, default="")
    province = Varchar(length=2, default="")
    country = Varchar(length=2, default="NL")
    language = Varchar(length=2, default=Language.nl, choices=Language)
    note = Text(default="")
    deceased_on = Date(null=True, default=None)
    death_settled_at = Timestamptz(null=True, default=None)
    anonymised_at = Timestamptz(null=True, default=None)
    merged_into: ForeignKey["Person"] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )

    name_use_known = one_of("name_use", NameUse)
    form_of_address_known = one_of("form_of_address", FormOfAddress)
    email_state_known = one_of("email_state", EmailState)
    language_known = one_of("language", Language)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.display_name])


class RegistrationNumber(Dated, Table, tablename="registration_number"):
    """A number in a professional register, as text: leading zeros count (BIG: 11 digits).

    `register` and `title` are codes of the vocabularies of those names. `verified_on` is the day
    on which a person of the board saw it in the register; an edit makes it `claimed` again.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    register = Varchar(length=20)
    number = Varchar(length=40)
    title = Varchar(length=40, default="")
    state = Varchar(length=10, default=NumberState.claimed, choices=NumberState)
    verified_on = Date(null=True, default=None)
    verified_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    method = Varchar(length=60, default="")
    valid_until = Date(null=True, default=None)

    number_state_known = one_of("state", NumberState)
    registration_number_once = Unique(["person", "register", "number"])


class EmailChange(Table, tablename="email_change"):
    """A new address, confirmed from that address, and taken back from the old one.

    Only hashes of both tokens are kept. `old_email` is forgotten when nothing can be undone.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    old_email = Varchar(length=254, null=True, default=None)
    new_email = Varchar(length=254)
    token_hash = Bytea(unique=True, secret=True)
    undo_hash = Bytea(unique=True, secret=True)
    asked_at = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    undo_until = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class DuplicatePair(Table, tablename="duplicate_pair"):
    """Two people who may be one. Dismissed ones stay so until a key field changes (`keys_hash`)."""

    id: Serial
    first = ForeignKey(Person, null=False, on_delete=OnDelete.cascade)
    second = ForeignKey(Person, null=False, on_delete=OnDelete.cascade)
    score = SmallInt()
    reasons = JSONB(default="[]")
    keys_hash = Bytea()
    state = Varchar(length=10, default=PairState.open, choices=PairState)
    found_at = Timestamptz(default=TimestamptzNow())
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)

    pair_state_known = one_of("state", PairState)
    duplicate_pair_once = Unique(["first", "second"])
    duplicate_pair_in_order = Check('"first" < "second"')


class MergeEvent(Table, tablename="merge_event"):
    """One person became part of another; `snapshot` holds what is needed to undo it."""

    id: Serial
    kept = ForeignKey(Person, null=False, on_delete=OnDelete.cascade)
    absorbed = ForeignKey(Person, null=False, on_delete=OnDelete.cascade)
    snapshot = JSONB(null=True, default=None)
    merged_at = Timestamptz(default=TimestamptzNow())
    undo_until = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)


class ImportMapping(Dated, Table, tablename="import_mapping"):
    """Which column of a file means what, remembered per source."""

    id: Serial
    source = Varchar(length=80, unique=True)
    columns = JSONB(default="{}")


class ImportBatch(Dated, Table, tablename="import_batch"):
    """One file of people as a sheet of text; forgotten thirty days after it was taken in.

    `columns` holds how it is read: headers, field by column, what was left out, decisions by line.
    """

    id: Serial
    source = Varchar(length=80, default="")
    filename = Varchar(length=200)
    content = Bytea(null=True, default=None, secret=True)
    columns = JSONB(default="{}")
    state = Varchar(length=10, default=BatchState.uploaded, choices=BatchState)
    counts = JSONB(default="{}")
    imported_at = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)

    batch_state_known = one_of("state", BatchState)


class ImportRow(Table, tablename="import_row"):
    """One line of a file: what it says, what is wrong with it, what it changed."""

    id: Serial
    batch = ForeignKey(ImportBatch, null=False, on_delete=OnDelete.cascade, index=True)
    line = Integer()
    outcome = Varchar(length=10, choices=RowOutcome)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    said = JSONB(default="{}")
    before = JSONB(null=True, default=None)
    after = JSONB(null=True, default=None)
    problems = JSONB(default="[]")

    outcome_known = one_of("outcome", RowOutcome)
