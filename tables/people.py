"""People: everybody the network knows by name, member or not."""

from enum import StrEnum

from piccolo.columns import Array, Date, ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.columns.readable import Readable
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
