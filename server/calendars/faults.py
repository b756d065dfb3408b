"""What is wrong with an entry that would break a calendar; pure.

Pages refuse such values, and so does the database where it can. What stands there all the same is
left out of every feed and told on the board's page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from server.calendars.rules import CalendarEntry

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=366)


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


def fault_of(entry: CalendarEntry) -> Fault | None:
    """What is wrong with an entry's moments; None: nothing."""
    moments = (entry.starts_at, entry.ends_at, entry.created_at, entry.changed_at)
    if not _are_sound(moments):
        return Fault.dates
    if entry.ends_at <= entry.starts_at:
        return Fault.order
    return Fault.length if entry.ends_at - entry.starts_at > LONGEST else None


def _are_sound(moments: Iterable[datetime]) -> bool:
    return all(moment and EARLIEST <= moment < LATEST for moment in moments)
