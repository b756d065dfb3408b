"""The desk of one event: its places, who has one, who waits, and the way out as CSV and XLSX."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.audit import service as audit
from server.errors import NotFound
from server.events import queries as events
from server.registrations import places, queries
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.exports import Cell, csv_response, xlsx_response
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]
Export = Callable[[str, Sequence[str], Sequence[Sequence[Cell]]], Response[Any]]
COLUMNS = ("name", "email", "state", "unit", "class", "registered_at", "remark")


async def desk(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Who comes, who waits."""
    event = await _managed(request, slug)
    now = clock.now()
    return page(
        request,
        "registrations/desk.html",
        event=event,
        units=await queries.units(event.id, now=now),
        registrations=await queries.of_event(event.id),
        admin_row=admin_row("event", event.id),
    )


async def place(request: AnyRequest, slug: FromPath[str], line_id: FromPath[int]) -> Response[Any]:
    """Give a free place to somebody who waits."""
    await _managed_line(request, slug, line_id)
    actor = require_signed_in(request)
    await places.place(actor, line_id, now=clock.now())
    return see_other(f"/board/events/{slug}", notice="registrations.notice.changed")


async def remove(request: AnyRequest, slug: FromPath[str], line_id: FromPath[int]) -> Response[Any]:
    """End somebody's registration."""
    await _managed_line(request, slug, line_id)
    actor = require_signed_in(request)
    await places.remove(actor, line_id, now=clock.now())
    return see_other(f"/board/events/{slug}", notice="registrations.notice.changed")


async def as_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as CSV."""
    return await _export(request, slug, "csv", csv_response)


async def as_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as a spreadsheet."""
    return await _export(request, slug, "xlsx", xlsx_response)


async def _export(request: AnyRequest, slug: str, kind: str, export: Export) -> Response[Any]:
    event = await _managed(request, slug)
    require_fresh(request)
    said = language_of(request)
    rows = [_row(view, said) for view in await queries.of_event(event.id)]
    await audit.record(
        require_signed_in(request), "export", ("event", event.id), after={"rows": len(rows)}
    )
    header = [language.text(said, f"registrations.column.{name}") for name in COLUMNS]
    return export(f"{event.slug}.{kind}", header, rows)


def _row(view: queries.RegistrationView, said: str) -> Sequence[Cell]:
    return (
        view.display_name,
        view.email,
        language.text(said, f"states.registration_line.{view.state}"),
        view.unit(said),
        language.text(said, f"registrations.class.{view.ticket_class}"),
        view.created_at,
        view.remark,
    )


async def _managed(request: AnyRequest, slug: str) -> events.EventView:
    """The event, if the reader manages it; for anybody else it does not exist."""
    actor = require_signed_in(request)
    event = await events.get(actor, slug, now=clock.now())
    if not actor.manages(event.group_id, Area.events):
        raise NotFound
    return event


async def _managed_line(request: AnyRequest, slug: str, line_id: int) -> None:
    event = await _managed(request, slug)
    view = await queries.by_line(line_id)
    if view.event_id != event.id:
        raise NotFound
