"""The steps of an event's life: a page that names what follows, and the same over the API."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from wtforms import TextAreaField

from server import clock
from server.errors import Invalid, NotFound
from server.events import board as managing
from server.events import queries as events
from server.events.schemas import EventOut, event_out
from server.events.states import EVENT
from server.registrations import difference, lifecycle
from server.registrations.schemas import StepIn
from server.rights import Area
from server.web.forms import Form, at_most, stripped
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]
Handler = Callable[..., Awaitable[Any]]
NOUNS = {
    "announcement": "announce",
    "publication": "publish",
    "postponement": "postpone",
    "rescheduling": "reschedule",
    "cancellation": "cancel",
    "completion": "complete",
    "archiving": "archive",
}
TOLD = ("postpone", "reschedule", "cancel")


class StepForm(Form):
    """Why; read by everybody who is told."""

    reason = TextAreaField(
        "events.field.reason",
        [at_most(lifecycle.LONGEST_REASON)],
        filters=[stripped],
        description="events.hint.reason",
    )


def asking(noun: str) -> Handler:
    """The page before a step."""
    action = NOUNS[noun]

    async def ask_step(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
        return await _show(request, await managing.managed(request, slug), action, StepForm())

    return ask_step


def taking(noun: str) -> Handler:
    """The step itself, from its page."""
    action = NOUNS[noun]

    async def take_step(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
        event = await managing.managed(request, slug)
        form: Any = await StepForm.read(request)
        if form.validate():
            try:
                await lifecycle.take(
                    require_signed_in(request),
                    *(event.id, action, form.reason.data or ""),
                    now=clock.now(),
                )
            except Invalid as invalid:
                form.blame(invalid)
        if form.errors:
            return await _show(request, event, action, form)
        return see_other(f"/board/events/{slug}/settings", notice=f"events.notice.{action}")

    return take_step


async def _show(
    request: AnyRequest, event: events.EventView, action: str, form: Any
) -> Response[Any]:
    return page(
        request,
        "registrations/step.html",
        status=422 if form.errors else 200,
        event=event,
        action=action,
        is_possible=action in EVENT.allowed(event.state),
        people=await difference.count(event.id) if action in TOLD else 0,
        asks_reason=action in lifecycle.WITH_REASON,
        form=form,
    )


async def _step(request: AnyRequest, slug: str, data: StepIn, action: str) -> EventOut:
    actor, now = require_signed_in(request), clock.now()
    event = await events.get(actor, slug, now=now)
    if not actor.manages(event.group_id, Area.events):
        raise NotFound
    await lifecycle.take(actor, event.id, action, stripped(data.reason), now=now)
    return event_out(await events.get(actor, slug, now=clock.now()), now)


async def announce_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Save the date: shown, not yet open for registration. 409 from another state."""
    return await _step(request, slug, data, "announce")


async def publish_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Show it and open its registration window. 409 from another state."""
    return await _step(request, slug, data, "publish")


async def postpone_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Put it off; places are kept and everybody involved is written to. 409 from another state."""
    return await _step(request, slug, data, "postpone")


async def reschedule_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Show a postponed event on its new date, and tell it. 409 while that date has passed."""
    return await _step(request, slug, data, "reschedule")


async def cancel_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Cancel it, end every registration and say why. 422 without a reason; 409 when over."""
    return await _step(request, slug, data, "cancel")


async def complete_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """It has taken place. 409 before it began."""
    return await _step(request, slug, data, "complete")


async def archive_event(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[StepIn]
) -> EventOut:
    """Put it out of sight. 409 unless it was held or cancelled."""
    return await _step(request, slug, data, "archive")


API: dict[str, Handler] = {
    "announcement": announce_event,
    "publication": publish_event,
    "postponement": postpone_event,
    "rescheduling": reschedule_event,
    "cancellation": cancel_event,
    "completion": complete_event,
    "archiving": archive_event,
}
