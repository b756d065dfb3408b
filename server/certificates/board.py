"""The board's side of certificates: who gets one, how far the worker is, one taken back."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.attendance import presence
from server.certificates import pages, queries, rules, service
from server.certificates.queries import CertificateView
from server.errors import Invalid, NotFound
from server.events import board as events
from server.events.queries import EventView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]


class RevocationForm(Form):
    """Why."""

    reason = TextAreaField(
        "certificates.field.reason",
        [required(), at_most(1000)],
        filters=[stripped],
        description="certificates.hint.reason",
    )


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Who has one, who gets one, who does not, and how far it is."""
    event = await events.managed(request, slug)
    sheets = await presence.of_holders(event.id)
    certificates = await queries.of_event(event.id)
    have = {one.holder_id for one in certificates}
    others = [one for one in sheets if one.person_id not in have and not one.is_erased]
    return page(
        request,
        "certificates/overview.html",
        event=event,
        is_settled=await presence.is_settled(event.id),
        certificates=certificates,
        due=[one for one in others if rules.gets_one(one)],
        without=[one for one in others if not rules.gets_one(one)],
        progress=await queries.progress(event.id),
    )


async def give_all(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One for everybody who has none yet."""
    event = await events.managed(request, slug)
    await service.give_all(require_signed_in(request), event.id, now=clock.now())
    return see_other(_path(event), notice="certificates.notice.given")


async def one(
    request: AnyRequest, slug: FromPath[str], certificate_id: FromPath[int]
) -> Response[Any]:
    """One certificate, to take back or give anew."""
    event = await events.managed(request, slug)
    return _one(request, event, await _of(event, certificate_id), RevocationForm())


async def on_paper(
    request: AnyRequest, slug: FromPath[str], certificate_id: FromPath[int]
) -> Response[Any]:
    """Its paper."""
    event = await events.managed(request, slug)
    return await pages.download(await _of(event, certificate_id))


async def revoke(
    request: AnyRequest, slug: FromPath[str], certificate_id: FromPath[int]
) -> Response[Any]:
    """Take it back."""
    event = await events.managed(request, slug)
    view = await _of(event, certificate_id)
    form: Any = await RevocationForm.read(request)
    if form.validate():
        try:
            await service.revoke(require_signed_in(request), certificate_id, form.reason.data)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(_path(event), notice="certificates.notice.revoked")
    return _one(request, event, view, form)


async def give_again(
    request: AnyRequest, slug: FromPath[str], certificate_id: FromPath[int]
) -> Response[Any]:
    """A new one in its place."""
    event = await events.managed(request, slug)
    view = await _of(event, certificate_id)
    actor = require_signed_in(request)
    await service.give_again(actor, event.id, view.person_id, now=clock.now())
    return see_other(_path(event), notice="certificates.notice.given")


def _one(request: AnyRequest, event: EventView, view: CertificateView, form: Form) -> Response[Any]:
    status = 422 if form.errors else 200
    return page(
        request, "certificates/one.html", status=status, event=event, certificate=view, form=form
    )


async def _of(event: EventView, certificate_id: int) -> CertificateView:
    view = await queries.one(certificate_id)
    if view.event_id != event.id:
        raise NotFound
    return view


def _path(event: EventView) -> str:
    return f"/board/events/{event.slug}/certificates"
