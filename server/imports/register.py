"""The people we know, by everything by which a line can be theirs; four statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server import clock
from server.database import execute
from server.imports.values import PERSON, Parsed
from server.people import likeness, rules
from tables.people import NumberState

PEOPLE = f"""SELECT id, display_name, deceased_on, email_key, {", ".join(PERSON)} FROM person
  WHERE anonymised_at IS NULL AND merged_into IS NULL"""
PERIODS = """SELECT m.id, m.person, m.number, t.code, m.starts_on, m.ends_on, m.ended_by
  FROM membership m JOIN membership_type t ON t.id = m.type ORDER BY m.starts_on"""
NUMBERS = "SELECT person, register, number, state FROM registration_number"
TYPES = """SELECT id, code, name_nl, name_en, period_kind, valid_from, valid_to
  FROM membership_type"""
SURNAME, ANY = "whole surname", "*"


@dataclass
class Held:
    """A membership in the register, or one that the file adds (`id` 0)."""

    id: int
    code: str
    starts_on: date
    ends_on: date | None
    ended_by: str | None = None


@dataclass
class Register:
    """Who is known today, and the ways to find them.

    `taken`: member numbers of people who were erased or merged. `alike`: whoever shares something
    that makes two people look like one. `kinds`: code of a type → how long its periods are.
    """

    today: date
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_number: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_member: dict[int, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    facts: dict[int, likeness.Facts] = field(default_factory=dict)
    alike: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    types: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    type_names: dict[str, str] = field(default_factory=dict)
    valid: dict[str, tuple[date, date]] = field(default_factory=dict)

    def offers(self, code: str, day: date) -> bool:
        """Whether one can begin with a type on a day."""
        first, last = self.valid.get(code, (date.min, date.max))
        return first <= day <= last


async def load() -> Register:
    """Read the register once, for a whole file."""
    known = Register(clock.today())
    for row in await execute(PEOPLE):
        known.people[row["id"]] = row
        if row["email_key"]:
            known.by_email[row["email_key"]] = row["id"]
    await _load_memberships(known)
    held: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in await execute(NUMBERS):
        if row["person"] in known.people:
            number = (row["register"], row["number"])
            known.numbers[row["person"]].add(number)
            if row["state"] != NumberState.withdrawn:
                known.by_number[number].add(row["person"])
                held[row["person"]].append(number)
    for person_id, row in known.people.items():
        facts = known.facts[person_id] = likeness.facts(row, held[person_id])
        for key in filed_by(facts):
            known.alike[key].append(person_id)
    return known


async def _load_memberships(known: Register) -> None:
    for row in await execute(PERIODS):
        if row["person"] not in known.people:
            known.taken.add(row["number"])
            continue
        columns = ("id", "code", "starts_on", "ends_on", "ended_by")
        held = Held(*(row[column] for column in columns))
        known.periods[row["person"]].append(held)
        known.by_member[row["number"]] = row["person"]
    for row in await execute(TYPES):
        known.types[row["code"]] = row["id"]
        known.kinds[row["code"]] = row["period_kind"]
        dates = (row["valid_from"] or date.min, row["valid_to"] or date.max)
        known.valid[row["code"]] = dates
        for name in (row["code"], row["name_nl"], row["name_en"]):
            known.type_names[rules.fold(name).strip()] = row["code"]


def filed_by(one: likeness.Facts) -> set[tuple[str, str]]:
    """By what somebody is found who looks alike: among others the whole surname, since nearly the
    same one is never enough; with the initial and with any.
    """
    return _named(one, one.initial, ANY).union(_shared(one))


def sought_by(one: likeness.Facts) -> set[tuple[str, str]]:
    """Where to look for who looks like one: the same initial, or one of the two has none."""
    initials = (one.initial, "") if one.initial else (ANY,)
    return _named(one, *initials).union(_shared(one))


def _named(one: likeness.Facts, *initials: str) -> set[tuple[str, str]]:
    return {(SURNAME, f"{surname}|{initial}") for surname in one.surnames for initial in initials}


def _shared(one: likeness.Facts) -> set[tuple[str, str]]:
    return set(filter(lambda key: key[0] not in ("name", "surname"), one.keys()))


def keys_of(parsed: Parsed) -> list[tuple[str, str]]:
    """Everything in a line that can belong to one person only."""
    keys = [("member_number", str(parsed.member_number))] if parsed.member_number else []
    if parsed.person.get("email"):
        keys.append(("email", rules.email_key(parsed.person["email"])))
    return [*keys, *sorted(parsed.numbers.items())]
