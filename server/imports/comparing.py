"""Every line of a file against the register and against the file itself. Pure.

One line is one outcome: new, changed (old → new per field), unchanged, a duplicate (of an earlier
line, or perhaps of somebody), or an error. All that is wrong is said in one pass. Lines of one
person with periods of their own are one history: years that follow each other become one period.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from server.imports.histories import add_periods
from server.imports.lines import Line
from server.imports.register import Register, keys_of, name_key
from server.imports.values import Parsed
from server.people import rules
from tables.people import RowOutcome

SAME, OTHER = "same", "other"


def compare(
    lines: Sequence[Line], known: Register, decided: Mapping[int, str], *, own_id: int | None = None
) -> None:
    """Fill in what each line does. `decided`: line → same | other, for those that look alike.

    `own_id` is who imports: nobody changes their own membership.
    """
    for first, *more in _people(lines):
        _recognise(first, known, decided.get(first.number))
        for line in more:
            line.person_id, line.of_line = first.person_id, first.number
            _same_words(line, first)
        add_periods([first, *more], known, own_id)
        for line in (first, *more):
            _conclude(line, first, known)


def _people(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by person, each person's first line first."""
    groups: list[list[Line]] = []
    where: dict[tuple[str, str], int] = {}
    for line in lines:
        keys = keys_of(line.parsed) or [("name", _whole_name(line))]
        found = {where[key] for key in keys if key in where}
        if len(found) > 1:
            line.wrong("email", "imports.wrong.two_people")
        place = min(found) if found else len(groups)
        if not found:
            groups.append([])
        groups[place].append(line)
        for key in keys:
            where.setdefault(key, place)
    return groups


def _whole_name(line: Line) -> str:
    person = line.parsed.person
    parts = ("surname", "prefix", "initials", "first_name", "postcode", "city")
    return "|".join(rules.fold(person.get(part, "")) for part in parts) or f"line {line.number}"


def _recognise(line: Line, known: Register, decision: str | None) -> None:
    """Whose line it is, or whose it might be."""
    found = {kind: ids for kind, ids in _candidates(line.parsed, known).items() if ids}
    sure = set().union(*(ids for kind, ids in found.items() if kind != "name"))
    if len(sure) > 1:
        line.wrong("email", "imports.wrong.two_people")
        return
    person_id = next(iter(sure), None)
    if person_id is not None and not _other_name(line.parsed, known.people[person_id]):
        line.person_id = person_id
        return
    maybe = [person_id] if person_id is not None else sorted(found.get("name", ()))
    if not maybe or (decision == OTHER and person_id is None):
        return
    line.person_id, line.reasons = maybe[0], sorted(found)
    if decision != SAME:
        line.outcome = RowOutcome.duplicate


def _candidates(parsed: Parsed, known: Register) -> dict[str, set[int]]:
    email, member = parsed.person.get("email"), parsed.member_number
    by_email = known.by_email.get(rules.email_key(email)) if email else None
    by_member = known.by_member.get(member) if member else None
    return {
        "email": {by_email} if by_email else set(),
        "member_number": {by_member} if by_member else set(),
        "number": set().union(*(known.by_number.get(n, set()) for n in parsed.numbers.items())),
        "name": set(known.by_name.get(name_key(parsed.person), ())),
    }


def _other_name(parsed: Parsed, person: Mapping[str, Any]) -> bool:
    """The same address or number under quite another surname: a shared mailbox, or a mistake."""
    surname = rules.fold(parsed.person.get("surname", ""))
    ours = {rules.fold(person[name]) for name in ("surname", "partner_surname")} - {""}
    theirs = {surname, rules.fold(parsed.person.get("partner_surname", ""))} - {""}
    return bool(surname) and not ours & theirs


def _same_words(line: Line, first: Line) -> None:
    """A later line of the same person may not say something else of them."""
    for name, value in line.parsed.person.items():
        if not _says_same(name, first.parsed.person.setdefault(name, value), value):
            line.wrong(name, "imports.wrong.contradicts", str(first.number))
    for register, number in line.parsed.numbers.items():
        first.parsed.numbers.setdefault(register, number)


def _conclude(line: Line, first: Line, known: Register) -> None:
    """The outcome that follows; errors first, then doubts."""
    if line is first:
        _check_person(line, known.people.get(line.person_id or 0))
        _changes(line, known)
    elif first.problems and not line.problems:
        line.wrong("surname", "imports.wrong.first_line", str(first.number))
    is_repeated = line is not first and line.parsed.period is None
    if line.problems:
        line.outcome = RowOutcome.error
    elif is_repeated or first.outcome == RowOutcome.duplicate:
        line.outcome = RowOutcome.duplicate
    elif first.person_id is None:
        line.outcome = RowOutcome.new
    else:
        line.outcome = RowOutcome.changed if line.changes else RowOutcome.unchanged


def _check_person(line: Line, person: Mapping[str, Any] | None) -> None:
    if person is None and not line.parsed.person.get("surname"):
        line.wrong("surname", "errors.field.required")
    if person is not None and person["deceased_on"] is not None:
        line.wrong("surname", "imports.wrong.deceased")


def _changes(line: Line, known: Register) -> None:
    """What a first line says of the person that we do not know, or know differently."""
    person = known.people.get(line.person_id or 0, {})
    for name, value in line.parsed.person.items():
        old = str(person.get(name) or "")
        if not _says_same(name, old, value):
            line.changes[name] = (old, value)
    for register, number in line.parsed.numbers.items():
        if (register, number) not in known.numbers.get(line.person_id or 0, set()):
            line.changes[f"number:{register}"] = ("", number)
    held = known.periods.get(line.person_id or 0)
    by_member = known.by_member.get(line.parsed.member_number or 0)
    if line.parsed.member_number and by_member is None and held:
        line.wrong("member_number", "imports.wrong.other_member_number")


def _says_same(name: str, one: str, other: str) -> bool:
    """Whether two cells say the same; addresses may differ in capitals."""
    if name == "email" and one:
        return rules.email_key(one) == rules.email_key(other)
    return one == other
