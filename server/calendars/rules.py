"""What a feed shows and for how long; pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from server.clock import day_of
from tables.calendars import FeedScope
from tables.registrations import LineState
from tables.talks import ProposalState

CANCELLED_SHOWN = timedelta(days=14)
REVOKED_SHOWN = timedelta(days=30)
MONTHS_BACK = 12
INSTANT = timedelta(microseconds=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes, as they stand in an address
FAMILIES = (
    # The words are looked for in this order: several programs call themselves Mozilla too.
    ("google", "Google"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("exchange", "Outlook"),
    ("thunderbird", "Thunderbird"),
    ("nextcloud", "Nextcloud"),
    ("davx5", "DAVx5"),
    ("icsx5", "ICSx5"),
    ("vdirsyncer", "vdirsyncer"),
    ("dataaccessd", "Apple"),
    ("calendaragent", "Apple"),
    ("macos", "Apple"),
    ("ios", "Apple"),
)
# Of which clients the page says how soon they see a change, with the families that each stands for.
CLIENTS: Mapping[str, tuple[str, ...]] = {
    "google": ("Google",),
    "outlook": ("Outlook",),
    "apple": ("Apple",),
    "others": ("Thunderbird", "Nextcloud", "DAVx5", "ICSx5", "vdirsyncer"),
}


class Status(StrEnum):
    """STATUS of an entry (RFC 5545 3.8.1.11)."""

    confirmed = "CONFIRMED"
    tentative = "TENTATIVE"
    cancelled = "CANCELLED"


class Standing(StrEnum):
    """What a secret address opens: the feed, an empty calendar, or nothing."""

    live = "live"
    revoked = "revoked"
    gone = "gone"


@dataclass(frozen=True)
class CalendarEntry:
    """One event as a feed shows it, already in the reader's language; `text` is markdown.

    `changed_at` is the newest change of everything rendered into it. `notes` are lines that
    stand before the text; `related_to` is the UID of a series or an event. `conference` is our own
    address behind sign-in that leads to an online meeting: the meeting's has no place here, on
    purpose. `location` is latitude and longitude, when somebody checked them.
    """

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    status: Status
    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    place: str
    url: str
    text: str
    notes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_transparent: bool = False
    is_private: bool = False
    related_to: str = ""
    conference: str = ""
    location: tuple[Decimal, Decimal] | None = None


def first_day(today: date) -> date:
    """Where the window of a feed begins: by the month, so that its bytes do not roll daily."""
    return date(today.year - MONTHS_BACK // 12, today.month, 1)


def cancelled_after(now: datetime) -> datetime:
    """Cancelled events that ended before this moment have left the feeds."""
    return now - CANCELLED_SHOWN


def status_of_lines(states: Iterable[LineState]) -> Status:
    """How one person's claims on one event show in their calendar: the best of them counts."""
    found = set(states)
    if LineState.confirmed in found:
        return Status.confirmed
    pending = {LineState.waiting, LineState.offered, LineState.approval, LineState.unverified}
    return Status.tentative if found & pending else Status.cancelled


def status_of_talks(states: Iterable[str]) -> Status | None:
    """How one person's talks at one event show; None when none was accepted."""
    found = set(states)
    if found & {ProposalState.confirmed, ProposalState.delivered}:
        return Status.confirmed
    return Status.tentative if ProposalState.accepted in found else None


def status_of(lines: Collection[str], talks: Collection[str], *, is_meeting: bool) -> Status | None:
    """How an event shows in somebody's calendar: the best of registration and talks counts.

    Who claimed nothing has the meetings of their groups. None: not at all.
    """
    claims = [status_of_lines(map(LineState, lines)) if lines else None, status_of_talks(talks)]
    best = next((status for status in Status if status in claims), None)
    return best or (Status.confirmed if is_meeting else None)


def is_shown(
    scopes: Collection[str], lines: Collection[str], talks: Collection[str], *, is_meeting: bool
) -> bool:
    """Whether an event stands in a calendar with these scopes; its status is that of all claims."""
    reasons = {
        FeedScope.registrations: bool(lines),
        FeedScope.talks: status_of_talks(talks) is not None,
        FeedScope.meetings: is_meeting,
    }
    return any(holds and scope in scopes for scope, holds in reasons.items())


def standing(revoked_at: datetime | None, now: datetime) -> Standing:
    """What a known secret address opens at this moment."""
    if revoked_at is None:
        return Standing.live
    return Standing.revoked if now < revoked_at + REVOKED_SHOWN else Standing.gone


def next_last_modified(previous: datetime | None, now: datetime) -> datetime:
    """Whole seconds, and at least one more than before, or a client would miss a change."""
    moment = now.replace(microsecond=0)
    return moment if previous is None else max(moment, previous + timedelta(seconds=1))


def dated_after(last_modified: datetime, moment: datetime | None) -> datetime:
    """Later than whatever was given out before a moment, for programs that compare dates only."""
    if moment is None:
        return last_modified
    return next_last_modified(moment.replace(microsecond=0), last_modified)


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The first and last day of what lasts whole days; one when they are the same."""
    first, last = day_of(starts_at), day_of(max(ends_at - INSTANT, starts_at))
    return [first] if first == last else [first, last]


def personal_key(person_id: int, language: str, scopes: Collection[str]) -> str:
    """Under which the bytes of one's own calendar are stored: those of the same scopes are one."""
    return f"personal:{person_id}:{language}:{'+'.join(sorted(scopes))}"


@lru_cache(1024)
def client_family(user_agent: str) -> str:
    """Which program asked, as far as its owner would recognise it."""
    agent = user_agent.lower()
    return next((family for word, family in FAMILIES if word in agent), "")
