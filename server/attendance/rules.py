"""Who is let through the door, and on which day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server import clock
from tables.attendance import Direction, ScanResult
from tables.registrations import LineState

EARLY = timedelta(hours=12)  # a desk may be tried the evening before
LATE = timedelta(hours=12)
NIGHT = timedelta(hours=4)  # a day at the door ends when everybody is home
HOME = timedelta(hours=2)  # until the last one is out, after what lasts beyond that
ONE_DAY = timedelta(hours=24)
OLDEST = timedelta(hours=48)  # how long a desk may have been without a connection


@dataclass(frozen=True)
class Claim:
    """A registration at the door, of the event or of one part: then that is what begins and ends.

    `is_in`: went in and not out again, where is asked for.
    """

    event_id: int
    state: str
    starts_at: datetime
    ends_at: datetime
    is_in: bool
    is_postponed: bool = False
    is_for_part: bool = True  # has a place of the sort that the part asks for
    is_online: bool = False  # takes part from home in what others are in the room for


def verdict(
    claim: Claim | None,
    event_id: int,
    direction: Direction,
    at: datetime,
    *,
    is_known_part: bool = True,
) -> ScanResult:
    """Whether somebody goes through, or the first reason why not."""
    if not is_known_part:
        return ScanResult.unknown_part
    if claim is None:
        return ScanResult.unknown_code
    if claim.event_id != event_id:
        return ScanResult.other_event
    if claim.state != LineState.confirmed:
        return ScanResult.not_confirmed
    if claim.is_postponed or not claim.starts_at - EARLY <= at <= claim.ends_at + LATE:
        return ScanResult.not_today
    if direction == Direction.in_:
        return _way_in(claim)
    return ScanResult.ok if claim.is_in else ScanResult.not_in


def _way_in(claim: Claim) -> ScanResult:
    if not claim.is_for_part:
        return ScanResult.not_for_part
    if claim.is_online:
        return ScanResult.place_online
    return ScanResult.already_in if claim.is_in else ScanResult.ok


def moment_of(given: datetime | None, now: datetime, *, sent: datetime | None = None) -> datetime:
    """When a scan was made, as the device says if that can be; otherwise now.

    With `sent`, the moment of sending by the same clock, only the time between the two counts: a
    device whose clock is an hour wrong is an hour wrong in both.
    """
    if given is None or given.tzinfo is None:
        return now
    if sent is not None and sent.tzinfo is not None:
        given += now - sent
    return given if now - OLDEST <= given <= now else now


Stretch = tuple[datetime, datetime]


def nights_of(starts_at: datetime, ends_at: datetime, parts: Iterable[Stretch]) -> list[Stretch]:
    """What may go on at four in the night: a part, or an event, of a day at most."""
    every = [(starts_at, ends_at), *parts]
    return [(begins, ends) for begins, ends in every if ends - begins <= ONE_DAY]


def day_began(at: datetime, nights: Sequence[Stretch] = ()) -> datetime:
    """When the day at the door began, in which a moment falls: at four in the night.

    Where something of `nights` goes on at four, it begins two hours after that is over, so that
    nobody who came in the evening is a stranger at the way out.
    """
    return _begins(_day(at, nights), nights)


def day_ends(at: datetime, nights: Sequence[Stretch] = ()) -> datetime:
    """When that day at the door ends: the next begins."""
    return _begins(_day(at, nights) + timedelta(days=1), nights)


def _day(at: datetime, nights: Sequence[Stretch]) -> date:
    day = clock.day_of(at - NIGHT)
    return day if at >= _begins(day, nights) else day - timedelta(days=1)


def _begins(day: date, nights: Sequence[Stretch]) -> datetime:
    four, following = (moment + NIGHT for moment in clock.day_bounds(day))
    over = [ends + HOME for begins, ends in nights if begins < four < ends]
    return min(max(over, default=four), following)


def day_of_helping(ends_at: datetime) -> datetime:
    """When a link for helpers ends: at the end of the day after the event."""
    return clock.day_bounds(clock.day_of(ends_at + timedelta(days=1)))[1]
