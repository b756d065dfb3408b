"""One event in numbers, and exactly the people behind each number."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.actors import Actor
from server.errors import NotFound
from server.events.board import managed
from server.events.queries import EventView
from server.registrations import sorts
from server.registrations.sorts import Unit
from server.rights import Area
from server.turnout import plots, queries, rules, service, trail
from server.turnout.history import Every, Line
from server.turnout.queries import Gathering
from server.turnout.rules import Choice, Guest
from server.turnout.trail import Filled
from server.web.exports import Cell, download
from server.web.pages import page
from server.web.visitor import language_of, require_fresh, require_signed_in
from tables.registrations import TicketClass
from tables.turnout import Segment

AnyRequest = Request[Any, Any, Any]
PEOPLE = ("name", "email", "state", "unit", "class", "registered_at", "checked_in_at")
LINES = ("from", "every", "unit", "asked", "queued", "confirmed", "ended", "held", "waiting")
LONGEST_KEY = 9  # digits of a number of PostgreSQL


@dataclass(frozen=True)
class Chosen:
    """What a page about one segment is about."""

    event: EventView
    choice: Choice
    units: list[Unit]
    found: Gathering

    @property
    def people(self) -> list[Guest]:
        """Exactly the people of the segment."""
        return rules.people(self.found.guests, self.choice, is_over=self.found.is_over)

    @property
    def unit(self) -> Unit | None:
        """The sort of place to which it is narrowed."""
        return next((one for one in self.units if one.id == self.choice.unit_id), None)


async def numbers(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """How an event fills up, and how many people are in each segment."""
    event, now = await managed(request, slug), clock.now()
    filled = await trail.of_event(event.id, ends_at=event.ends_at, now=now)
    found = await queries.gathering(event.id, now=now)
    return page(
        request,
        "turnout/numbers.html",
        event=event,
        filled=[(one, _plots(one)) for one in filled],
        found=found,
        segments=_segments(require_signed_in(request)),
        classes=_classes(found),
        counts=rules.counts(found.guests, is_over=found.is_over),
        choice=Choice,
        address=address,
        when=_when,
        messages=await queries.messages(event.id),
    )


def _plots(one: Filled) -> tuple[plots.Held, plots.Happened] | None:
    return (plots.held(one.filling), plots.happened(one.filling)) if one.filling else None


async def segment(
    request: AnyRequest, slug: FromPath[str], segment: FromPath[str]
) -> Response[Any]:
    """Exactly the people of a segment."""
    about = await chosen(request, slug, segment)
    return page(
        request,
        "turnout/segment.html",
        event=about.event,
        choice=about.choice,
        unit=about.unit,
        units=about.units,
        classes=_classes(about.found),
        people=about.people,
        found=about.found,
        sees_addresses=_sees_addresses(require_signed_in(request), about.event),
        is_written_to=about.choice.segment not in rules.NOT_WRITTEN_TO,
        address=address,
        narrowed=Choice,
    )


async def numbers_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The numbers through time as CSV."""
    return await _export_numbers(request, slug, "csv")


