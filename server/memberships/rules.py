"""The status of a person on any day. Pure; when memberships end stands in `terms`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.standing import APPEAL_DAYS
from tables.memberships import Ground


class Status(StrEnum):
    """What somebody is to the network on one day."""

    deceased = "deceased"
    suspended = "suspended"
    active = "active"
    grace = "grace"
    ended = "ended"
    applicant = "applicant"
    contact = "contact"


@dataclass(frozen=True)
class Period:
    """One continuous membership; `ends_on` is its last day."""

    starts_on: date
    ends_on: date | None = None
    grace_days: int = 0
    ended_by: str | None = None
    ground: str | None = None


@dataclass(frozen=True)
class Span:
    """From one day up to and including another; without a last day it goes on."""

    from_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is one of these."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


def status_on(
    day: date,
    periods: Sequence[Period],
    *,
    suspensions: Sequence[Span] = (),
    applications: Sequence[Span] = (),
    deceased_on: date | None = None,
) -> Status:
    """The status on `day`, past days included; nothing is stored, so nothing can be missed.

    Grace is for periods that ran out by themselves: who gave notice or died has none. Only who
    would have rights can be suspended, and who was expelled is, as long as they may appeal. An
    application counts from the day on which its address
    was confirmed up to the day before the decision.
    """
    if deceased_on is not None and deceased_on <= day:
        return Status.deceased
    begun = sorted((p for p in periods if p.starts_on <= day), key=lambda p: p.starts_on)
    if begun and _may_appeal(begun[-1], day):
        return Status.suspended
    runs = any(p.ends_on is None or day <= p.ends_on for p in begun)
    if runs or any(_in_grace(p, day) for p in begun):
        if any(span.holds(day) for span in suspensions):
            return Status.suspended
        return Status.active if runs else Status.grace
    if begun:
        return Status.ended
    return Status.applicant if any(a.holds(day) for a in applications) else Status.contact


def appeal_until(ends_on: date | None, ground: str | None) -> date | None:
    """A month after an expulsion, counted at its longest (BW 2:35 lid 4); else None."""
    if ends_on is None or ground != Ground.expulsion:
        return None
    return ends_on + timedelta(days=APPEAL_DAYS)


def _may_appeal(period: Period, day: date) -> bool:
    until = appeal_until(period.ends_on, period.ground)
    return period.ends_on is not None and until is not None and period.ends_on < day <= until


def _in_grace(period: Period, day: date) -> bool:
    if period.ends_on is None or period.ended_by is not None:
        return False
    return day <= period.ends_on + timedelta(days=period.grace_days)
