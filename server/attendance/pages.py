"""One's own ticket, and the desk for helpers with a link."""

from typing import Any

import segno
from litestar import Request, Response
from litestar.params import FromPath
from markupsafe import Markup

from server import clock
from server.actors import SYSTEM
from server.attendance import desk, helpers, paper, service
from server.errors import NotFound
from server.events import queries as events
from server.registrations import codes, tickets
from server.registrations import queries as registrations
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of
from tables.registrations import LineState

AnyRequest = Request[Any, Any, Any]


async def ticket(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The ticket of a confirmed place: a code to show and to say."""
    view = await _confirmed(code)
    number = await tickets.code_of(view.id)
    shown = page(
        request,
        "attendance/ticket.html",
        registration=view,
        code=codes.shown(number),
        picture=picture(number),
    )
    return secret(shown)


async def ticket_pdf(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The ticket on paper."""
    view = await _confirmed(code)
    body = await paper.ticket(view, await tickets.code_of(view.id), said=language_of(request))
    headers = {"Content-Disposition": f'attachment; filename="ticket-{view.slug}.pdf"'}
    return secret(Response(body, media_type="application/pdf", headers=headers))


async def _confirmed(code: str) -> registrations.RegistrationView:
    view = await registrations.get(code)
    if view.state != LineState.confirmed:
        raise NotFound
    return view


def picture(number: str) -> Markup:
    """The code as a QR within the page."""
    svg = segno.make(number, error="m", micro=False).svg_inline(
        scale=6, border=4, svgclass="qr", lineclass=None, title=codes.shown(number), light="#fff"
    )
    return Markup(svg)


async def show(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The desk of a helper."""
    _, event = await _helper(token)
    return await desk.show(request, event, f"/check-in/{token}")


async def scan(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """One scan by a helper."""
    helper, event = await _helper(token)
    return await desk.receive(request, helper, event, f"/check-in/{token}")


async def undo(token: FromPath[str], scan_id: FromPath[int]) -> Response[Any]:
    """A helper takes a scan back."""
    helper, event = await _helper(token)
    await service.undo(helper, scan_id, event_id=event.id, now=clock.now())
    return see_other(f"/check-in/{token}", notice="attendance.notice.undone")


async def _helper(token: str) -> tuple[Any, events.EventView]:
    helper, slug = await helpers.entered(token, now=clock.now())
    return helper, await events.get(SYSTEM, slug, now=clock.now())
