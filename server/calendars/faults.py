"""What is wrong with an entry that would break a calendar; pure.

Pages refuse such values, and so does the database where it can. What stands there all the same is
left out of every feed and told on the board's page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from server.calendars.plain import one_line
from server.calendars.rules import CalendarEntry
from server.web.log import log

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=366)


T = TypeVar("T")


class Fault(StrEnum):
    """Why an entry is left out."""

    dates = "dates"
    order = "order"
    length = "length"
    untitled = "untitled"
    unwritable = "unwritable"


@dataclass(frozen=True)
class LeftOut:
    """An entry that is in no feed, and why. `changed_at` tells a repaired one from a broken one."""

    uid: str
    why: Fault
    changed_at: datetime | None


@dataclass(frozen=True)
class Rendered:
    """A feed's bytes, and what could not be among them."""

    body: bytes
    left_out: tuple[LeftOut, ...] = ()


def sift(
    entries: Iterable[CalendarEntry], write: Callable[[CalendarEntry], T]
) -> tuple[list[T], tuple[LeftOut, ...]]:
    """Every entry as it is written, by UID, and those that cannot be."""
    written, left_out = [], []
    for entry in sorted(entries, key=lambda each: each.uid):
        why = fault_of(entry)
        try:
            if why is None:
                written.append(write(entry))
        except Exception as problem:  # one bad row must never break everybody's calendar
            log.error("feed entry not written", uid=entry.uid, why=type(problem).__name__)
            why = Fault.unwritable
        if why is not None:
            left_out.append(LeftOut(entry.uid, why, entry.changed_at))
    return written, tuple(left_out)


def fault_of(entry: CalendarEntry) -> Fault | None:
    """What is wrong with an entry; None: nothing that one can see before it is written."""
    moments = (entry.starts_at, entry.ends_at, entry.created_at, entry.changed_at)
    if not _are_sound(moments):
        return Fault.dates
    if entry.ends_at <= entry.starts_at:
        return Fault.order
    if entry.ends_at - entry.starts_at > LONGEST:
        return Fault.length
    return None if one_line(entry.title) else Fault.untitled


def _are_sound(moments: Iterable[datetime]) -> bool:
    return all(moment and EARLIEST <= moment < LATEST for moment in moments)
