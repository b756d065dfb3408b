"""Whose line it is, or whose it might be. Pure.

An address, a member number or a register number is somebody's, unless the surname is quite another.
For the rest the one rule of likeness says who could be meant, and the board says who it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from server.imports.lines import Candidate, Line
from server.imports.register import SURNAME, Register, sought_by
from server.imports.values import Parsed
from server.people import likeness, rules
from tables.people import RowOutcome

OTHER, TWO_PEOPLE = "other", "imports.wrong.two_people"
FACTS = (
    *("initials", "first_name", "surname", "partner_surname"),
    *("phone", "postcode", "city"),
)
MOST = 5


def recognise(lines: Sequence[Line], known: Register, decision: str | None) -> None:
    """Whose lines these are, noted at the first: whatever any of them names counts for all.

    `decision`: the id of whoever the board says it is, or OTHER.
    """
    line, found = lines[0], _sure(lines, known)
    sure = set().union(*found.values())
    if len(sure) > 1:
        line.wrong("email", TWO_PEOPLE)
        return
    if sure:
        [person_id] = sure
        if not _other_name(line.parsed, known.people[person_id]):
            line.person_id = person_id
            return
        line.candidates = [Candidate(person_id, sorted(found), is_sure=True)]
    elif decision != OTHER:
        line.candidates = _look_alikes(line.parsed, known)
    _choose(line, decision)


def _choose(line: Line, decision: str | None) -> None:
    """Whoever the board said it is, if they can be it; else it is asked."""
    chosen = [one for one in line.candidates if str(one.person) == decision]
    for one in (*chosen, *line.candidates)[:1]:
        line.person_id = one.person
        line.outcome = line.outcome if chosen else RowOutcome.duplicate


def _sure(lines: Sequence[Line], known: Register) -> dict[str, set[int]]:
    """Kind → the people whom an address or number of that kind is; only kinds that say somebody."""
    found: dict[str, set[int]] = {"email": set(), "member_number": set(), "number": set()}
    for parsed in (line.parsed for line in lines):
        if email := parsed.person.get("email"):
            found["email"].add(known.by_email.get(rules.email_key(email), 0))
        found["member_number"].add(known.by_member.get(parsed.member_number or 0, 0))
        for number in parsed.numbers.items():
            found["number"] |= known.by_number.get(number, set())
    return {kind: ids - {0} for kind, ids in found.items() if ids - {0}}


def _other_name(parsed: Parsed, person: Mapping[str, Any]) -> bool:
    """The same address or number under quite another surname: a shared mailbox, or a mistake."""
    surname = rules.fold(parsed.person.get("surname", ""))
    ours = {rules.fold(person[name]) for name in ("surname", "partner_surname")} - {""}
    theirs = {surname, rules.fold(parsed.person.get("partner_surname", ""))} - {""}
    return bool(surname) and not ours & theirs


def _look_alikes(parsed: Parsed, known: Register) -> list[Candidate]:
    """Whom we know by the same name, or who is enough like it; the likest first."""
    email = parsed.person.get("email")
    row = {name: parsed.person.get(name, "") for name in FACTS}
    row["email_key"] = rules.email_key(email) if email else ""
    theirs = likeness.facts({**row, "id": 0}, parsed.numbers.items())
    compared = [likeness.compare(theirs, known.facts[one]) for one in _nearby(theirs, known)]
    alike = [one for one in compared if "name" in one.reasons or one.score >= likeness.ENOUGH]
    alike.sort(key=lambda one: (-one.score, one.second))
    return [Candidate(one.second, list(one.reasons)) for one in alike[:MOST]]


def _nearby(theirs: likeness.Facts, known: Register) -> set[int]:
    """Who shares anything; what hundreds share says nothing of two people, a surname excepted."""
    found: set[int] = set()
    for key in sought_by(theirs):
        block = known.alike.get(key, [])
        if key[0] == SURNAME or len(block) <= likeness.LARGEST_BLOCK:
            found.update(block)
    return found
