"""On what terms each class registers for an event: from when, until when, for how much."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server import hours
from tables.registrations import TicketClass

# The terms of an event as JSON, NULL where every class registers alike; `event` is SQL for its key.
ROWS = """(SELECT json_agg(json_build_object('ticket_class', c.ticket_class, 'opens_at', c.opens_at,
  'closes_at', c.closes_at, 'price_cents', c.price_cents)) FROM event_class c
  WHERE c.event = {event})"""
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Terms:
    """Those of one class; a moment that is None is that of the event, the price is in cents."""

    ticket_class: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    price_cents: int = 0


def read(rows: str | None) -> tuple[Terms, ...]:
    """The terms of an event, in the order of the classes; none where all register alike."""
    if not rows:
        return ()
    order = [of.value for of in TicketClass]
    found = [_terms(row) for row in json.loads(rows)]
    return tuple(sorted(found, key=lambda one: order.index(one.ticket_class)))


def _terms(row: dict[str, str | int | None]) -> Terms:
    return Terms(
        str(row["ticket_class"]),
        _moment(row["opens_at"]),
        _moment(row["closes_at"]),
        int(row["price_cents"] or 0),
    )


def _moment(text: str | int | None) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def window(
    terms: Sequence[Terms],
    opens_at: datetime | None,
    closes_at: datetime,
    classes: Collection[str] = tuple(TicketClass),
) -> tuple[datetime | None, datetime]:
    """From when until when somebody of any of these classes registers; None is: when published."""
    theirs = [one for one in terms if one.ticket_class in classes]
    if not theirs:
        return opens_at, closes_at
    opens = min(one.opens_at or opens_at or EVER for one in theirs)
    closes = max(one.closes_at or closes_at for one in theirs)
    return None if opens == EVER else opens, closes


def along(
    terms: Sequence[Terms], was: datetime, becomes: datetime, *, now: datetime
) -> tuple[Terms, ...]:
    """The terms of an event that moved: their windows as far along on an Amsterdam clock.

    What is open stays open: an opening that has passed is left where it is, and no window closes
    because its event came nearer.
    """
    return tuple(
        replace(
            one,
            opens_at=one.opens_at
            and (hours.along(one.opens_at, was, becomes) if one.opens_at > now else one.opens_at),
            closes_at=one.closes_at and _closing(one.closes_at, was, becomes, now),
        )
        for one in terms
    )


def _closing(closes_at: datetime, was: datetime, becomes: datetime, now: datetime) -> datetime:
    there = hours.along(closes_at, was, becomes)
    return there if there > now else closes_at


def price(terms: Sequence[Terms], classes: Collection[str]) -> Terms | None:
    """The terms one pays by: of the classes somebody is in, the lowest. None where it is free."""
    theirs = [one for one in terms if one.ticket_class in classes]
    lowest = min(theirs, key=lambda one: one.price_cents, default=None)
    return lowest if lowest and lowest.price_cents else None
