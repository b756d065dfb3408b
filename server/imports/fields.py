"""Which columns of a file mean what: guessed from their headers, chosen by the board.

A column of citizen service numbers is never taken in (AVG art. 87, UAVG art. 46): it is recognised
by its header or by its numbers, and left out before anything is stored.
"""

import re
from collections.abc import Mapping, Sequence

from server.imports.reading import Sheet
from server.people.registers import REGISTERS, looks_like_bsn
from server.people.rules import fold

NUMBER = "number:"
# Field → headers that mean it, folded and without anything but letters and digits.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "member_number": ("lidnummer", "lidnr", "relatienummer", "membernumber", "memberid"),
    "name": ("naam", "volledigenaam", "name", "fullname", "naamlid"),
    "initials": ("voorletters", "initialen", "initials", "voorl"),
    "first_name": ("voornaam", "roepnaam", "firstname", "givenname"),
    "prefix": ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "tv", "prefix", "tussenv"),
    "surname": ("achternaam", "geslachtsnaam", "familienaam", "surname", "lastname"),
    "partner_prefix": ("tussenvoegselpartner", "voorvoegselpartner", "partnerprefix"),
    "partner_surname": ("achternaampartner", "partnernaam", "naampartner", "partnersurname"),
    "email": ("email", "emailadres", "mail", "mailadres", "emailaddress", "epost"),
    "phone": ("telefoon", "telefoonnummer", "tel", "mobiel", "mobielnummer", "gsm", "phone"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode"),
    "city": ("plaats", "woonplaats", "plaatsnaam", "stad", "city", "town"),
    "province": ("provincie", "province"),
    "country": ("land", "landcode", "country"),
    "language": ("taal", "language"),
    "type": ("soort", "soortlidmaatschap", "lidmaatschap", "lidsoort", "type", "membershiptype"),
    "starts_on": ("lidsinds", "ingangsdatum", "begindatum", "startdatum", "lidvanaf", "startdate"),
    "ends_on": ("einddatum", "lidtot", "datumeinde", "uitgeschreven", "totenmet", "enddate"),
    **{f"{NUMBER}{register}": (f"{fold(register)}nummer", f"{fold(register)}registratie",
                               fold(register), f"{fold(register)}nr", f"{fold(register)}number")
       for register in REGISTERS},
}  # fmt: skip
KNOWN = {word: field for field, words in HEADERS.items() for word in words}
BSN_HEADERS = re.compile(r"bsn|burgerservice|sofi|citizenservice")
SAMPLE = 200
MOSTLY = 0.8
ENOUGH = 3


def guess(headers: Sequence[str]) -> dict[int, str]:
    """Column → field, each field at most once, by what the headers say."""
    found: dict[int, str] = {}
    for column, header in enumerate(headers):
        field = KNOWN.get(_plain(header))
        if field is not None and field not in found.values():
            found[column] = field
    return found


def remembered(headers: Sequence[str], kept: Mapping[str, str]) -> dict[int, str]:
    """Column → field as it was chosen before for a source, by header."""
    return {
        column: kept[header] for column, header in enumerate(headers) if kept.get(header) in HEADERS
    }


def without_bsn(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """The sheet without columns that look like citizen service numbers, and their headers."""
    left_out = [n for n in range(len(sheet.headers)) if _is_bsn(sheet, n)]
    if not left_out:
        return sheet, []
    keep = [n for n in range(len(sheet.headers)) if n not in left_out]
    lines = [[line[n] for n in keep] for line in sheet.lines]
    slim = Sheet([sheet.headers[n] for n in keep], lines, sheet.numbers)
    return slim, [sheet.headers[n] for n in left_out]


def _is_bsn(sheet: Sheet, column: int) -> bool:
    header = _plain(sheet.headers[column])
    if BSN_HEADERS.search(header):
        return True
    if header in HEADERS[f"{NUMBER}SKJ"] or header in HEADERS[f"{NUMBER}AGB"]:
        return False
    given = [line[column] for line in sheet.lines[:SAMPLE] if line[column]]
    if len(given) < ENOUGH:  # one number in eleven is one by chance: not under a header we know
        return bool(given) and header not in KNOWN and all(map(looks_like_bsn, given))
    alike = sum(looks_like_bsn(value) or looks_like_bsn(value.zfill(9)) for value in given)
    return alike >= MOSTLY * len(given)


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", fold(header))
