"""Telephone numbers, postcodes and bank accounts as one keeps them. Pure."""

import re

import phonenumbers
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError

POSTCODE = re.compile(r"([1-9]\d{3})\s?([A-Z]{2})", re.ASCII)
NEVER_ISSUED = {"SA", "SD", "SS"}
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)  # codes of ISO 3166 where people live


def phone(written: str, country: str = "NL") -> str | None:
    """E.164, `+31612345678`, of a number that could exist; None if it could not. "" stays ""."""
    if not written.strip():
        return ""
    try:
        parsed = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def phone_in_words(kept: str) -> str:
    """A kept number as one reads it: `06 12345678`, and abroad `+32 470 12 34 56`."""
    try:
        parsed = phonenumbers.parse(kept, None)
    except phonenumbers.NumberParseException:
        return kept
    forms = phonenumbers.PhoneNumberFormat
    is_dutch = parsed.country_code == phonenumbers.country_code_for_region("NL")
    return str(
        phonenumbers.format_number(parsed, forms.NATIONAL if is_dutch else forms.INTERNATIONAL)
    )


def postcode(written: str, country: str = "NL") -> str | None:
    """`1234 AB`; None if it cannot be one. Every letter is in use (F, I, O, Q, U and Y too), but
    the pairs SA, SD and SS were never issued. Postcodes of other countries stay as written.
    """
    plain = " ".join(written.upper().split())
    if not plain or country != "NL":
        return plain
    found = POSTCODE.fullmatch(plain)
    if found is None or found[2] in NEVER_ISSUED:
        return None
    return f"{found[1]} {found[2]}"


def iban(written: str) -> str | None:
    """An IBAN (ISO 13616) without spaces whose check digits are right; None if it is not one."""
    try:
        return str(iban_number.validate(written))
    except ValidationError:
        return None
