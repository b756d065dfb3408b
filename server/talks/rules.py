"""When one may propose, until when one must answer, and what may be done next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server.clock import AMSTERDAM, day_of
from server.holidays import working_day_from
from tables.talks import ProposalState, TalkFormat

GRACE = timedelta(minutes=30)
END_OF_WORK = time(17)
REMIND_DAYS = (7, 3, 1)
WORDS_AT_MOST = 500
CHARACTERS_AT_MOST = {"title": 200, "abstract": 6000, "affiliation": 200, "remark": 1000}
LANGUAGES = ("nl", "en")
MINUTES_BETWEEN = (5, 240)
TOPICS_AT_MOST = 8
USUAL_MINUTES = {
    TalkFormat.lecture: 30,
    TalkFormat.workshop: 90,
    TalkFormat.poster: 5,
    TalkFormat.symposium: 75,
}
EDITABLE = (ProposalState.draft, ProposalState.submitted, ProposalState.revision)
COUNTED = tuple(
    state
    for state in ProposalState
    if state not in (ProposalState.draft, ProposalState.withdrawn, ProposalState.cancelled)
)


@dataclass(frozen=True)
class Offer:
    """A format that a call asks for, with its usual length in minutes."""

    format: str
    minutes: int


@dataclass(frozen=True)
class Text:
    """What a speaker writes. `minutes` None: the usual length of the format."""

    title: str = ""
    abstract: str = ""
    format: str = TalkFormat.lecture
    minutes: int | None = None
    topics: tuple[str, ...] = ()
    language: str = "nl"
    remark: str = ""
    affiliation: str = ""


def phase(opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """`coming`, `open` or `closed`."""
    if now < opens_at:
        return "coming"
    return "open" if now < closes_at else "closed"


def days_left(closes_at: datetime, now: datetime) -> int:
    """How many midnights in Amsterdam lie between now and the deadline; never below zero."""
    return max(0, (day_of(closes_at) - day_of(now)).days)


def takes_new(closes_at: datetime, *, opened_at: datetime, now: datetime) -> bool:
    """Whether a form is still taken: in time, or opened in time and at most half an hour late."""
    return now < closes_at or (opened_at < closes_at and now < closes_at + GRACE)


def takes_submission(closes_at: datetime, now: datetime) -> bool:
    """Whether a draft may still be submitted. Every draft was begun in time: see `takes_new`."""
    return now < closes_at + GRACE


def may_change(state: str, closes_at: datetime, now: datetime) -> bool:
    """Whether its speaker may still change the text; a revision was asked for, whenever it is."""
    if state == ProposalState.revision:
        return True
    return state in EDITABLE and takes_submission(closes_at, now)


def confirm_by(now: datetime, days: int, starts_at: datetime) -> datetime:
    """Until when an accepted speaker is asked to answer: the end of a working day.

    So many days from now, moved on to a working day, 17.00 in Amsterdam; never past the start.
    """
    day = working_day_from(day_of(now) + timedelta(days=days))
    return min(datetime.combine(day, END_OF_WORK, AMSTERDAM).astimezone(now.tzinfo), starts_at)


def reminder_due(until: datetime, *, days_given: int, now: datetime) -> int | None:
    """Which reminder is due (7, 3 or 1 days before): the last whose moment has passed.

    A reminder is left out when the speaker was given no more days than that to begin with, and
    nothing is due once the moment itself has passed. Running late sends only the newest.
    """
    if now >= until:
        return None
    passed = [days for days in REMIND_DAYS if until - timedelta(days=days) <= now]
    return min((days for days in passed if days < days_given), default=None)


def offers(formats: Sequence[str]) -> list[Offer]:
    """The formats of a call. Each is written `lecture` or `lecture:20`; none means all."""
    given = [entry.partition(":")[::2] for entry in formats if is_offer(entry)]
    return [
        Offer(name, int(minutes) if minutes else USUAL_MINUTES[TalkFormat(name)])
        for name, minutes in given or [(one.value, "") for one in TalkFormat]
    ]


def is_offer(entry: str) -> bool:
    """Whether a format of a call is written as it should be: `lecture` or `lecture:20`."""
    name, colon, minutes = entry.partition(":")
    return name in TalkFormat.__members__ and (not colon or _is_length(minutes))


def _is_length(minutes: str) -> bool:
    shortest, longest = MINUTES_BETWEEN
    is_number = minutes.isdecimal() and len(minutes) <= len(str(longest))
    return is_number and shortest <= int(minutes) <= longest


def minutes_of(text: Text, offered: Sequence[Offer]) -> int:
    """The length somebody asks for, or the usual one."""
    usual = {offer.format: offer.minutes for offer in offered}
    return text.minutes or usual.get(text.format, USUAL_MINUTES[TalkFormat.lecture])


def count_words(text: str) -> int:
    """How many words a text has; markdown's marks alone are no words."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def problems_of_draft(text: Text, offered: Sequence[Offer]) -> dict[str, str]:
    """What keeps a text from being kept at all: field → message key."""
    problems = {
        name: "errors.field.too_long"
        for name, most in CHARACTERS_AT_MOST.items()
        if len(getattr(text, name)) > most
    }
    if not text.title.strip():
        problems["title"] = "errors.field.required"
    if text.format not in {offer.format for offer in offered}:
        problems["format"] = "errors.field.choice"
    if text.language not in LANGUAGES:
        problems["language"] = "errors.field.choice"
    shortest, longest = MINUTES_BETWEEN
    if text.minutes is not None and not shortest <= text.minutes <= longest:
        problems["minutes"] = "talks.invalid.minutes"
    if len(text.topics) > TOPICS_AT_MOST:
        problems["topics"] = "talks.invalid.topics"
    return problems


def problems_of(text: Text, offered: Sequence[Offer]) -> dict[str, str]:
    """What keeps a text from being submitted: field → message key."""
    problems = problems_of_draft(text, offered)
    words = count_words(text.abstract)
    if not words:
        problems["abstract"] = "talks.invalid.no_abstract"
    elif words > WORDS_AT_MOST:
        problems.setdefault("abstract", "talks.invalid.abstract_words")
    return problems


def next_step(state: str, closes_at: datetime, now: datetime) -> str:
    """The one thing a speaker may do next: submit, revise, confirm; else why there is none."""
    if state == ProposalState.draft:
        return "submit" if takes_submission(closes_at, now) else "too_late"
    steps = {
        ProposalState.revision: "revise",
        ProposalState.accepted: "confirm",
        ProposalState.submitted: "wait",
        ProposalState.reserve: "wait",
    }
    return steps.get(ProposalState(state), "nothing")


def is_overdue(state: str, until: datetime | None, now: datetime) -> bool:
    """Accepted, not answered in time: a task for the board, never a rejection by itself."""
    return state == ProposalState.accepted and until is not None and until <= now
