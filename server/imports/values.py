"""What a line of a file says, in the form in which we keep it, with everything wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from server.imports.fields import NUMBER
from server.people import contact, provinces, registers, rules

PERSON = (
    *("initials", "first_name", "prefix", "surname", "partner_prefix", "partner_surname"),
    *("email", "phone", "postcode", "city", "province", "country", "language"),
)
NAMES = tuple(name for name in PERSON if name in rules.Name.__dataclass_fields__)
PERIOD = ("type", "starts_on", "ends_on")
HOME = "NL"  # where somebody lives of whom nothing else is said
LENGTHS = {"initials": 30, "first_name": 80, "prefix": 30, "surname": 120, "partner_prefix": 30,
           "partner_surname": 120, "email": 254, "city": 80}  # fmt: skip
COUNTRIES = {"nederland": "NL", "netherlands": "NL", "the netherlands": "NL", "belgie": "BE",
             "belgium": "BE", "duitsland": "DE", "germany": "DE"}  # fmt: skip
LANGUAGES = {"nl": "nl", "nederlands": "nl", "dutch": "nl", "en": "en", "engels": "en",
             "english": "en"}  # fmt: skip
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
SERIAL = re.compile(r"[1-9]\d{4}", re.ASCII)
EXCEL_BEGAN = date(1899, 12, 30)
YEARS = range(1900, 2200)
LAST_FIRST = re.compile(r"^([^,]+),\s*(.+)$")


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which field, which sentence, and what we propose instead."""

    field: str
    key: str
    proposal: str = ""


@dataclass(frozen=True)
class Period:
    """A stretch of membership as a line says it; the type by its code."""

    type_code: str
    starts_on: date
    ends_on: date | None


@dataclass
class Parsed:
    """One line understood; only fields with something in their cell are here."""

    person: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    member_number: int | None = None
    period: Period | None = None
    problems: list[Problem] = field(default_factory=list)


def parse(
    said: Mapping[str, str], types: Mapping[str, str], *, take_proposals: bool = False
) -> Parsed:
    """Understand a line. `types` maps folded names and codes of memberships to codes.

    A number that lost its zero is only repaired with `take_proposals`.
    """
    found = Parsed()
    given = _with_name(said)
    country = _country(given.get("country", "")) or HOME
    for name in PERSON:
        if given.get(name):
            _person(found, name, given[name], country)
    _tidy(found.person)
    for name, written in given.items():
        if name.startswith(NUMBER) and written:
            _number(found, name.removeprefix(NUMBER), written, take_proposals)
    if given.get("member_number"):
        _member_number(found, given["member_number"])
    _period(found, given, types)
    return found


def _with_name(said: Mapping[str, str]) -> dict[str, str]:
    """A name in one cell, taken apart: "Berg, A. van der" or "A. van der Berg"."""
    given = dict(said)
    whole = given.pop("name", "")
    if not whole or given.get("surname"):
        return given
    turned = LAST_FIRST.match(whole)
    if turned:
        rest = [word for word in re.split(r"[,\s]+", turned[2]) if word]
        between = [word for word in rest if word.lower() in rules.PREFIX_WORDS]
        first = [word for word in rest if word.lower() not in rules.PREFIX_WORDS]
        whole = " ".join([*first, *between, turned[1]])
    name = rules.name_from(whole)
    for part in ("initials", "first_name", "prefix", "surname"):
        given.setdefault(part, "")
        given[part] = given[part] or getattr(name, part)
    return given


def read_again(found: Parsed, said: Mapping[str, str], country: str) -> None:
    """Telephone and postcode as they are written where we know somebody to live, if the line says
    no country.
    """
    for name in ("phone", "postcode"):
        if country != HOME and said.get(name) and not said.get("country"):
            found.problems[:] = [one for one in found.problems if one.field != name]
            found.person.pop(name, None)
            _person(found, name, said[name], country)


