"""On which days a series falls, and what a change of one of its events means for the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from server import holidays, hours
from server.clock import AMSTERDAM
from server.errors import Invalid, Sentence
from tables.events import EventState

MOST = 60
WEEK = 7
LAST = -1
SHORTEST_MONTH = 28
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SPAN = ("starts_at", "ends_at")
MOMENTS = (
    *SPAN,
    *("registration_opens_at", "registration_closes_at", "cancel_until_at"),
)
REPEATABLE = (
    *(EventState.draft, EventState.announced, EventState.published),
    EventState.completed,
)
CHANGEABLE = (
    *(EventState.draft, EventState.announced, EventState.published),
    EventState.postponed,
)


class Every(StrEnum):
    """How often, as a person says it."""

    week = "week"
    two_weeks = "two_weeks"
    month = "month"
    month_last = "month_last"
    month_day = "month_day"
    quarter = "quarter"


class Scope(StrEnum):
    """Which events a change is for."""

    this = "this"
    following = "following"
    all = "all"


@dataclass(frozen=True)
class Layout:
    """What was asked: how often, and either how many times in all or until which day."""

    every: Every
    times: int | None = None
    until: date | None = None


@dataclass(frozen=True)
class Turn:
    """One time that is laid out but not made yet, on an Amsterdam clock.

    `holiday` is the public holiday it falls on; `trouble` is why it cannot be held: `missing`, an
    hour that is not there, or `past`. `is_doubled`: the hour comes twice, and is the first of both.
    """

    starts_at: datetime
    ends_at: datetime
    holiday: str = ""
    trouble: str = ""
    is_doubled: bool = False

    @property
    def day(self) -> str:
        """Its key in a form: `2027-02-09`."""
        return self.starts_at.date().isoformat()

    @property
    def missing(self) -> Sentence:
        """Which hour is not there, in words."""
        gone = self.ends_at if hours.exists(self.starts_at) else self.starts_at
        return hours.missing(hours.hands(gone))


def possible(starts_at: datetime) -> list[Every]:
    """How an event that begins then can come again; not on a day that some months lack."""
    day, found = starts_at.astimezone(AMSTERDAM).date(), [Every.week, Every.two_weeks]
    if _nth(day) != LAST:
        found.append(Every.month)
    if _is_last(day):
        found.append(Every.month_last)
    if day.day <= SHORTEST_MONTH:
        found.append(Every.month_day)
    return [*found, Every.quarter]


def pattern(every: Every, starts_at: datetime) -> str:
    """The rule without its end (RFC 5545 3.3.10)."""
    day = starts_at.astimezone(AMSTERDAM).date()
    weekday, last = DAYS[day.weekday()], f"{LAST}{DAYS[day.weekday()]}"
    return {
        Every.week: "FREQ=WEEKLY",
        Every.two_weeks: "FREQ=WEEKLY;INTERVAL=2",
        Every.month: f"FREQ=MONTHLY;BYDAY={_nth(day)}{weekday}",
        Every.month_last: f"FREQ=MONTHLY;BYDAY={last}",
        Every.month_day: f"FREQ=MONTHLY;BYMONTHDAY={min(day.day, SHORTEST_MONTH)}",
        Every.quarter: f"FREQ=MONTHLY;INTERVAL=3;BYDAY={_nth(day)}{weekday}",
    }[every]


def rule(every: Every, starts_at: datetime, last_at: datetime) -> str:
    """The rule with its end, in UTC as RFC 5545 asks of a DTSTART with a time zone."""
    return f"{pattern(every, starts_at)};UNTIL={last_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def every_of(rule: str) -> Every:
    """How often a rule of ours comes again."""
    parts = _parts(rule)
    if parts["FREQ"] == "WEEKLY":
        return Every.two_weeks if "INTERVAL" in parts else Every.week
    if "INTERVAL" in parts:
        return Every.quarter
    if "BYMONTHDAY" in parts:
        return Every.month_day
    return Every.month_last if parts["BYDAY"].startswith(str(LAST)) else Every.month


def last_of(rule: str) -> datetime:
    """Until when a rule of ours goes on."""
    return datetime.strptime(_parts(rule)["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def nth_of(rule: str) -> int:
    """The first to fourth weekday of a month, or LAST; 0 where weekdays are not counted."""
    said = _parts(rule).get("BYDAY", "")
    return int(said[:-2]) if said else 0


def dates(pattern: str, starts_at: datetime, timezone: str) -> Iterable[datetime]:
    """The beginnings, without end: the same hour on the clock of the zone, summer and winter."""
    found: Iterable[datetime] = rrulestr(pattern, dtstart=starts_at.astimezone(ZoneInfo(timezone)))
    return found


def laid_out(
    layout: Layout, starts_at: datetime, timezone: str, after: datetime | None = None
) -> list[datetime]:
    """The beginnings that were asked for. Raises Invalid.

    Without `after` the first of them is `starts_at` and counts; with it only later ones do.
    """
    _check(layout, least=2 if after is None else 1)
    found = dates(pattern(layout.every, starts_at), starts_at, timezone)
    wanted = (one for one in found if after is None or one > after)
    if layout.times is not None:
        return list(islice(wanted, layout.times))
    until = layout.until or date.max
    some = [one for one in islice(wanted, MOST + 1) if one.date() <= until]
    if len(some) > MOST:
        raise Invalid(until="series.invalid.too_many")
    if len(some) < (2 if after is None else 1):
        raise Invalid(until="series.invalid.too_few")
    return some


def _check(layout: Layout, *, least: int) -> None:
    if (layout.times is None) == (layout.until is None):
        raise Invalid(times="series.invalid.one_end")
    if layout.times is not None and not least <= layout.times <= MOST:
        raise Invalid(times="series.invalid.times")


def turn(starts_at: datetime, lasts: timedelta, *, now: datetime) -> Turn:
    """One time, with what is remarkable about its day. `lasts` is how far the clock's hands go."""
    begins = starts_at.astimezone(AMSTERDAM)  # leaves an hour that is not there as it was asked
    ends = (begins.replace(tzinfo=None) + lasts).replace(tzinfo=AMSTERDAM)
    trouble = "" if hours.exists(begins) and hours.exists(ends) else "missing"
    return Turn(
        begins,
        ends,
        holiday=holiday(begins.date(), ends.date()),
        trouble="past" if begins <= now else trouble,
        is_doubled=bool(hours.which(begins) or hours.which(ends)),
    )


