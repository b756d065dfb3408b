"""Register, and what the holder of a registration's link may do with it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.actors import Actor
from server.admission import codes, dues
from server.admission.codes import Code
from server.admission.refusals import CodeUsedUp, NoSuchCode
from server.errors import Invalid, Refusal
from server.events import documents
from server.events import queries as events
from server.events import rules as event_rules
from server.questions import answering, fields
from server.questions.answering import Filled
from server.registrations import choosing, opening, queries, service, sorts, strangers, telling
from server.registrations.refusals import MembersOnly, NoSuchPlace, NotOpen, SameHour
from server.registrations.register_form import RegisterForm, StrangerForm, blame_clash, offer
from server.registrations.states import LIVE
from server.registrations.wishes import RegistrationForm
from server.web import pace
from server.web.forms import Form, sent, whole
from server.web.pages import page, secret, see_other
from server.web.refusals import sentence
from server.web.visitor import actor_of, language_of
from tables.registrations import LineState

AnyRequest = Request[Any, Any, Any]


async def form(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The form, or why it cannot be filled in now."""
    actor, now = actor_of(request), clock.now()
    event = await events.get(actor, slug, now=now)
    if actor.person_id is not None:
        mine = await queries.find(event.id, actor.person_id)
        if mine is not None and mine.state in (*LIVE, LineState.cancelled_by_organiser):
            return see_other(f"/registrations/{mine.code}")
    asks = await fields.asked_by(event.id)
    said = language_of(request)
    given = {"key": str(uuid4()), "code": request.query_params.get("code", "")[:40]}
    asked = asks.bind(asks.form(_form_for(actor), said)(data=given), said)
    return await _form_page(request, event, asks, asked)


def _form_for(actor: Actor) -> type[Form]:
    return RegisterForm if actor.is_signed_in else StrangerForm


