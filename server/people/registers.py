"""Numbers of professional registers: what they look like, and what to propose when they do not.

Nothing is ever changed silently: a number that lost its leading zero in a spreadsheet is *proposed*
with it. There is no public check digit for any of these; whether a number is right is seen in the
register itself, by a person (BIG-register: https://www.bigregister.nl).
"""

import re
from dataclasses import dataclass
from unicodedata import normalize

REGISTERS = ("BIG", "NIP", "VGCt", "SKJ", "VEN", "LVVP", "AGB", "FGzPt")
BIG_DIGITS = 11
AGB_DIGITS = 8
BIG_PROFESSIONS = {
    "25": "gz_psychologist",
    "16": "psychotherapist",
    "31": "remedial_educationalist",
}
BSN_DIGITS = 9
LOOSE = re.compile(r"[\s.\-/]+")
DIGITS = re.compile(r"\d(?:[\s.\-/]*\d)*", re.ASCII)
NIP = re.compile(r"NIP-\d{8}")
OTHER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{1,38}")


@dataclass(frozen=True)
class Checked:
    """What was found of a number: it is fit, or `problem` says why not (a message key).

    `proposal` is how it could be meant; `warning` is a doubt that stops nobody (a message key).
    """

    number: str
    problem: str | None = None
    warning: str | None = None
    proposal: str | None = None


def check(register: str, number: str, title: str = "") -> Checked:
    """Look at a number as it was written. BIG: exactly 11 digits, whose last two say the profession
    (25 health-care psychologist, 16 psychotherapist, 31 remedial educationalist): another title
    is a doubt, no mistake.
    """
    written = number.strip()
    if not written:
        return Checked(written, problem="people.number.empty")
    may_be_theirs = register in ("AGB", "SKJ") and LOOSE.sub("", written).isdecimal()
    if looks_like_bsn(written) and not may_be_theirs:
        return Checked(written, problem="people.number.bsn")
    checks = {"BIG": _big, "NIP": _nip, "AGB": _agb}
    found = checks.get(register, _other)(written)
    if register == "BIG" and found.problem is None and not _fits(written, title):
        return Checked(written, warning="people.number.big_title")
    return found


def _big(written: str) -> Checked:
    digits = LOOSE.sub("", written)
    if re.fullmatch(rf"\d{{{BIG_DIGITS}}}", written, re.ASCII):
        return Checked(written)
    if digits.isascii() and digits.isdecimal() and BIG_DIGITS - 2 <= len(digits) <= BIG_DIGITS:
        return Checked(written, "people.number.big", proposal=digits.zfill(BIG_DIGITS))
    return Checked(written, "people.number.big")


def _nip(written: str) -> Checked:
    if NIP.fullmatch(written):
        return Checked(written)
    digits = re.sub(r"\D", "", written)
    is_close = 0 < len(digits) <= 8 and LOOSE.sub("", written.upper()) in (digits, f"NIP{digits}")
    return Checked(
        written, "people.number.nip", proposal=f"NIP-{digits.zfill(8)}" if is_close else None
    )


def _agb(written: str) -> Checked:
    digits = LOOSE.sub("", written)
    if re.fullmatch(rf"\d{{{AGB_DIGITS}}}", written, re.ASCII):
        return Checked(written)
    is_close = digits.isascii() and digits.isdecimal() and len(digits) in (7, AGB_DIGITS)
    return Checked(
        written, "people.number.agb", proposal=digits.zfill(AGB_DIGITS) if is_close else None
    )


def _other(written: str) -> Checked:
    return Checked(written, None if OTHER.fullmatch(written) else "people.number.form")


def _fits(number: str, title: str) -> bool:
    """Whether the profession in a BIG number goes with a title; clinical titles build on 25."""
    expected = BIG_PROFESSIONS.get(number[-2:])
    if not title or expected is None:
        return True
    on_25 = {"gz_psychologist", "clinical_psychologist", "clinical_neuropsychologist"}
    return title == expected or (expected == "gz_psychologist" and title in on_25)


def looks_like_bsn(text: str) -> bool:
    """Nine digits in a row that pass the elfproef, also with words around them: a citizen service
    number, which is never stored.

    Wabvb art. 10; AVG art. 87 and UAVG art. 46: only where a statute says so.
    """
    return any(_passes(LOOSE.sub("", row)) for row in DIGITS.findall(normalize("NFKC", text)))


def _passes(digits: str) -> bool:
    if len(digits) != BSN_DIGITS:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return total % 11 == 0 and int(digits) > 0