def holiday(first: date, last: date) -> str:
    """The first public holiday among these days."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return next((name for day in days if (name := holidays.holiday_on(day))), "")


def carried(
    was: Mapping[str, Any], asked: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    """What a change of one event means for another: the same words, moments as far along.

    A moment moves by the clock, as far as it moved for the first. One that the other lacks, or
    that the first lacked, stands as far from the beginning as it does there.
    """
    changed = {name: value for name, value in asked.items() if value != was[name]}
    found = {name: value for name, value in changed.items() if name not in MOMENTS}
    begins = asked.get("starts_at", was["starts_at"])
    starts = hours.along(other["starts_at"], was["starts_at"], begins)
    for name in (name for name in MOMENTS if name in changed):
        if changed[name] is None:
            found[name] = None
        elif was[name] is not None and other[name] is not None:
            found[name] = _along(name, other[name], was[name], asked[name])
        else:
            found[name] = hours.along(asked[name], begins, starts)
    return found


def _along(name: str, moment: datetime, was: datetime, becomes: datetime) -> datetime:
    """A moment as far along; a beginning or end in the hour that is not there, as it was asked."""
    if name in SPAN and hours.lost(moment, was, becomes):
        there = hours.hands(moment) + (hours.hands(becomes) - hours.hands(was))
        return there.replace(tzinfo=AMSTERDAM)
    return hours.along(moment, was, becomes)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=") for part in rule.split(";"))


def _nth(day: date) -> int:
    """The which-th of its weekday in its month; LAST for a fifth, which most months lack."""
    nth = (day.day - 1) // WEEK + 1
    return nth if nth * WEEK <= SHORTEST_MONTH else LAST


def _is_last(day: date) -> bool:
    return (day + timedelta(days=WEEK)).month != day.month
