"""The status of a person on any day, and when a notice takes effect. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tables.memberships import EndedBy, NoticeTo


class Status(StrEnum):
    """What somebody is to the network on one day."""

    deceased = "deceased"
    active = "active"
    grace = "grace"
    ended = "ended"
    contact = "contact"


@dataclass(frozen=True)
class Period:
    """One continuous membership; `ends_on` is its last day."""

    starts_on: date
    ends_on: date | None = None
    grace_days: int = 0
    ended_by: str | None = None


def status_on(day: date, periods: Sequence[Period], *, deceased_on: date | None = None) -> Status:
    """The status on `day`, past days included; nothing is stored, so nothing can be missed.

    Grace is for periods that ran out by themselves: who gave notice or died has none.
    """
    if deceased_on is not None and deceased_on <= day:
        return Status.deceased
    begun = [p for p in periods if p.starts_on <= day]
    if any(p.ends_on is None or day <= p.ends_on for p in begun):
        return Status.active
    if any(_in_grace(p, day) for p in begun):
        return Status.grace
    return Status.ended if begun else Status.contact


def _in_grace(period: Period, day: date) -> bool:
    if period.ends_on is None or period.ended_by is not None:
        return False
    return day <= period.ends_on + timedelta(days=period.grace_days)


def notice_ends_on(received_on: date, *, notice_days: int, notice_to: str) -> date:
    """The legal last day after a notice (BW 2:36; statutes: four weeks before the year's end).

    With 28 days to the end of the year, 3 December still ends on 31 December of that year and
    4 December on 31 December of the next.
    """
    earliest = received_on + timedelta(days=notice_days)
    if notice_to == NoticeTo.immediate:
        return received_on
    if notice_to == NoticeTo.month_end:
        return _month_end(earliest)
    return date(earliest.year, 12, 31)


def _month_end(day: date) -> date:
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)


def may_withdraw_notice(*, ended_by: str | None, ends_on: date | None, today: date) -> bool:
    """A member's own notice can be taken back until the membership has ended."""
    return ended_by == EndedBy.member and ends_on is not None and today <= ends_on


def problems_of_end(
    starts_on: date, ends_on: date | None, ended_by: str | None, reason: str
) -> dict[str, str]:
    """What is wrong with an end that the board writes down: field → message key.

    Only a period with a last day has somebody who ended it; the association gives its reason.
    """
    problems: dict[str, str] = {}
    if ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = "memberships.field.ends_on.before_start"
    if ended_by and ends_on is None:
        problems["ends_on"] = "memberships.field.ends_on.needed"
    if ended_by == EndedBy.association and not reason.strip():
        problems["reason"] = "memberships.field.reason.needed"
    return problems
