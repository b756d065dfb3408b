"""What the periods in a file add to the memberships of one person. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from server.imports.lines import Line
from server.imports.register import Held, Register
from server.imports.values import Period
from server.memberships import terms

ONE_DAY = timedelta(days=1)


def add_periods(lines: Sequence[Line], known: Register, own_id: int | None) -> None:
    """What the periods of these lines add to the memberships of one person."""
    first = lines[0]
    held = [*known.periods.get(first.person_id or 0, [])]
    for line, period in _merged(lines):
        problem = _fit(line, period, held, known)
        if problem:
            line.wrong("starts_on", problem)
        elif line.starts and not known.offers(period.type_code, period.starts_on):
            line.wrong("type", "memberships.field.type.over")
        elif (line.starts or line.ends) and own_id is not None and first.person_id == own_id:
            line.wrong("type", "memberships.refusal.own_membership")


def _merged(lines: Sequence[Line]) -> list[tuple[Line, Period]]:
    """Periods by their first day; one that begins the day after another of its type joins it."""
    given = sorted(
        ((line, line.parsed.period) for line in lines if line.parsed.period is not None),
        key=lambda pair: (pair[1].starts_on, pair[0].number),
    )
    merged: list[tuple[Line, Period]] = []
    for line, period in given:
        if merged:
            before = merged[-1][1]
            follows = before.ends_on and before.ends_on + ONE_DAY == period.starts_on
            if before == period:
                continue
            if before.type_code == period.type_code and follows:
                joined = Period(before.type_code, before.starts_on, period.ends_on)
                merged[-1] = (merged[-1][0], joined)
                continue
        merged.append((line, period))
    return merged


def _fit(line: Line, said: Period, held: list[Held], known: Register) -> str | None:
    """Add a period to the others, or lengthen or end one; a message key if it cannot be.

    A first day is never moved. A period within one we know says nothing new. One without a last
    day, of a type that has periods, lasts until the end of the period that runs today.
    """
    ends_on = said.ends_on or terms.running_until(
        known.kinds[said.type_code], said.starts_on, known.today
    )
    period = replace(said, ends_on=ends_on)
    one = next((h for h in held if h.code == said.type_code and _continues(h, said)), None)
    if one is not None:
        _end(line, one, period, is_said=said.ends_on is not None)
        return None
    if any(_overlaps(h, period) for h in held):
        return "imports.wrong.overlap"
    line.starts.append(period)
    line.changes["type"] = ("", period.type_code)
    line.changes["starts_on"] = ("", str(period.starts_on))
    if period.ends_on:
        line.changes["ends_on"] = ("", str(period.ends_on))
    held.append(Held(0, period.type_code, period.starts_on, period.ends_on))
    return None


def _continues(one: Held, period: Period) -> bool:
    """Whether a period is the same one, lies within it, or goes on from it."""
    if not one.id or period.starts_on < one.starts_on:
        return False
    if one.ends_on is not None and one.ends_on + ONE_DAY == period.starts_on:
        return one.ended_by is None
    return _overlaps(one, period)


def _end(line: Line, one: Held, period: Period, *, is_said: bool) -> None:
    """The last day as the file says it, unless it says none or lies within what we know."""
    is_same = one.starts_on == period.starts_on
    follows = one.ends_on is not None and one.ends_on < period.starts_on
    is_later = one.ends_on is not None and period.ends_on is not None
    is_later = is_later and period.ends_on > one.ends_on  # type: ignore[operator]
    says_end = is_said and (is_same or is_later)
    if period.ends_on != one.ends_on and (says_end or follows):
        line.ends.append((one.id, period.ends_on))
        line.changes["ends_on"] = (str(one.ends_on or ""), str(period.ends_on or ""))
        one.ends_on = period.ends_on


def _overlaps(one: Held, period: Period) -> bool:
    return (one.ends_on is None or period.starts_on <= one.ends_on) and (
        period.ends_on is None or one.starts_on <= period.ends_on
    )
