"""What a message that came back means for an address (RFC 3463; no first digit decides alone)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from server.bounces.reading import Kind, Report
from tables.bounces import Verdict

QUIET = timedelta(days=90)
HOLD_AT = 1.0
STEP = {Verdict.hard: 1.0, Verdict.soft: 0.25, Verdict.complaint: 1.0, Verdict.policy: 0.0}


HARD = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
FULL = "2.2"
POLICY = "7"


@dataclass(frozen=True)
class Bounce:
    """One that counts: on which day."""

    day: date
    verdict: Verdict


def verdict(report: Report) -> Verdict | None:
    """What a report counts as, if anything.

    No such mailbox, no such host, or a mailbox that is switched off is hard. Full, unreachable and
    whatever passes is soft, also when the server says 5. Being refused for what we are or sent
    (x.7.x) is ours, never the reader's. A delay is nothing yet. Who calls our mail unwanted gets no
    more of what they did not ask for.
    """
    if report.kind is Kind.complaint:
        return Verdict.complaint
    if report.kind is not Kind.failed:
        return None
    klass, _, detail = report.status.partition(".")
    if detail.startswith(f"{POLICY}."):
        return Verdict.policy
    if report.status in HARD:
        return Verdict.hard
    if klass == "5" and detail.startswith("1.") and detail not in ("1.7", "1.8"):
        return Verdict.hard
    return Verdict.policy if detail in ("1.7", "1.8") else Verdict.soft


def score(bounces: Iterable[Bounce], today: date) -> float:
    """How sure it is that an address does not work: one step a day, gone after 90 quiet days."""
    heaviest: dict[date, float] = {}
    for one in bounces:
        step = STEP[one.verdict]
        if step:
            heaviest[one.day] = max(heaviest.get(one.day, 0.0), step)
    total, last = 0.0, None
    for day in sorted(heaviest):
        if last is not None and day - last > QUIET:
            total = 0.0
        total, last = total + heaviest[day], day
    return 0.0 if last is None or today - last > QUIET else total


def is_held(bounces: Iterable[Bounce], today: date) -> bool:
    """Whether an address gets no more mail that it did not ask for."""
    return score(bounces, today) >= HOLD_AT
