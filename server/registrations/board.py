"""The desk of one event: its places, who has one, who waits, and the way out as CSV and XLSX."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import StringField

from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.errors import NotFound
from server.events import queries as events
from server.events import room_notes
from server.events.board import managed
from server.registrations import answers, choosing, places, queries, raising, sorts
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.exports import Cell, csv_response, xlsx_response
from server.web.forms import Form, required, sent
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]
Export = Callable[[str, Sequence[str], Sequence[Sequence[Cell]]], Response[Any]]
Verb = Callable[..., Awaitable[None]]
COLUMNS = ("name", "email", "state", "unit", "class", "registered_at", "remark")
LONGEST = 5  # digits of a number of places


class CapacityForm(Form):
    """How many places there would be."""

    capacity = StringField("registrations.field.capacity", [required()])


async def desk(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Who comes, who waits."""
    event = await managed(request, slug)
    now = clock.now()
    return page(
        request,
        "registrations/desk.html",
        event=event,
        units=await sorts.of_event(event.id, now=now),
        registrations=await queries.of_event(event.id),
        invited=await answers.of_meeting(event.id),
        beside=await choosing.beside(event.id),
        sees_addresses=_sees_addresses(require_signed_in(request), event),
        **await room_notes.of_event(event.id, language_of(request), require_signed_in(request)),
        admin_row=admin_row("event", event.id),
    )


async def place(request: AnyRequest, slug: FromPath[str], line_id: FromPath[int]) -> Response[Any]:
    """Give a free place to somebody who waits, or take an offer for who has no address."""
    return await _change(request, slug, line_id, places.place)


async def remove(request: AnyRequest, slug: FromPath[str], line_id: FromPath[int]) -> Response[Any]:
    """End somebody's registration."""
    return await _change(request, slug, line_id, places.remove)


async def _change(request: AnyRequest, slug: str, line_id: int, verb: Verb) -> Response[Any]:
    event = await managed(request, slug)
    if (await queries.by_line(line_id)).event_id != event.id:
        raise NotFound
    await verb(require_signed_in(request), line_id, now=clock.now())
    return see_other(f"/board/events/{slug}", notice="registrations.notice.changed")


async def look(request: AnyRequest, slug: FromPath[str], unit_id: FromPath[int]) -> Response[Any]:
    """Who would be offered a place with another number of places; nothing is changed."""
    event = await managed(request, slug)
    return await _outlook(request, event, unit_id, request.query_params.get("capacity"))


async def change_capacity(
    request: AnyRequest, slug: FromPath[str], unit_id: FromPath[int]
) -> Response[Any]:
    """Set another number of places: what comes free is offered at once."""
    event, now = await managed(request, slug), clock.now()
    typed = str((await sent(request)).get("capacity") or "")
    capacity = _places(typed)
    await raising.now_of(event.id, unit_id, now=now)
    if capacity is None:
        return await _outlook(request, event, unit_id, typed)
    actor = require_signed_in(request)
    await places.change_unit(actor, unit_id, {"capacity": capacity}, now=now)
    return see_other(f"/board/events/{slug}", notice="registrations.notice.changed")


async def _outlook(
    request: AnyRequest, event: events.EventView, unit_id: int, typed: str | None
) -> Response[Any]:
    now, capacity = clock.now(), _places(typed or "")
    unit = await raising.now_of(event.id, unit_id, now=now)
    asked_for = (unit["capacity"] or unit["held"]) if capacity is None else capacity
    outlook = await raising.look(event.id, unit_id, asked_for, now=now)
    asked = CapacityForm(data={"capacity": outlook.after if typed is None else typed})
    is_wrong = typed is not None and capacity is None
    if is_wrong:
        asked.capacity.errors = ("registrations.field.capacity_wrong",)
    return page(
        request,
        "registrations/raising.html",
        status=422 if is_wrong else 200,
        event=event,
        outlook=outlook,
        form=asked,
    )


def _places(typed: str) -> int | None:
    """A number of places, 0 or more; None for what is none."""
    said = typed.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST else None


async def as_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as CSV."""
    return await _export(request, slug, "csv", csv_response)


async def as_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as a spreadsheet."""
    return await _export(request, slug, "xlsx", xlsx_response)


async def _export(request: AnyRequest, slug: str, kind: str, export: Export) -> Response[Any]:
    event = await managed(request, slug)
    require_fresh(request)
    actor, said = require_signed_in(request), language_of(request)
    columns = [name for name in COLUMNS if name != "email" or _sees_addresses(actor, event)]
    cells = [_cells(view, said) for view in await queries.of_event(event.id)]
    rows = [[row[name] for name in columns] for row in cells]
    await audit.record(actor, "export", ("event", event.id), after={"rows": len(rows)})
    header = [language.text(said, f"registrations.column.{name}") for name in columns]
    return export(f"{event.slug}.{kind}", header, rows)


def _cells(view: queries.RegistrationView, said: str) -> Mapping[str, Cell]:
    return {
        "name": view.display_name,
        "email": view.email,
        "state": language.text(said, f"states.registration_line.{view.state}"),
        "unit": view.unit(said),
        "class": language.text(said, f"registrations.class.{view.ticket_class}"),
        "registered_at": view.created_at,
        "remark": view.remark,
    }


def _sees_addresses(actor: Actor, event: events.EventView) -> bool:
    """Who may look at people, or chairs the group that organises; others see names only."""
    return actor.sees(Area.people) or event.group_id in actor.chairs
