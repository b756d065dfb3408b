"""The board at the door: the desk, links for helpers, and the sheet to sign."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import StringField

from server import clock
from server.actors import Actor
from server.attendance import desk, helpers, queries, service
from server.errors import Invalid
from server.events import queries as events
from server.web import links
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]


class HelperForm(Form):
    """Who helps."""

    label = StringField(
        "attendance.field.label", [required(), at_most(helpers.LONGEST)], filters=[stripped]
    )


async def show(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The desk."""
    event, actor = await _at_the_desk(request, slug)
    manages = await helpers.may_give(actor, event.id)
    return await desk.show(request, event, _base(event), manages=manages)


async def scan(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One scan."""
    event, actor = await _at_the_desk(request, slug)
    return await desk.receive(request, actor, event, _base(event))


async def undo(request: AnyRequest, slug: FromPath[str], scan_id: FromPath[int]) -> Response[Any]:
    """Take a scan back."""
    event, actor = await _at_the_desk(request, slug)
    await service.undo(actor, scan_id, event_id=event.id, now=clock.now())
    return see_other(_base(event), notice="attendance.notice.undone")


async def sheet(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The sheet to sign, for paper."""
    event, _ = await _at_the_desk(request, slug)
    return page(
        request, "attendance/sheet.html", event=event, guests=await queries.expected(event.id)
    )


async def helping(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The links that work now, and a form for one more."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    return await _helping(request, event, HelperForm())


async def give(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more link, shown once."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    asked = await HelperForm.read(request)
    if not asked.validate():
        return await _helping(request, event, asked)
    try:
        token = await helpers.give(actor, event.id, asked.label.data, now=clock.now())
    except Invalid as invalid:
        asked.blame(invalid)
        return await _helping(request, event, asked)
    address = links.absolute(f"/check-in/{token}")
    return await _helping(request, event, HelperForm(), address=address)


async def revoke(request: AnyRequest, slug: FromPath[str], link_id: FromPath[int]) -> Response[Any]:
    """End a link."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.revoke(actor, link_id, now=clock.now())
    return see_other(f"{_base(event)}/helpers", notice="attendance.notice.revoked")


async def _helping(
    request: AnyRequest, event: events.EventView, asked: HelperForm, *, address: str = ""
) -> Response[Any]:
    shown = page(
        request,
        "attendance/helpers.html",
        status=422 if asked.errors else 200,
        event=event,
        links=await helpers.open_ones(event.id, now=clock.now()),
        form=asked,
        address=address,
    )
    return secret(shown)


async def _at_the_desk(request: AnyRequest, slug: str) -> tuple[events.EventView, Actor]:
    """The event and who is at its desk; for anybody else there is none."""
    actor = require_signed_in(request)
    event = await events.get(actor, slug, now=clock.now())
    await service.require_desk(actor, event.id)
    return event, actor


def _base(event: events.EventView) -> str:
    return f"/board/events/{event.slug}/check-in"
