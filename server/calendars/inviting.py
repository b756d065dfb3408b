"""What somebody's calendar is told of an event by mail (RFC 5546); pure.

A letter says only that something happened to an event. What goes along follows from two things:
what the calendar was told last, and how it stands now. So the newest counts, whatever waited.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.calendars.rules import CalendarEntry, Status, status_of_lines, status_of_talks
from tables.calendars import ComesBy, InvitationMethod
from tables.registrations import LineState

BY_MAIL = (ComesBy.invitation, ComesBy.both)
METHOD = InvitationMethod


class Source(StrEnum):
    """Why an event stands in somebody's calendar."""

    registration = "registration"
    meeting = "meeting"
    talk = "talk"


DEFAULT: Mapping[Source, ComesBy] = {
    Source.registration: ComesBy.invitation,
    Source.meeting: ComesBy.feed,
}


@dataclass(frozen=True)
class Part:
    """One person's part in one event: where they stand, why, and what their calendar was told.

    `is_off`: the event itself does not go on.
    """

    status: Status | None
    source: Source | None
    is_off: bool = False
    told: str = METHOD.none
    comes_by: Mapping[Source, str] = field(default_factory=lambda: dict(DEFAULT))

    @property
    def chosen(self) -> str:
        """How they want it; what has no choice, such as a talk, comes by the feed."""
        return self.comes_by.get(self.source or Source.talk, ComesBy.feed)

    @property
    def kept_by(self) -> str:
        """The same for what a mail told: a talk that is left of a place stays with that mail."""
        return self.comes_by.get(self.source or Source.talk, self.comes_by[Source.registration])


@dataclass(frozen=True)
class Told:
    """What a calendar was told last."""

    method: str = METHOD.none
    sequence: int = 0
    raised: int = 0
    shown: str = ""


@dataclass(frozen=True)
class Due:
    """What a calendar is to be told. An uninvite takes an event away that goes on without them."""

    method: str
    sequence: int
    raised: int
    is_uninvite: bool = False


def source_of(lines: Collection[str], talks: Collection[str], *, is_meeting: bool) -> Source | None:
    """Why an event is in somebody's calendar: a place first, then a talk, then their group."""
    place = status_of_lines(map(LineState, lines)) if lines else None
    talk = status_of_talks(talks)
    if place is Status.confirmed or (place is not None and talk is None):
        return Source.registration
    if talk is not None:
        return Source.talk
    return Source.meeting if is_meeting else None


def is_left_out(part: Part) -> bool:
    """Whether the feed leaves an event out because it came by mail, and only by mail."""
    is_there_by_mail = part.told == METHOD.request or (
        part.told == METHOD.cancel and part.status is Status.cancelled
    )
    return is_there_by_mail and part.kept_by == ComesBy.invitation


def due(told: Told, entry: CalendarEntry, part: Part, now: datetime) -> Due | None:
    """What is to be told now; None when nothing is.

    Who was invited hears of changes and of the end, whatever they have chosen since: what a mail
    put in a calendar only a mail takes out. SEQUENCE never goes down, and a cancellation, or an
    invitation after one, stands above what was told before.
    """
    if entry.ends_at <= now:
        return None
    is_invited = told.method == METHOD.request
    if part.status is Status.confirmed and not part.is_off:
        if not is_invited and (part.chosen not in BY_MAIL or entry.status is not Status.confirmed):
            return None
        if is_invited and (entry.sequence <= told.sequence or shown(entry, part) == told.shown):
            return None
        return _due(METHOD.request, told, entry)
    return _due(METHOD.cancel, told, entry, is_uninvite=not part.is_off) if is_invited else None


def _due(method: str, told: Told, entry: CalendarEntry, *, is_uninvite: bool = False) -> Due:
    lowest = 0 if told.method == METHOD.none else told.sequence + 1
    sequence = max(entry.sequence, lowest)
    return Due(method, sequence, told.raised + sequence - entry.sequence, is_uninvite)


def shown(entry: CalendarEntry, part: Part) -> str:
    """A fingerprint of what must not be wrong in a calendar: when, where, whether, and how sure."""
    moments = (entry.starts_at.timestamp(), entry.ends_at.timestamp(), entry.all_day)
    parts = (*moments, entry.place, entry.status, part.source, *entry.notes)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
