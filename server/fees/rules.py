"""What somebody owes for a year. Pure.

One fee for each person and calendar year, by the type on the first day of membership in that year;
who joins after 30 June owes half. A rolling membership owes a whole year from each anniversary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.memberships import terms
from tables.memberships import PeriodKind

TERM = timedelta(days=30)
HALF_FROM = (7, 1)


@dataclass(frozen=True)
class Stay:
    """One membership as far as money goes; the fee in cents a year."""

    membership_id: int
    kind: str
    fee_cents: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Charge:
    """What is due for which days of which membership."""

    membership_id: int
    from_on: date
    until_on: date
    amount_cents: int


def charge(stays: Sequence[Stay], year: int) -> Charge | None:
    """What one person owes for a year; None: nothing. Later memberships of the year add nothing."""
    in_year = [stay for stay in stays if _first_day(stay, year) is not None]
    if not in_year:
        return None
    stay = min(in_year, key=lambda stay: (_first_day(stay, year), stay.membership_id))
    first = _first_day(stay, year)
    if first is None or stay.fee_cents <= 0:
        return None
    is_rolling = stay.kind == PeriodKind.rolling
    last = (terms.period_ends_on(stay.kind, first) if is_rolling else None) or date(year, 12, 31)
    is_late = stay.starts_on.year == year and (first.month, first.day) >= HALF_FROM
    amount = (stay.fee_cents + 1) // 2 if is_late and not is_rolling else stay.fee_cents
    return Charge(stay.membership_id, first, min(last, stay.ends_on or last), amount)


def due_on(from_on: date, today: date) -> date:
    """When it should be paid: thirty days after it was made, or after the year begins."""
    return max(from_on, today) + TERM


def _first_day(stay: Stay, year: int) -> date | None:
    """The first day in a year for which this membership owes; None if it does not run then."""
    first = max(stay.starts_on, date(year, 1, 1))
    if stay.kind == PeriodKind.rolling:
        first = _anniversary(stay.starts_on, year)
    if first < stay.starts_on or first.year != year:
        return None
    return None if stay.ends_on is not None and stay.ends_on < first else first


def _anniversary(day: date, year: int) -> date:
    """A year that began on 29 February ends on the 28th, so that the next begin on 1 March."""
    is_leap_day = (day.month, day.day) == (2, 29) and year != day.year
    return date(year, 3, 1) if is_leap_day else day.replace(year=year)
