"""How long somebody was at each part, from what the door saw. Pure.

Within one day at the door (`rules.day_began`) somebody is inside from an `in` until the next `out`;
without one, until the day ends. Who went in at the door of the event is inside for every part, who
went in at the door of a part for that part. Where parallel parts were scanned apart, only what was
scanned there counts for them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.attendance.rules import Stretch, day_began, day_ends, nights_of
from tables.attendance import Direction, Presence

PRESENT_FROM = 0.9  # of the length of a part: who comes in a little late was there


@dataclass(frozen=True)
class Span:
    """A part, or the whole event where it has none (`part_id` None)."""

    part_id: int | None
    starts_at: datetime
    ends_at: datetime
    is_content: bool = True
    unit_id: int | None = None  # for who has a place of this sort; None: for everybody

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


@dataclass(frozen=True)
class Passing:
    """Somebody went through a door: of the event, or of one part."""

    at: datetime
    direction: Direction
    part_id: int | None = None


def stretches(
    passings: Sequence[Passing], part_id: int | None, nights: Sequence[Stretch] = ()
) -> list[Stretch]:
    """When somebody was inside by one door, in order, never overlapping.

    `nights`: what may go on at four in the night (`rules.nights_of`).
    """
    found: list[Stretch] = []
    since: datetime | None = None
    for one in sorted((p for p in passings if p.part_id == part_id), key=lambda p: p.at):
        if since is not None and day_began(one.at, nights) != day_began(since, nights):
            found.append((since, day_ends(since, nights)))
            since = None
        if one.direction == Direction.in_:
            since = since or one.at
        elif since is not None:
            found.append((since, one.at))
            since = None
    if since is not None:
        found.append((since, day_ends(since, nights)))
    return found


def by_part(
    passings: Sequence[Passing], spans: Sequence[Span], units: Collection[int] = ()
) -> dict[int | None, int]:
    """Whole minutes inside at each part.

    A part that asks for a place of one sort counts for who has one (`units`), and for who was
    scanned in at its own door; not for anybody else who was in the building.
    """
    whole = min(span.starts_at for span in spans), max(span.ends_at for span in spans)
    nights = nights_of(*whole, [(span.starts_at, span.ends_at) for span in spans])
    at_the_door = stretches(passings, None, nights)
    scanned = {one.part_id for one in passings if one.part_id is not None}
    found = {}
    for span in spans:
        own = stretches(passings, span.part_id, nights) if span.part_id in scanned else []
        if span.unit_id is not None and span.unit_id not in units:
            found[span.part_id] = _covered(own, span)
            continue
        beside = [other for other in spans if _is_beside(span, other)]
        is_chosen = any(other.part_id in scanned for other in (span, *beside))
        inside = own if beside and is_chosen else [*own, *at_the_door]
        found[span.part_id] = _covered(inside, span)
    return found


def _is_beside(span: Span, other: Span) -> bool:
    """Whether one can be at only one of the two."""
    overlaps = span.starts_at < other.ends_at and other.starts_at < span.ends_at
    return overlaps and span.part_id != other.part_id and span.is_content and other.is_content


def _covered(inside: Sequence[Stretch], span: Span) -> int:
    """Minutes of a span that at least one stretch covers."""
    total, until = timedelta(), span.starts_at
    for begins, ends in sorted(inside):
        begins, ends = max(begins, until), min(ends, span.ends_at)
        if ends > begins:
            total += ends - begins
            until = ends
    return int(total / timedelta(minutes=1))


def presence(minutes: int, span: Span) -> Presence:
    """What so many minutes of a part are called."""
    if minutes <= 0:
        return Presence.absent
    return Presence.present if minutes >= PRESENT_FROM * span.minutes else Presence.partly


def total(minutes: dict[int | None, int], spans: Sequence[Span]) -> int:
    """Minutes of content in all; of parts at the same time no more than the time they took."""
    groups: list[list[Span]] = []
    for span in sorted((s for s in spans if s.is_content), key=lambda s: s.starts_at):
        if groups and span.starts_at < max(s.ends_at for s in groups[-1]):
            groups[-1].append(span)
        else:
            groups.append([span])
    return sum(_of_group(group, minutes) for group in groups)


def _of_group(group: Sequence[Span], minutes: dict[int | None, int]) -> int:
    begins, ends = min(s.starts_at for s in group), max(s.ends_at for s in group)
    length = int((ends - begins) / timedelta(minutes=1))
    return min(length, sum(minutes.get(s.part_id, 0) for s in group))
