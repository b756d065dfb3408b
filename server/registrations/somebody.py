"""One registration as its organiser sees it, with what they may do for its holder."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, StringField

from server import clock
from server.errors import Invalid, NotFound
from server.events.board import managed
from server.events.queries import EventView
from server.registrations import approving, choosing, places, queries
from server.registrations.queries import RegistrationView
from server.registrations.refusals import NoSuchPlace
from server.web.forms import Form, at_most, sent, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]
Number = FromPath[int]


class PlaceForm(Form):
    """A place given by hand; where it is full, knowingly and with a reason."""

    over = BooleanField("registrations.field.over")
    reason = StringField(
        "registrations.field.reason",
        [at_most(300)],
        filters=[stripped],
        description="registrations.hint.reason",
    )


class RejectForm(Form):
    """Why somebody is not let in."""

    reason = StringField(
        "registrations.field.reason",
        [at_most(500)],
        filters=[stripped],
        description="registrations.hint.reject",
    )


async def show(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Where they stand for each sort of place."""
    event, view = await _theirs(request, slug, registration_id)
    return await _page(request, event, view)


async def take(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """One more workshop or lunch for them, or the other sort of seat."""
    event, view = await _theirs(request, slug, registration_id)
    actor, unit_id = require_signed_in(request), await _unit(request)
    await choosing.take(actor, view.code, unit_id, for_them=True, now=clock.now())
    return _back(event, view)


async def drop(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Take one place away from them."""
    event, view = await _theirs(request, slug, registration_id)
    line = await _line(request, view)
    await places.remove(require_signed_in(request), line.line_id, now=clock.now())
    return _back(event, view)


async def place(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Give them a place; beyond what there is only with a reason, which stays on record."""
    event, view = await _theirs(request, slug, registration_id)
    form: Any = await PlaceForm.read(request)
    line = await _line(request, view)
    if not form.validate():
        return await _page(request, event, view, placing=form)
    try:
        await places.place(
            require_signed_in(request),
            line.line_id,
            reason=form.reason.data or "",
            is_over=form.over.data,
            now=clock.now(),
        )
    except Invalid as invalid:
        form.blame(invalid)
        return await _page(request, event, view, placing=form)
    return _back(event, view)


async def approve(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Let them in."""
    event, view = await _theirs(request, slug, registration_id)
    await approving.approve(require_signed_in(request), view.line_id, now=clock.now())
    return _back(event, view)


async def reject(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Do not let them in."""
    event, view = await _theirs(request, slug, registration_id)
    form: Any = await RejectForm.read(request)
    if form.validate():
        try:
            await approving.reject(require_signed_in(request), view.line_id, form.reason.data or "")
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return _back(event, view)
    return await _page(request, event, view, rejecting=form)


async def _theirs(
    request: AnyRequest, slug: str, registration_id: int
) -> tuple[EventView, RegistrationView]:
    event = await managed(request, slug)
    view = await queries.by_id(registration_id)
    if view.event_id != event.id:
        raise NotFound
    return event, view


async def _line(request: AnyRequest, view: RegistrationView) -> RegistrationView:
    """Their claim on the sort of place that is meant. Refuses: NoSuchPlace."""
    try:
        return await queries.of_unit(view.id, await _unit(request))
    except NotFound:
        raise NoSuchPlace from None


async def _unit(request: AnyRequest) -> int:
    return whole((await sent(request)).get("unit_id")) or 0


def _back(event: EventView, view: RegistrationView) -> Response[Any]:
    path = f"/board/events/{event.slug}/registrations/{view.id}"
    return see_other(path, notice="registrations.notice.changed")


async def _page(
    request: AnyRequest,
    event: EventView,
    view: RegistrationView,
    *,
    placing: Form | None = None,
    rejecting: Form | None = None,
) -> Response[Any]:
    return page(
        request,
        "registrations/somebody.html",
        status=422 if placing or rejecting else 200,
        event=event,
        registration=view,
        choices=await choosing.shown(view.id, now=clock.now()),
        placing=placing or PlaceForm(),
        rejecting=rejecting or RejectForm(),
    )
