"""Hours as people say them, on a clock in Amsterdam: one in March is not there, one in October
comes twice. Pure.

Moments here are in UTC: Python compares two moments of one zone by their hands alone, and finds
one in a doubled hour unlike every moment of another zone (PEP 495).
"""

from datetime import UTC, datetime

from server.clock import AMSTERDAM
from server.errors import Sentence

WHICH = FIRST, SECOND = ("first", "second")
ODD = 2  # the hour that goes and comes: the clock changes at 01.00 UTC (Directive 2000/84/EC)
YEARS = range(1990, 2200)  # what lies outside is mistyped


class Unclear(Exception):
    """The hands of a clock name no moment, or two; `sentence` says so."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def hands(moment: datetime) -> datetime:
    """What an Amsterdam clock shows; of one that was asked in the missing hour, what was asked."""
    return moment.astimezone(AMSTERDAM).replace(tzinfo=None)


def moments(hands: datetime) -> tuple[datetime, ...]:
    """When an Amsterdam clock shows this: once, not at all, or twice, summer time first."""
    first, second = (hands.replace(tzinfo=AMSTERDAM, fold=n).astimezone(UTC) for n in (0, 1))
    if first == second:
        return (first,)
    return (first, second) if first < second else ()


def moment(hands: datetime, which: str = "") -> datetime:
    """The moment that is meant. Raises Unclear, also for a doubled hour if nobody said which."""
    found = moments(hands)
    if not found:
        raise Unclear(missing(hands))
    if len(found) > 1 and which not in WHICH:
        raise Unclear(_said("errors.field.doubled_hour", hands))
    return found[-1 if which == SECOND else 0]


def missing(hands: datetime) -> Sentence:
    """That there is no such hour, in words."""
    return _said("errors.field.missing_hour", hands)


def which(moment: datetime) -> str:
    """The first or the second of a doubled hour; of any other nothing is to be said."""
    local = moment.astimezone(AMSTERDAM)
    is_odd = local.hour == ODD and len(moments(hands(local))) > 1
    return WHICH[local.fold] if is_odd else ""


def exists(moment: datetime) -> bool:
    """Whether it is a moment at all; one with the hands of the missing hour is not."""
    try:
        return bool(moments(hands(moment)))
    except OverflowError:  # the last hours of the year 9999
        return False


def along(moment: datetime, was: datetime, becomes: datetime) -> datetime:
    """A moment as far along on the clock as another one moved: 09:00 stays 09:00.

    Of a doubled hour it stays on its own side of the other one. Where the hour is missing, it is
    by the clock of before (RFC 5545 3.3.5); `lost` tells so.
    """
    there = _there(moment, was, becomes)
    is_after = moment >= was
    fitting = (one for one in moments(there) if (one >= becomes) == is_after)
    return next(fitting, there.replace(tzinfo=AMSTERDAM).astimezone(UTC))


def lost(moment: datetime, was: datetime, becomes: datetime) -> Sentence | None:
    """That a moment would come along to an hour that is not there, in words."""
    there = _there(moment, was, becomes)
    return None if moments(there) else missing(there)


def _there(moment: datetime, was: datetime, becomes: datetime) -> datetime:
    return hands(moment) + (hands(becomes) - hands(was))


def _said(key: str, hands: datetime) -> Sentence:
    return Sentence(key, day=hands.date(), hour=hands.time())
