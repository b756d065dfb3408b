"""What changed about an event, said as a difference, and who hears of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from emails.letters import registrations as letters
from emails.letters.talks import ProposalEventChanged
from server import language
from server.clock import day_of
from server.database import execute
from server.outbox import service as outbox
from server.registrations import queries
from server.registrations.states import LIVE
from server.registrations.telling import recipient
from server.talks import following
from server.talks import queries as talks
from server.web import links


@dataclass(frozen=True)
class Facts:
    """What people who come reckon with: moments in UTC; `place` is venue and town, or empty."""

    starts_at: datetime
    ends_at: datetime
    all_day: bool
    mode: str
    place: str
    room: str


async def facts(event: Mapping[str, Any]) -> Facts:
    """The facts of a row of `event`."""
    rows = await execute(
        "SELECT v.name, v.city, m.name AS room FROM (SELECT $1::int AS venue, $2::int AS room) e"
        " LEFT JOIN venue v ON v.id = e.venue LEFT JOIN room m ON m.id = e.room",
        *(event["venue"], event["booked_room"]),
    )
    named = (rows[0]["name"], rows[0]["city"])
    own = {name: event[name] for name in ("starts_at", "ends_at", "all_day", "mode")}
    place = ", ".join(part for part in named if part)
    return Facts(place=place, room=rows[0]["room"] or event["room"], **own)


def lines(was: Facts, becomes: Facts, said: str) -> list[str]:
    """`Datum: was …, wordt …`: a line for each thing that differs."""
    found = []
    if (was.starts_at, was.ends_at) != (becomes.starts_at, becomes.ends_at):
        found.append(_moments(was, becomes, said))
    if was.all_day != becomes.all_day:
        found.append(_line("all_day", _length(was, said), _length(becomes, said), said))
    for name in ("place", "room"):
        if getattr(was, name) != getattr(becomes, name):
            unknown = language.text(said, "registrations.change.unknown")
            old, new = (getattr(one, name) or unknown for one in (was, becomes))
            found.append(_line(name, old, new, said))
    if was.mode != becomes.mode:
        old, new = (language.text(said, f"events.mode.{one.mode}") for one in (was, becomes))
        found.append(_line("mode", old, new, said))
    return found


def stands(becomes: Facts, said: str) -> list[str]:
    """When and where it is, for who heard that it was put off."""
    when = language.span(becomes.starts_at, becomes.ends_at, said)
    place = becomes.place or language.text(said, f"events.mode.{becomes.mode}")
    where = ", ".join(part for part in (place, becomes.room) if part)
    return [
        language.text(said, "registrations.change.goes_on", when=when),
        language.text(said, "registrations.change.where", place=where),
    ]


def _moments(was: Facts, becomes: Facts, said: str) -> str:
    days = [(day_of(one.starts_at), day_of(one.ends_at)) for one in (was, becomes)]
    is_one_day = days[0] == days[1] and days[0][0] == days[0][1]
    write = language.hours if is_one_day else language.span
    old, new = (write(one.starts_at, one.ends_at, said) for one in (was, becomes))
    return _line("hours" if is_one_day else "date", old, new, said)


def _length(one: Facts, said: str) -> str:
    if one.all_day:
        return language.text(said, "registrations.change.whole_day")
    return language.hours(one.starts_at, one.ends_at, said)


def _line(name: str, was: str, becomes: str, said: str) -> str:
    return language.text(said, f"registrations.change.{name}", was=was, becomes=becomes)


@dataclass(frozen=True)
class Change:
    """What is told of one save. Without `is_told` only a new joining link is: to who may see it."""

    was: Facts
    becomes: Facts
    is_told: bool
    has_new_link: bool = False
    was_put_off: bool = False

    def words(self, said: str, *, sees_link: bool = False) -> list[str]:
        """The lines of a letter, in a language; none: no letter."""
        told = lines(self.was, self.becomes, said) if self.is_told else []
        if self.is_told and self.was_put_off:
            told += stands(self.becomes, said)
        if self.has_new_link and sees_link:
            told.append(language.text(said, "registrations.change.link"))
        return told


class Tell(Protocol):
    """How the people involved hear of one save."""

    async def __call__(self, event_id: int, change: Change, *, revision: int) -> None:
        """Owe them their letters."""


@dataclass(frozen=True)
class Owed:
    """A letter that somebody is owed for one save: its lines, and what it follows from."""

    view: queries.RegistrationView
    lines: list[str]
    cause: str


async def tell(event_id: int, change: Change, *, revision: int) -> None:
    """Owe everybody involved one letter for one save; `revision` is the event's after it."""
    for one in await owed(event_id, change, revision=revision):
        await post(one)


async def owed(event_id: int, change: Change, *, revision: int) -> list[Owed]:
    """Who with a place, or waiting for one, is to hear of a save.

    Who hopes to speak is written to about their talk at once, and not here once more.
    """

    def words(said: str) -> dict[str, str]:
        return {"changes": listed(change.words(said))}

    cause, speakers, found = f"event:{event_id}:changed:{revision}", set[int](), list[Owed]()
    if change.is_told:
        speakers = await following.tell(event_id, ProposalEventChanged, words, cause=cause)
    for view in await queries.of_event(event_id, states=LIVE):
        told = change.words(view.language, sees_link=bool(view.online_url))
        is_told_already = view.person_id in speakers and not (
            change.has_new_link and view.online_url
        )
        if told and view.email and not is_told_already:
            found.append(Owed(view, told, cause))
    return found


async def post(one: Owed) -> None:
    """Owe one letter about one event."""
    letter = letters.EventChanged(
        event=one.view.title(one.view.language),
        changes=listed(one.lines),
        url=links.absolute(f"/registrations/{one.view.code}"),
    )
    its = f"{one.cause}:{one.view.person_id}"
    await outbox.post_about(one.view.event_id, letter, recipient(one.view), cause=its)


async def count(event_id: int, change: Change | None = None) -> int:
    """How many people a change would be told to; without one: how many are involved at all."""
    return len(await whom(event_id, change))


async def whom(event_id: int, change: Change | None = None) -> frozenset[int]:
    """The keys of the people whom a change would be told to; without one: of all involved."""
    people = {
        view.person_id
        for view in await queries.of_event(event_id, states=LIVE)
        if view.email
        and (change is None or change.words(view.language, sees_link=bool(view.online_url)))
    }
    if change is None or change.is_told:
        hopeful = await talks.hopeful(event_id)
        people |= {one.person_id for view in hopeful for one in view.speakers if one.email}
    return frozenset(people)


def listed(told: list[str]) -> str:
    """Lines as a list in a letter."""
    return "\n".join(f"- {' '.join(line.split())}" for line in told)