def _tidy(person: dict[str, str]) -> None:
    """Names as they are kept."""
    names = {name: person[name] for name in NAMES if name in person}
    tidied = rules.tidied(rules.Name(**{"surname": "", **names}))
    person.update({name: getattr(tidied, name) for name in names})


def _person(found: Parsed, name: str, written: str, country: str) -> None:
    kept: str | None
    if name == "phone":
        kept = contact.phone(written, country) or contact.phone(written)
    elif name == "postcode":
        kept = contact.postcode(written, country)
    else:
        kept = READ.get(name, _as_written)(written)
    if kept is not None and len(kept) > LENGTHS.get(name, 300):
        found.problems.append(Problem(name, "errors.field.too_long"))
    elif kept is None:
        found.problems.append(Problem(name, f"imports.wrong.{name}"))
    else:
        found.person[name] = kept


def _country(written: str) -> str | None:
    plain = rules.fold(written).strip()
    code = COUNTRIES.get(plain, plain.upper())
    return code if re.fullmatch(r"[A-Z]{2}", code) else None if plain else ""


def _email(written: str) -> str | None:
    return written.strip() if rules.valid_email(written.strip()) else None


def _language(written: str) -> str | None:
    return LANGUAGES.get(rules.fold(written))


def _as_written(written: str) -> str:
    return " ".join(written.split())


# What makes our spelling of a cell, and None of what cannot be one.
READ: Mapping[str, Callable[[str], str | None]] = {
    "email": _email,
    "province": provinces.named,
    "country": _country,
    "language": _language,
}


def _number(found: Parsed, register: str, written: str, take_proposals: bool) -> None:
    checked = registers.check(register, written)
    if checked.problem is None:
        found.numbers[register] = checked.number
    elif checked.proposal and take_proposals:
        found.numbers[register] = checked.proposal
    else:
        found.problems.append(
            Problem(f"{NUMBER}{register}", checked.problem, checked.proposal or "")
        )


def _member_number(found: Parsed, written: str) -> None:
    if written.isascii() and written.isdecimal() and 0 < int(written) < 10_000_000:
        found.member_number = int(written)
    else:
        found.problems.append(Problem("member_number", "imports.wrong.member_number"))


def _period(found: Parsed, given: Mapping[str, str], types: Mapping[str, str]) -> None:
    """A period needs a type and a first day; an end alone says too little."""
    days: dict[str, date | None] = {}
    for name in ("starts_on", "ends_on"):
        written = given.get(name, "")
        days[name] = day(written)
        if written and days[name] is None:
            found.problems.append(Problem(name, "imports.wrong.day"))
    kind, starts_on = given.get("type", ""), days["starts_on"]
    code = types.get(rules.fold(kind).strip(), "")
    if kind and not code:
        found.problems.append(Problem("type", "imports.wrong.type"))
    if not (kind or given.get("starts_on") or given.get("ends_on")):
        return
    if not kind or not given.get("starts_on"):
        missing = "type" if not kind else "starts_on"
        found.problems.append(Problem(missing, "imports.wrong.period"))
    elif code and starts_on:
        if days["ends_on"] and days["ends_on"] < starts_on:
            found.problems.append(Problem("ends_on", "memberships.field.ends_on.before_start"))
        else:
            found.period = Period(code, starts_on, days["ends_on"])


def day(written: str) -> date | None:
    """1-3-2026, 2026-03-01 or Excel's number of a day; a year has four digits, the day first.

    A year in which nobody can be a member is a mistake.
    """
    try:
        found = _day(written.strip().removesuffix(" 00:00:00").removesuffix(" 0:00:00"))
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def _day(plain: str) -> date | None:
    turned = DAY_FIRST.fullmatch(plain)
    if turned:
        return date(int(turned[3]), int(turned[2]), int(turned[1]))
    if SERIAL.fullmatch(plain):
        return EXCEL_BEGAN + timedelta(days=int(plain))
    return datetime.fromisoformat(plain).date() if plain else None