async def numbers_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The numbers through time as a spreadsheet."""
    return await _export_numbers(request, slug, "xlsx")


async def people_csv(
    request: AnyRequest, slug: FromPath[str], segment: FromPath[str]
) -> Response[Any]:
    """Exactly the people shown, as CSV."""
    return await _export_people(request, slug, segment, "csv")


async def people_xlsx(
    request: AnyRequest, slug: FromPath[str], segment: FromPath[str]
) -> Response[Any]:
    """Exactly the people shown, as a spreadsheet."""
    return await _export_people(request, slug, segment, "xlsx")


async def _export_numbers(request: AnyRequest, slug: str, kind: str) -> Response[Any]:
    event, now = await managed(request, slug), clock.now()
    actor, said = require_fresh(request), language_of(request)
    rows: list[list[Cell]] = []
    for one in await trail.of_event(event.id, ends_at=event.ends_at, now=now):
        for line in one.filling.lines if one.filling else []:
            every = language.text(said, f"turnout.every.{one.filling.every}") if one.filling else ""
            rows.append([line.begins, every, one.unit.name(said), *_cells(line)])
    stem = language.text(said, "turnout.export.numbers")
    file = f"{event.slug}-{stem}.{kind}"
    await service.note_export(actor, event.id, file, len(rows))
    heads = [language.text(said, f"turnout.column.{name}") for name in (*LINES, "capacity")]
    return download(file, heads, rows)


def _cells(line: Line) -> list[Cell]:
    counted = (line.asked, line.queued, line.confirmed, line.ended)
    return [*counted, line.held, line.waiting, line.capacity]


async def _export_people(request: AnyRequest, slug: str, named: str, kind: str) -> Response[Any]:
    about = await chosen(request, slug, named)
    actor, said = require_fresh(request), language_of(request)
    columns = [n for n in PEOPLE if n != "email" or _sees_addresses(actor, about.event)]
    names = {unit.id: unit.name(said) for unit in about.units}
    rows = [[_cell(one, name, said, names) for name in columns] for one in about.people]
    word = language.text(said, f"turnout.segment.{about.choice.segment}").lower().replace(" ", "-")
    file = f"{about.event.slug}-{word}.{kind}"
    await service.note_export(actor, about.event.id, file, len(rows))
    heads = [language.text(said, f"turnout.column.{name}") for name in columns]
    return download(file, heads, rows)


def _cell(guest: Guest, column: str, said: str, units: dict[int, str]) -> Cell:
    found: dict[str, Cell] = {
        "name": guest.name,
        "email": guest.email,
        "state": language.text(said, f"states.registration_line.{guest.standing}"),
        "unit": ", ".join(units[unit_id] for unit_id in guest.unit_ids),
        "class": language.text(said, f"registrations.class.{guest.ticket_class}"),
        "registered_at": guest.registered_at,
        "checked_in_at": guest.checked_in_at,
    }
    return found[column]


async def chosen(request: AnyRequest, slug: str, named: str) -> Chosen:
    """The segment an address is about, for who manages the event. Raises NotFound."""
    event, now = await managed(request, slug), clock.now()
    if named not in _segments(require_signed_in(request)):
        raise NotFound
    units = await sorts.of_event(event.id, now=now)
    unit_id = _key(request.query_params.get("unit", ""), units)
    kind = request.query_params.get("class", "")
    if kind and kind not in list(TicketClass):
        raise NotFound
    found = await queries.gathering(event.id, now=now)
    return Chosen(event, Choice(Segment(named), unit_id, kind), units, found)


def address(event: EventView, choice: Choice, page: str = "") -> str:
    """Where a segment stands; `page` is what stands below it."""
    asked = {"unit": choice.unit_id, "class": choice.ticket_class}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = f"/board/events/{event.slug}/numbers/{choice.segment.value}{page}"
    return f"{path}?{query}" if query else path


def _key(typed: str, units: list[Unit]) -> int | None:
    """One of the sorts of places of this event; what is none of them does not exist."""
    if not typed:
        return None
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY else 0
    if number not in {unit.id for unit in units}:
        raise NotFound
    return number


def _segments(actor: Actor) -> list[Segment]:
    return [
        one for one in (*rules.EVERYBODY, *rules.OF_THE_CONFIRMED) if service.may_see(actor, one)
    ]


def _classes(found: Gathering) -> list[str]:
    """The classes that occur, in the order in which the line is served."""
    there = {guest.ticket_class for guest in found.guests}
    return [one.value for one in TicketClass if one in there]


def _sees_addresses(actor: Actor, event: EventView) -> bool:
    """As at the desk of the event: who may look at people, or chairs the group that organises."""
    return actor.sees(Area.people) or event.group_id in actor.chairs


def _when(begins: date, every: Every, said: str) -> str:
    """A day, the first day of a week, or a month."""
    if every == Every.month:
        return language.month(datetime.combine(begins, datetime.min.time(), clock.AMSTERDAM), said)
    return language.day(begins, said)
