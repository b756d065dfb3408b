"""Every line of a file against the register and against the file itself. Pure.

One line is one outcome: new, changed (old → new per field), unchanged, a duplicate (of an earlier
line, or perhaps of somebody), or an error. All that is wrong is said in one pass. Lines of one
person with periods of their own are one history: years that follow each other become one period.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from server.imports.histories import add_periods
from server.imports.lines import Line
from server.imports.recognising import TWO_PEOPLE, recognise
from server.imports.register import Register, keys_of
from server.imports.values import HOME, PERIOD, read_again
from server.people import provinces, rules
from tables.people import RowOutcome


def compare(
    lines: Sequence[Line], known: Register, decided: Mapping[int, str], *, own_id: int | None = None
) -> None:
    """Fill in what each line does. `decided`: line → who the board says it is, by id, or OTHER.

    `own_id` is who imports: nobody changes their own membership. Where it is still asked who
    somebody is, nothing is compared with whoever it may be.
    """
    groups = _people(lines)
    for group in groups:
        if all(problem.key != TWO_PEOPLE for problem in group[0].problems):
            recognise(group, known, decided.get(group[0].number))
    for first, *more in _joined(groups):
        person = known.people.get(first.person_id or 0, {})
        for line in (first, *more):
            read_again(line.parsed, line.said, str(person.get("country") or HOME))
        for line in more:
            line.person_id, line.of_line = first.person_id, first.number
            _same_words(line, first)
        if first.outcome != RowOutcome.duplicate:
            _one_number([first, *more], known)
            add_periods([first, *more], known, own_id)
            _check_person(first, person)
            _changes(first, person, known)
            if (
                first.person_id is not None
                and first.person_id == own_id
                and "email" in first.changes
            ):
                first.wrong("email", "people.refusal.own_address")
        _conclude([first, *more])


def _people(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by person, each person's first line first.

    A line that makes one of two who differ in anything says nothing of either.
    """
    groups: list[list[Line]] = []
    said: list[set[tuple[str, str]]] = []
    where: dict[tuple[str, str], int] = {}
    for line in lines:
        keys = set(keys_of(line.parsed)) or {("name", _whole_name(line))}
        found = sorted({where[key] for key in keys if key in where})
        if len(found) > 1 and _contradict(keys.union(*(said[n] for n in found))):
            line.wrong("email", TWO_PEOPLE)
            found, keys = [], set()
        if not found:
            found = [len(groups)]
            groups.append([])
            said.append(set())
        place, *others = found
        for n in others:
            keys |= said[n]
            groups[place] += groups[n]
            groups[n] = []
        groups[place].append(line)
        said[place] |= keys
        where |= dict.fromkeys(keys, place)
    return [group for group in groups if group]


def _contradict(keys: Collection[tuple[str, str]]) -> bool:
    """Whether there are two numbers of one kind, or two addresses."""
    return len({kind for kind, _ in keys}) < len(keys)


def _whole_name(line: Line) -> str:
    person = line.parsed.person
    parts = ("surname", "prefix", "initials", "first_name", "postcode", "city")
    return "|".join(rules.fold(person.get(part, "")) for part in parts) or f"line {line.number}"


def _joined(groups: list[list[Line]]) -> list[list[Line]]:
    """Lines that name one person each in another way, such as by address and by number."""
    joined: list[list[Line]] = []
    where: dict[int, list[Line]] = {}
    for group in groups:
        person_id = group[0].person_id
        if person_id in where and group[0].outcome != RowOutcome.duplicate:
            where[person_id].extend(group)
            continue
        joined.append(group)
        if person_id is not None and group[0].outcome != RowOutcome.duplicate:
            where[person_id] = group
    return joined


def _same_words(line: Line, first: Line) -> None:
    """A later line of the same person may not say something else of them."""
    for name, value in line.parsed.person.items():
        if not _says_same(name, first.parsed.person.setdefault(name, value), value):
            line.wrong(name, "imports.wrong.contradicts", str(first.number))
    for register, number in line.parsed.numbers.items():
        first.parsed.numbers.setdefault(register, number)


def _one_number(lines: list[Line], known: Register) -> None:
    """One member number for all lines of a person; without a membership it stands nowhere."""
    given = [line for line in lines if line.parsed.member_number]
    if not given:
        return
    number = given[0].parsed.member_number or 0
    for line in lines:
        if line.parsed.member_number not in (None, number):
            line.wrong("member_number", "imports.wrong.contradicts", str(given[0].number))
        line.parsed.member_number = number
    says_period = any(line.said.get(name) for line in lines for name in PERIOD)
    if number in known.by_member:
        return
    if number in known.taken:
        lines[0].wrong("member_number", "memberships.refusal.number_taken")
    elif known.periods.get(lines[0].person_id or 0):
        lines[0].wrong("member_number", "imports.wrong.other_member_number")
    elif not says_period:
        lines[0].wrong("member_number", "imports.wrong.period")


def _check_person(line: Line, person: Mapping[str, Any]) -> None:
    if not person and not line.parsed.person.get("surname"):
        line.wrong("surname", "errors.field.required")
    if person and person["deceased_on"] is not None:
        line.wrong("surname", "imports.wrong.deceased")


def _changes(line: Line, person: Mapping[str, Any], known: Register) -> None:
    """What a first line says of the person that we do not know, or know differently.

    A province only counts where no postcode says it: see `people.provinces`.
    """
    said = line.parsed.person
    postcode, country = ({**person, **said}.get(name) or "" for name in ("postcode", "country"))
    follows = provinces.of_postcode(postcode, country or HOME)
    if follows or country not in ("", HOME):
        said.pop("province", None)
    lived = {name: person.get(name) or "" for name in ("postcode", "country")}
    if person.get("province") and lived != {"postcode": postcode, "country": country}:
        said.setdefault("province", follows)  # the one of the former place goes
    for name, value in said.items():
        old = str(person.get(name) or "")
        if not _says_same(name, old, value):
            line.changes[name] = (old, value)
    for register, number in line.parsed.numbers.items():
        if (register, number) not in known.numbers.get(line.person_id or 0, set()):
            line.changes[f"number:{register}"] = ("", number)


def _conclude(lines: Sequence[Line]) -> None:
    """The outcome that follows; errors first, then doubts.

    Half of what a file says of somebody is not taken in: one bad line keeps out all of theirs.
    """
    first, wrong = lines[0], next((line for line in lines if line.problems), None)
    for line in lines:
        if wrong is not None and not line.problems:
            line.wrong("surname", "imports.wrong.other_line", str(wrong.number))
        is_repeated = line is not first and line.parsed.period is None
        if line.problems:
            line.outcome = RowOutcome.error
        elif is_repeated or first.outcome == RowOutcome.duplicate:
            line.outcome = RowOutcome.duplicate
        elif first.person_id is None:
            line.outcome = RowOutcome.new
        else:
            line.outcome = RowOutcome.changed if line.changes else RowOutcome.unchanged


def _says_same(name: str, one: str, other: str) -> bool:
    """Whether two cells say the same; addresses and prefixes may differ in capitals."""
    if name == "email" and one:
        return rules.email_key(one) == rules.email_key(other)
    if name in ("prefix", "partner_prefix"):
        return one.lower() == other.lower()
    return one == other
