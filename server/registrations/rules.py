"""Where a registration goes, how long an offer stands, and until when one may cancel."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server import hours
from server.clock import AMSTERDAM
from server.holidays import working_day_from
from tables.registrations import LineState, TicketClass

HOLD = timedelta(minutes=30)
CLASS_RANK = {
    TicketClass.speaker: 0,
    TicketClass.member: 1,
    TicketClass.partner: 2,
    TicketClass.other: 3,
}
OFFER_HOURS = ((timedelta(days=14), 48), (timedelta(days=3), 24), (timedelta(days=1), 6))
SHORTEST_OFFER_HOURS = 2
OPENS, CLOSES = time(8), time(20)
IN_LINE = (LineState.waiting, LineState.offered, LineState.unverified, LineState.approval)


@dataclass(frozen=True)
class Room:
    """Places held of one unit, and whether somebody of the same class or a higher one waits."""

    unit_id: int
    capacity: int | None
    held: int
    somebody_first: bool

    @property
    def is_full(self) -> bool:
        """No place is free; capacity None is unlimited."""
        return self.capacity is not None and self.held >= self.capacity


def place(room: Room) -> LineState:
    """Where a new registration goes. Nobody overtakes the line of their own class or higher."""
    return LineState.waiting if room.is_full or room.somebody_first else LineState.confirmed


def offer_ends_at(now: datetime, starts_at: datetime) -> datetime:
    """Until when an offered place is kept: longer when there is time, ending in waking hours.

    48 hours with more than 14 days left, 24 with more than 3, 6 with more than 1, else 2; moved
    to Monday to Friday between 8 and 20 hours on no Dutch holiday; never past the start.
    """
    left = starts_at - now
    hours = next((h for more_than, h in OFFER_HOURS if left > more_than), SHORTEST_OFFER_HOURS)
    return min(_working_moment(now + timedelta(hours=hours)), starts_at)


def _working_moment(moment: datetime) -> datetime:
    """This moment, or the next at which people may be expected to read their mail."""
    local = moment.astimezone(AMSTERDAM)
    day = working_day_from(local.date() + timedelta(days=local.time() >= CLOSES))
    if day == local.date() and local.time() >= OPENS:
        return moment
    return datetime.combine(day, OPENS, AMSTERDAM).astimezone(moment.tzinfo)


def may_cancel(
    state: str,
    *,
    cancel_until_at: datetime | None,
    starts_at: datetime,
    is_postponed: bool = False,
    now: datetime,
) -> bool:
    """Whether somebody may cancel by themselves. Leaving the waiting list is always possible.

    While an event is postponed no moment is too late: its date is no more than what it was.
    """
    in_line = state in IN_LINE
    if not in_line and state != LineState.confirmed:
        return False
    until = starts_at if in_line else cancel_until_at or starts_at
    return is_postponed or now < until


def cancel_until(
    until: datetime | None, was: datetime, becomes: datetime, *, now: datetime
) -> datetime | None:
    """The last moment to cancel once an event moved: as far along on an Amsterdam clock.

    One that has passed is lifted: who is told of a change is told that they may still cancel.
    """
    moved = until and hours.along(until, was, becomes)
    return moved if moved and moved > now else None


def missed_action(missed_offers: int) -> str:
    """An offer was not answered: once back to the end of the own class, then out."""
    return "miss" if missed_offers == 0 else "expire"
