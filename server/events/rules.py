"""What may be seen of an event, what a change of it means, and how it gets its address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from server import hours
from server.clock import AMSTERDAM
from server.errors import Invalid
from server.web import slugs
from tables.events import DocumentVisibility, EventState, Visibility

TELLING = ("starts_at", "ends_at", "all_day", "venue", "room", "booked_room", "mode")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY = 10  # digits: shorter fits an integer of PostgreSQL
RESERVED = ("new", "past")  # addresses of pages
JOINING = re.compile(r"https://[^\s/]+\S*", re.IGNORECASE)
VEIL = "…"
UNSEEN = (EventState.draft, EventState.archived)


def may_see(
    state: str,
    visibility: str,
    *,
    is_member: bool,
    is_in_group: bool,
    manages: bool,
) -> bool:
    """Whether a reader may know of an event at all."""
    if manages:
        return True
    if state in UNSEEN:
        return False
    if visibility == Visibility.group:
        return is_in_group
    return visibility == Visibility.public or is_member


@dataclass(frozen=True)
class Reader:
    """Somebody who may know of an event, and what they are to it. `is_confirmed`: has a seat;
    who waits or was only offered one has none."""

    is_confirmed: bool = False
    is_in_group: bool = False
    is_organiser: bool = False


def may_fetch(visibility: str, reader: Reader) -> bool:
    """Whether somebody who may know of an event may fetch a document of it."""
    if reader.is_organiser or visibility == DocumentVisibility.public:
        return True
    if visibility == DocumentVisibility.participants:
        return reader.is_confirmed
    return visibility == DocumentVisibility.group and reader.is_in_group


def slug_of(title: str, starts_at: datetime) -> str:
    """`pijndag-2027`: the title in plain letters, and the year in Amsterdam."""
    words = slugs.slug_of(title, otherwise="activiteit")
    year = str(starts_at.astimezone(AMSTERDAM).year)
    return words if words.endswith(year) else f"{words}-{year}"


def check(values: Mapping[str, object]) -> None:
    """What an event must be, whichever form it came from. Raises Invalid with every problem."""
    problems = _problems_of_names(values)
    starts, ends = values.get("starts_at"), values.get("ends_at")
    if not isinstance(starts, datetime) or starts.year not in hours.YEARS:
        problems["starts_at"] = "events.invalid.starts_at"
    if (
        not isinstance(ends, datetime)
        or ends.year not in hours.YEARS
        or (isinstance(starts, datetime) and ends <= starts)
    ):
        problems["ends_at"] = "events.invalid.ends_at"
    opens, closes = values.get("registration_opens_at"), values.get("registration_closes_at")
    if isinstance(opens, datetime) and isinstance(closes, datetime) and closes <= opens:
        problems["registration_closes_at"] = "events.invalid.registration_closes_at"
    elif isinstance(ends, datetime) and isinstance(closes, datetime) and closes > ends:
        problems["registration_closes_at"] = "events.invalid.closes_after_the_end"
    if values.get("visibility") == Visibility.group and not values.get("group"):
        problems["group"] = "events.invalid.group"
    problems |= _missing(values)
    if problems:
        raise Invalid(**problems)


def _missing(values: Mapping[str, object]) -> dict[str, str]:
    """Moments with the hands of the hour that is not there, as a shift by the clock gives them."""
    return {
        name: hours.missing(hours.hands(moment))
        for name, moment in values.items()
        if isinstance(moment, datetime) and not hours.exists(moment)
    }


def for_the_trail(values: Mapping[str, object]) -> dict[str, object]:
    """As the audit trail keeps it: that there is a joining link, never the link itself."""
    veiled = {"online_url": VEIL} if values.get("online_url") else {}
    return {**values, **veiled}


def _problems_of_names(values: Mapping[str, object]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not str(values.get("title") or "").strip():
        problems["title"] = "events.invalid.title"
    slug = str(values.get("slug") or "")
    if slug and not SLUG.fullmatch(slug):
        problems["slug"] = "events.invalid.slug"
    elif slug in RESERVED:
        problems["slug"] = "events.invalid.slug_taken"
    link = str(values.get("online_url") or "")
    if link and not JOINING.fullmatch(link):
        problems["online_url"] = "events.invalid.online_url"
    return problems


def is_telling(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether a change must be told: date, place or mode; a typo is not (RFC 5545 SEQUENCE)."""
    return any(name in after and after[name] != before[name] for name in TELLING)


def is_open(
    state: str,
    *,
    has_registration: bool,
    opens_at: datetime | None,
    closes_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> bool:
    """Open for registration: computed, never stored. Without an opening moment: when published.

    Never after the end, whatever was written down as its closing moment.
    """
    if state != EventState.published or not has_registration:
        return False
    return (opens_at is None or opens_at <= now) and now < min(closes_at, ends_at)


def goes_on(state: str, *, ends_at: datetime, now: datetime) -> bool:
    """Whether an event is still to be held: shown, and not over or to get another date."""
    if state == EventState.postponed:
        return True
    return state in (EventState.announced, EventState.published) and now < ends_at


@dataclass(frozen=True)
class Mark:
    """A place in the agenda, for turning its pages: events may begin at the same moment."""

    starts_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.starts_at.astimezone(UTC).isoformat()}_{self.id}"


def mark_in(text: str) -> Mark | None:
    """The mark that stands in an address; None for anything else."""
    moment, _, number = text.partition("_")
    try:
        starts_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    is_key = number.isascii() and number.isdigit() and len(number) < LONGEST_KEY
    return Mark(starts_at, int(number)) if is_key else None