async def register(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Register: a signed-in person at once, a stranger after confirming by mail."""
    actor, now = actor_of(request), clock.now()
    event = await events.get(actor, slug, now=now)
    asks = await fields.asked_by(event.id)
    asked: Any = await asks.form(_form_for(actor), language_of(request)).read(request)
    units = await sorts.of_event(event.id, now=now)
    offer(asked, units, language_of(request))
    is_good = asks.bind(asked, language_of(request)).validate()
    extras = asked.extra_ids.data or ()
    ticket_class = await sorts.class_of(actor, event.id, asked.code.data or "", now=now)
    asker = sorts.asker(ticket_class, event.mode, units, asked.unit_id.data, extras)
    filled = fields.take(asks, asked, asker)
    if not blame_clash(asked, units) or not is_good or filled is None:
        return await _form_page(request, event, asks, asked)
    wish = _asked(asked, request, filled)
    try:
        if actor.is_signed_in:
            return _back(await service.register(actor, event.id, wish, now=now))
        async with pace.steady():
            await strangers.ask(actor, event.id, wish, now=now)
    except (NoSuchCode, CodeUsedUp) as refusal:
        asked.code.errors = (refusal.message_key,)
        return await _form_page(request, event, asks, asked)
    except (NotOpen, MembersOnly, NoSuchPlace, SameHour) as refusal:  # nothing typed is lost
        refused = sentence(request, refusal)
        return await _form_page(request, event, asks, asked, refused=refused)
    except Invalid as invalid:
        if "questions" not in invalid.fields:
            raise
        return await register(request, slug)  # with the questions as they are now
    return see_other(f"/events/{slug}/registration/asked")


async def asked(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What a stranger does next: the same for everybody."""
    event = await events.get(actor_of(request), slug, now=clock.now())
    return page(request, "registrations/check_mail.html", event=event)


def _asked(asked: Any, request: AnyRequest, filled: Filled) -> RegistrationForm:
    try:
        key: UUID | None = UUID(asked.key.data)
    except (TypeError, ValueError, AttributeError):
        key = None
    return RegistrationForm(
        unit_id=asked.unit_id.data or None,
        name=asked.name.data if "name" in asked else "",
        email=asked.email.data if "email" in asked else "",
        language=language_of(request),
        remark=asked.remark.data or "",
        idempotency_key=key,
        extra_ids=tuple(asked.extra_ids.data or ()),
        filled=filled,
        auto_accept=asked.auto_accept.data,
        together=asked.together.data,
        code=asked.code.data or "",
    )


async def _form_page(
    request: AnyRequest,
    event: events.EventView,
    asks: fields.Asked,
    asked: Form,
    *,
    refused: str = "",
) -> Response[Any]:
    now, actor = clock.now(), actor_of(request)
    units = await sorts.of_event(event.id, now=now)
    invited, wrong = await _invited(event, asked["code"].data or "", actor, now)
    if wrong and not asked["code"].errors:
        asked["code"].errors = (wrong,)
    offer(asked, units, language_of(request))
    if asked["unit_id"].data is None and asked["unit_id"].choices:
        asked["unit_id"].data = asked["unit_id"].choices[0][0]
    is_stale = getattr(asked, "is_stale", False)
    return page(
        request,
        "registrations/form.html",
        status=409 if refused else 422 if asked.problems or is_stale else 200,
        refused=refused,
        asked=asks,
        is_stale=is_stale,
        event=event,
        units=units,
        form=asked,
        is_sent=request.method == "POST",  # what was typed stands there, whatever closed since
        invited=invited,
        opens=await opening.look(actor, event, invited, now=now),
        takes_codes=await codes.has_any(event.id, now=now),
        price=await dues.quoted(
            event.id,
            event.starts_at,
            event.terms,
            actor.person_id,
            invited_as=invited.ticket_class if invited else "",
        ),
    )


async def _invited(
    event: events.EventView, typed: str, actor: Actor, now: datetime
) -> tuple[Code | None, str]:
    """The invitation somebody came with, or the key of why it is none."""
    if not typed:
        return None, ""
    try:
        return await codes.find(event.id, typed, now=now, person_id=actor.person_id), ""
    except Refusal as refusal:
        return None, refusal.message_key


async def mine(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Where one stands: whoever holds the link may look and act."""
    now = clock.now()
    view = await queries.get(code)
    return secret(
        page(
            request,
            "registrations/mine.html",
            registration=view,
            choices=await choosing.shown(view.id, now=now),
            asking=await answering.shown(code, language_of(request), now=now),
            documents=await documents.for_holder(code),
            may_cancel=view.may_cancel(now),
            is_late=view.is_late(now),
            costs=telling.costs(view, language_of(request)),
            afterwards=await queries.afterwards(view) if view.ends_at <= now else None,
            is_to_come=event_rules.goes_on(view.event_state, ends_at=view.ends_at, now=now),
        )
    )


async def verify(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """A stranger confirms."""
    view = await strangers.verify(actor_of(request), code, now=clock.now())
    return _back(view)


async def accept(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Take the offered place, or that of the unit named in the form."""
    unit_id = await _named_unit(request)
    moved = await service.accept(actor_of(request), code, unit_id=unit_id, now=clock.now())
    return _back(moved)


async def decline(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Leave the offered place, or that of the unit named in the form, to the next."""
    unit_id = await _named_unit(request)
    moved = await service.decline(actor_of(request), code, unit_id=unit_id, now=clock.now())
    return _back(moved)


async def cancel(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Give the place up, or leave the line; or that of the unit named in the form only."""
    unit_id = await _named_unit(request)
    moved = await service.cancel(actor_of(request), code, unit_id=unit_id, now=clock.now())
    if unit_id is not None:
        return see_other(f"/registrations/{code}", notice="registrations.notice.changed")
    return _back(moved)


async def take(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Choose a workshop or lunch beside one's seat, or the other sort of seat."""
    unit_id = await _named_unit(request) or 0
    return _back(await choosing.take(actor_of(request), code, unit_id, now=clock.now()))


async def wishes(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Whether a place that comes free is taken at once, and only with what stands beside it."""
    given = await sent(request)
    await service.change_wishes(
        actor_of(request),
        code,
        auto_accept=bool(given.get("auto_accept")),
        together=bool(given.get("together")),
        now=clock.now(),
    )
    return see_other(f"/registrations/{code}", notice="registrations.notice.wishes")


async def _named_unit(request: AnyRequest) -> int | None:
    return whole((await sent(request)).get("unit_id"))


def _back(view: queries.RegistrationView) -> Response[Any]:
    return see_other(f"/registrations/{view.code}", notice=f"registrations.notice.{view.state}")
