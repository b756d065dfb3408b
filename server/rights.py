"""What each office may see and change: the whole of it in one table.

An area is a part of the register; `change` includes `see`. An office that a line does not name
has nothing there. Whoever holds two offices has both their rights. What somebody may do with
their own data, or as a member or chair of a group, follows from the thing itself, not from here.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Area(StrEnum):
    """A part of the register that an office may see or change."""

    people = "people"
    money = "money"
    groups = "groups"
    events = "events"
    talks = "talks"
    newsletters = "newsletters"
    knowledge = "knowledge"
    letters = "letters"
    audit = "audit"
    offices = "offices"
    machinery = "machinery"


OFFICES = ("board", "chair", "secretary", "treasurer", "editor", "accreditor")
SEE, CHANGE = "see", "change"
RIGHTS: Mapping[Area, Mapping[str, str]] = {
    Area.people: {
        **dict.fromkeys(("board", "chair", "secretary"), CHANGE),
        **dict.fromkeys(("treasurer", "accreditor"), SEE),
    },
    Area.money: {"treasurer": CHANGE, "chair": SEE},
    Area.groups: {
        **dict.fromkeys(("board", "chair", "secretary"), CHANGE),
        **dict.fromkeys(("treasurer", "editor", "accreditor"), SEE),
    },
    Area.events: {
        **dict.fromkeys(("board", "chair", "secretary", "editor", "accreditor"), CHANGE),
        "treasurer": SEE,
    },
    Area.talks: {
        **dict.fromkeys(("board", "chair", "secretary", "accreditor"), CHANGE),
        **dict.fromkeys(("treasurer", "editor"), SEE),
    },
    Area.newsletters: dict.fromkeys(("board", "chair", "secretary", "editor"), CHANGE),
    Area.knowledge: {
        **dict.fromkeys(("board", "chair", "secretary", "editor", "accreditor"), CHANGE),
        "treasurer": SEE,
    },
    Area.letters: {
        **dict.fromkeys(("board", "chair", "secretary"), CHANGE),
        **dict.fromkeys(("treasurer", "editor"), SEE),
    },
    Area.audit: dict.fromkeys(("board", "chair", "secretary"), SEE),
    Area.offices: dict.fromkeys(("board", "chair", "secretary"), CHANGE),
    Area.machinery: dict.fromkeys(("board", "chair", "secretary"), CHANGE),
}


def may_see(roles: Iterable[str], area: Area) -> bool:
    """Whether one of these roles may look at an area. The system may look anywhere."""
    return any(role == "system" or role in RIGHTS[area] for role in roles)


def may_change(roles: Iterable[str], area: Area) -> bool:
    """Whether one of these roles may change an area. The system may change anything."""
    return any(role == "system" or RIGHTS[area].get(role) == CHANGE for role in roles)


# Columns that only some of those may see who see their table; "*" is every column.
GUARDED: Mapping[str, Mapping[str, Area]] = {
    "membership_type": {"fee_cents": Area.money},
    "fee": {"*": Area.money},
    "invoice": {"*": Area.money},
    "bank_account": {"*": Area.money},
}


# Kinds of letters that say of whoever gets them what only some may know.
LETTERS: Mapping[str, Area] = {"invoice_sent": Area.money, "fee_reminder": Area.money}


def may_read(roles: Iterable[str], table: str, column: str) -> bool:
    """Whether one of these roles may read a column, where it stands and in the audit trail."""
    guards = GUARDED.get(table, {})
    area = guards.get(column) or guards.get("*")
    return area is None or may_see(roles, area)


def may_read_why(roles: Iterable[str], table: str, columns: Iterable[str]) -> bool:
    """Whether one of these roles may read why these columns changed: words tell of all of them."""
    return all(may_read(roles, table, column) for column in ("*", *columns))


def letters_kept_from(roles: Iterable[str]) -> list[str]:
    """The kinds of letters of which these roles may not know who gets them."""
    return [kind for kind, area in LETTERS.items() if not may_see(roles, area)]
