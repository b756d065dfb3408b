"""The people we know, by everything by which a line can be theirs; four statements."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.database import execute
from server.imports.values import PERSON, Parsed
from server.people import rules

PEOPLE = f"""SELECT id, display_name, deceased_on, email_key, {", ".join(PERSON)} FROM person
  WHERE anonymised_at IS NULL AND merged_into IS NULL"""
PERIODS = """SELECT m.id, m.person, m.number, t.code, m.starts_on, m.ends_on, m.ended_by
  FROM membership m JOIN membership_type t ON t.id = m.type ORDER BY m.starts_on"""
NUMBERS = "SELECT person, register, number FROM registration_number WHERE state <> 'withdrawn'"
TYPES = "SELECT id, code, name_nl, name_en, valid_from, valid_to FROM membership_type"


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
    """Who is known, and the ways to find them."""

    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    by_number: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_member: dict[int, int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    periods: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    types: dict[str, int] = field(default_factory=dict)
    type_names: dict[str, str] = field(default_factory=dict)
    valid: dict[str, tuple[date, date]] = field(default_factory=dict)

    def offers(self, code: str, day: date) -> bool:
        """Whether one can begin with a type on a day."""
        first, last = self.valid.get(code, (date.min, date.max))
        return first <= day <= last


async def load() -> Register:
    """Read the register once, for a whole file."""
    known = Register()
    for row in await execute(PEOPLE):
        known.people[row["id"]] = row
        if row["email_key"]:
            known.by_email[row["email_key"]] = row["id"]
        known.by_name[name_key(row)].append(row["id"])
    for row in await execute(PERIODS):
        columns = ("id", "code", "starts_on", "ends_on", "ended_by")
        held = Held(*(row[column] for column in columns))
        known.periods[row["person"]].append(held)
        known.by_member[row["number"]] = row["person"]
    for row in await execute(NUMBERS):
        known.by_number[row["register"], row["number"]].add(row["person"])
        known.numbers[row["person"]].add((row["register"], row["number"]))
    for row in await execute(TYPES):
        known.types[row["code"]] = row["id"]
        dates = (row["valid_from"] or date.min, row["valid_to"] or date.max)
        known.valid[row["code"]] = dates
        for name in (row["code"], row["name_nl"], row["name_en"]):
            known.type_names[rules.fold(name).strip()] = row["code"]
    return known


def name_key(person: Mapping[str, Any]) -> str:
    """Surname and first letter, folded: enough to ask whether two are one, never to decide it."""
    given = str(person.get("initials") or person.get("first_name") or "")
    return f"{rules.fold(str(person.get('surname') or ''))}|{rules.fold(given)[:1]}"


def keys_of(parsed: Parsed) -> list[tuple[str, str]]:
    """Everything in a line that can belong to one person only."""
    keys = [("member_number", str(parsed.member_number))] if parsed.member_number else []
    if parsed.person.get("email"):
        keys.append(("email", rules.email_key(parsed.person["email"])))
    return [*keys, *sorted(parsed.numbers.items())]
