"""How the places of one sort filled up: from the moments at which claims moved. Pure.

A claim's first moment is its own; every move after it stands in the audit trail. Of who was erased
the trail is black: then only the beginning and the end are known.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import TypeVar

from server import clock
from tables.registrations import LineState

L = LineState
LIVE = frozenset({L.unverified, L.approval, L.waiting, L.offered, L.confirmed})
DAYS_AT_MOST, WEEKS_AT_MOST = 31, 40
WEEK = timedelta(weeks=1)
Move = tuple[datetime, str]
Point = tuple[datetime, int]
T = TypeVar("T")


class Every(StrEnum):
    """How much time one line of the table is about."""

    day = "day"
    week = "week"
    month = "month"


@dataclass(frozen=True)
class Story:
    """One claim: its states in order, each with the moment from which it was so.

    `until`: a place that is kept for an answer holds no longer than this.
    """

    moves: tuple[Move, ...]
    until: datetime | None = None


def story(
    created_at: datetime,
    first: str | None,
    moves: Sequence[Move],
    now_is: Move,
    until: datetime | None = None,
) -> Story:
    """The story of a claim. `now_is` is its state with the moment of its last change.

    Where the trail is black (`first` None): who stands today stood so from the beginning.
    """
    changed_at, state = now_is
    if first is None and not moves:
        begun = state if state in LIVE else L.unverified.value
        moves = [] if state in LIVE else [(changed_at, state)]
        return Story(_ordered(created_at, begun, moves), until)
    return Story(_ordered(created_at, first or L.waiting.value, moves), until)


def _ordered(created_at: datetime, first: str, moves: Sequence[Move]) -> tuple[Move, ...]:
    """Never before the one before: clocks of several machines differ."""
    found = [(created_at, first)]
    for at, state in moves:
        found.append((max(at, found[-1][0]), state))
    return tuple(found)


@dataclass(frozen=True)
class Line:
    """What happened in one stretch of time, and how it stood at its end.

    `capacity` None is no maximum.
    """

    begins: date
    asked: int
    queued: int
    confirmed: int
    ended: int
    held: int
    waiting: int
    capacity: int | None


@dataclass(frozen=True)
class Filling:
    """One sort of place through time, up to `ends_at`; `held` and `capacity` are steps."""

    starts_at: datetime
    ends_at: datetime
    every: Every
    held: list[Point] = field(default_factory=list)
    capacity: list[tuple[datetime, int | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def capacities(
    begins: datetime, today: int | None, changes: Sequence[tuple[datetime, int | None, int | None]]
) -> list[tuple[datetime, int | None]]:
    """How many places there were from when on. `changes`: moment, before, after, in order."""
    found = [(begins, changes[0][1] if changes else today)]
    for at, _, after in changes:
        if at <= begins:
            found = [(begins, after)]
        else:
            found.append((at, after))
    return found


def filling(
    stories: Iterable[Story],
    capacity: Sequence[tuple[datetime, int | None]],
    *,
    begins: datetime,
    ends: datetime,
) -> Filling:
    """Everything about one sort of place between two moments; what came later is left out."""
    told = list(stories)
    ends = max(begins, ends)
    steps = sorted(step for one in told for step in _holds(one, ends) if step[0] <= ends)
    held: dict[datetime, int] = {begins: 0}
    for at, total in zip((at for at, _ in steps), accumulate(by for _, by in steps), strict=True):
        held[max(at, begins)] = total
    every = _every(begins, ends)
    kept = [one for one in capacity if one[0] <= ends] or list(capacity[:1])
    lines = _lines(told, list(held.items()), kept, (begins, ends, every))
    return Filling(begins, ends, every, list(held.items()), kept, lines)


def _every(begins: datetime, ends: datetime) -> Every:
    days = (clock.day_of(ends) - clock.day_of(begins)).days + 1
    if days <= DAYS_AT_MOST:
        return Every.day
    return Every.week if days <= 7 * WEEKS_AT_MOST else Every.month


def _holds(one: Story, ends: datetime) -> list[Point]:
    """When a claim began to hold a place (1) and when it no longer did (-1)."""
    found, has = [], False
    for number, (at, state) in enumerate(one.moves):
        after = one.moves[number + 1][1] if number + 1 < len(one.moves) else None
        holds = _is_held(state, after, one.until, ends)
        if holds != has:
            found.append((at, 1 if holds else -1))
            has = holds
    return found


def _is_held(state: str, after: str | None, until: datetime | None, ends: datetime) -> bool:
    """Whether a place is kept: as `events.counting.HOLDS` says it of today."""
    if state == L.confirmed:
        return True
    if state not in (L.offered, L.unverified):
        return False
    if after is None:
        return until is not None and until > ends
    return state == L.offered or after == L.confirmed


def _lines(
    told: list[Story],
    held: list[Point],
    capacity: list[tuple[datetime, int | None]],
    when: tuple[datetime, datetime, Every],
) -> list[Line]:
    begins, ends, every = when
    days = _days(clock.day_of(begins), clock.day_of(ends), every)
    counts = _happened(told, days, ends)
    waits = sorted(step for one in told for step in _waits(one) if step[0] <= ends)
    found = []
    for number, day in enumerate(days):
        after = days[number + 1] if number + 1 < len(days) else None
        end = ends if after is None else clock.day_bounds(after)[0] - timedelta(microseconds=1)
        happened = {name: counts[name, day] for name in ("asked", "queued", "confirmed", "ended")}
        stood = {"held": _at(held, end), "waiting": sum(by for at, by in waits if at <= end)}
        found.append(Line(day, **happened, **stood, capacity=_at(capacity, end)))
    return found


def _waits(one: Story) -> list[Point]:
    steps = [(at, state == L.waiting) for at, state in one.moves]
    was = [False, *(waits for _, waits in steps)]
    return [
        (at, 1 if waits else -1)
        for (at, waits), before in zip(steps, was, strict=False)
        if waits != before
    ]


def _at(steps: Sequence[tuple[datetime, T]], moment: datetime) -> T:
    """The last step not after a moment; the first when there is none."""
    found = steps[0][1]
    for at, value in steps:
        if at > moment:
            break
        found = value
    return found


def _happened(told: list[Story], days: list[date], ends: datetime) -> Counter[tuple[str, date]]:
    counts: Counter[tuple[str, date]] = Counter()
    for one in told:
        for number, (at, state) in enumerate(one.moves):
            if at > ends:
                break
            day = _day(days, clock.day_of(at))
            counts["asked", day] += number == 0
            counts["queued", day] += state == L.waiting
            counts["confirmed", day] += state == L.confirmed
            counts["ended", day] += state not in LIVE
    return counts


def _day(days: list[date], on: date) -> date:
    """The stretch in which a day falls."""
    return max((day for day in days if day <= on), default=days[0])


def _days(first: date, last: date, every: Every) -> list[date]:
    """The first day of each stretch."""
    day, found = _first(first, every), []
    while day <= last:
        found.append(day)
        day = _next(day, every)
    return found


def _first(day: date, every: Every) -> date:
    if every == Every.week:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if every == Every.month else day


def _next(day: date, every: Every) -> date:
    if every == Every.month:
        return (day + timedelta(days=32)).replace(day=1)
    return day + (WEEK if every == Every.week else timedelta(days=1))
