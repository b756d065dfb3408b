"""What an issue may be: its words, who approves it, when it goes, and when it stops by itself."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from server.clock import AMSTERDAM
from server.errors import Refusal
from tables.issues import IssueState as S

SUBJECT_AT_MOST = 70
BODY_AT_MOST = 60_000
NOTE_AT_MOST = 300
FIELDS = ("subject_nl", "subject_en", "body_nl", "body_en")
TO_WRITE = frozenset({S.draft, S.tested, S.approved})
BEGUN = frozenset({S.sending, S.paused, S.sent})
LATE = timedelta(hours=12)
LONGEST_AHEAD = timedelta(days=366)
# Addresses refused for good: above this the list is not what we think it is.
REFUSED_SHARE, REFUSED_AT_LEAST = 0.02, 5
# Another audience than was approved: by so many people and this share at least.
OTHER_SHARE, OTHER_AT_LEAST = 0.25, 10


class NotReady(Refusal):
    """The text has something that must be mended first."""

    code = "issues.not_ready"


class OwnWork(Refusal):
    """Whoever wrote it does not approve it, as long as there is somebody else."""

    code = "issues.own_work"


class Underway(Refusal):
    """Its text is fixed: it is scheduled, on its way or gone."""

    code = "issues.underway"


class NobodyToSend(Refusal):
    """Nobody on the list may be mailed today."""

    code = "issues.nobody"


def problems(values: Mapping[str, str]) -> dict[str, str]:
    """Field → message key: what cannot be kept at all. The rest is for the lint."""
    found = {}
    if not values["subject_nl"].strip():
        found["subject_nl"] = "errors.field.required"
    for name in FIELDS:
        longest = SUBJECT_AT_MOST if name.startswith("subject") else BODY_AT_MOST
        if len(values[name]) > longest:
            found[name] = "errors.field.too_long"
    return found


def problem_of_moment(at: datetime, now: datetime) -> str:
    """The message key of what is wrong with a moment to send; empty when it will do."""
    if at < now - timedelta(minutes=1):
        return "issues.field.at.past"
    if at > now + LONGEST_AHEAD:
        return "issues.field.at.far"
    return ""


def in_amsterdam(typed: datetime) -> datetime | None:
    """The moment at which clocks in Amsterdam show this; None in the hour that is skipped.

    In the hour that comes twice it is the first.
    """
    try:
        at = typed.replace(tzinfo=AMSTERDAM).astimezone(UTC)
        is_shown = at.astimezone(AMSTERDAM).replace(tzinfo=None) == typed
    except OverflowError:  # the first day of the calendar
        return None
    return at if is_shown else None


def is_late(scheduled_at: datetime, now: datetime) -> bool:
    """Nobody worked for half a day: what was news may be none any more."""
    return now - scheduled_at > LATE


def is_another_audience(approved: int, now: int) -> bool:
    """Whether many more or fewer people would get it than was approved."""
    apart = abs(now - approved)
    return apart >= OTHER_AT_LEAST and apart > OTHER_SHARE * approved


def is_refused_too_often(counts: Mapping[str, int]) -> bool:
    """State → how many; whether too many were refused for good to go on."""
    refused, tried = counts.get("failed", 0), counts.get("failed", 0) + counts.get("sent", 0)
    return refused >= REFUSED_AT_LEAST and refused > REFUSED_SHARE * tried


def may_approve(person_id: int | None, writers: Iterable[int], *, is_alone: bool) -> bool:
    """A second pair of eyes; whoever is alone in the offices looks twice."""
    return person_id is not None and (is_alone or person_id not in set(writers))
