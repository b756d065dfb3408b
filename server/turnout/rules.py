"""Who is in which segment of an event, and who of them is written to. Pure.

Confirmed, offered, waiting, pending, cancelled and lapsed are everybody, each once, by the seat
they have or ask for. The other segments are parts of the confirmed. Nobody who waits for a seat is
in any segment but `waiting`, however it is narrowed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from tables.people import EmailState
from tables.registrations import LineState
from tables.turnout import Segment

S, L = Segment, LineState
EVERYBODY = (S.confirmed, S.offered, S.waiting, S.pending, S.cancelled, S.lapsed)
OF_THE_CONFIRMED = (S.checked_in, S.no_show, S.without_number)
# Who never said that the address is theirs gets no letter but the one that asks it.
NOT_WRITTEN_TO = (S.pending,)
ENDED = (S.cancelled, S.lapsed)
SEGMENT_OF = {
    L.confirmed: S.confirmed,
    L.offered: S.offered,
    L.waiting: S.waiting,
    L.approval: S.pending,
    L.unverified: S.pending,
    L.cancelled: S.cancelled,
    L.cancelled_by_organiser: S.cancelled,
    L.declined: S.lapsed,
    L.expired: S.lapsed,
    L.rejected: S.lapsed,
}
# Of several claims on a seat the best one says how it stands with somebody.
BEST_FIRST = (L.confirmed, L.offered, L.waiting, L.approval, L.unverified)


@dataclass(frozen=True)
class Claim:
    """One claim on a place; `is_seat`: one comes in by it."""

    unit_id: int
    is_seat: bool
    state: str


@dataclass(frozen=True)
class Guest:
    """Somebody of an event. `claims` in the order in which they were made.

    `was_there` is None while nobody drew up who was; `is_there`: not erased, merged or dead.
    """

    registration_id: int
    person_id: int
    name: str
    email: str
    email_state: str
    language: str
    code: str
    ticket_class: str
    registered_at: datetime
    checked_in_at: datetime | None = None
    was_there: bool | None = None
    is_excused: bool = False
    lacks_number: bool = False
    is_there: bool = True
    claims: tuple[Claim, ...] = ()

    @cached_property
    def standing(self) -> str:
        """The state of the claim on a seat that says how it stands with them."""
        return _best([one.state for one in self.claims if one.is_seat])

    @property
    def unit_ids(self) -> list[int]:
        """The sorts of places they have, or ask for; after the end what they had asked for."""
        live = [one.unit_id for one in self.claims if one.state in BEST_FIRST]
        return list(dict.fromkeys(live or [one.unit_id for one in self.claims]))

    def for_unit(self, unit_id: int) -> str | None:
        """The same for one sort of place; None without any claim on it."""
        found = [one.state for one in self.claims if one.unit_id == unit_id]
        return _best(found) if found else None


def _best(states: Sequence[str]) -> str:
    """The best live state, else the newest."""
    live = next((state for state in BEST_FIRST if state in states), None)
    return live or (states[-1] if states else L.cancelled)


@dataclass(frozen=True)
class Choice:
    """A segment, narrowed to a sort of place and a class where given."""

    segment: Segment
    unit_id: int | None = None
    ticket_class: str = ""


def is_in(guest: Guest, choice: Choice, *, is_over: bool) -> bool:
    """Whether somebody is among them. `is_over`: the event has ended and it is known who came."""
    if choice.ticket_class and guest.ticket_class != choice.ticket_class:
        return False
    seat = SEGMENT_OF[LineState(guest.standing)]
    if seat == S.waiting and choice.segment != S.waiting:
        return False
    state = guest.standing if choice.unit_id is None else guest.for_unit(choice.unit_id)
    if state is None:
        return False
    place = SEGMENT_OF[LineState(state)]
    if choice.segment in EVERYBODY:
        return place == choice.segment
    return seat == place == S.confirmed and _is_so(guest, choice.segment, is_over)


def _is_so(guest: Guest, segment: Segment, is_over: bool) -> bool:
    """Of somebody with a place."""
    if segment == S.checked_in:
        return guest.checked_in_at is not None
    if segment == S.without_number:
        return guest.lacks_number
    came = guest.checked_in_at is not None if guest.was_there is None else guest.was_there
    return is_over and not came and not guest.is_excused


def people(guests: Iterable[Guest], choice: Choice, *, is_over: bool) -> list[Guest]:
    """Exactly those, in the order given."""
    return [guest for guest in guests if is_in(guest, choice, is_over=is_over)]


def counts(guests: Iterable[Guest], *, is_over: bool) -> Counter[Choice]:
    """How many people each segment has: as a whole, for each sort of place, for each class."""
    found: Counter[Choice] = Counter()
    for guest in guests:
        units = {claim.unit_id for claim in guest.claims}
        for segment in Segment:
            narrowed = [Choice(segment), Choice(segment, None, guest.ticket_class)]
            narrowed += [Choice(segment, unit_id) for unit_id in units]
            found.update(one for one in narrowed if is_in(guest, one, is_over=is_over))
    return found


def why_not(guest: Guest, segment: Segment) -> str | None:
    """Why somebody of a segment is not written to; None when they are.

    `gone` (erased, merged or dead), `no_address`, `hold` (their mail comes back), `unproved` (they
    no longer have a claim, and never said that the address is theirs).
    """
    if not guest.is_there:
        return "gone"
    if not guest.email:
        return "no_address"
    if guest.email_state in (EmailState.hold, EmailState.dead):
        return "hold"
    if segment in ENDED and guest.email_state != EmailState.ok:
        return "unproved"
    return None


def recipients(found: Iterable[Guest], choice: Choice, *, is_over: bool) -> list[Guest]:
    """Who of a segment gets the letter, each once."""
    if choice.segment in NOT_WRITTEN_TO:
        return []
    chosen = people(found, choice, is_over=is_over)
    reached = (one for one in chosen if why_not(one, choice.segment) is None)
    return list({one.person_id: one for one in reached}.values())
