"""Register, and what the holder of a registration's link may do with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from server import clock, language
from server.actors import Actor
from server.errors import Invalid
from server.events import documents
from server.events import queries as events
from server.events import rules as event_rules
from server.people import rules as people
from server.questions import answering, fields
from server.questions.answering import Filled
from server.registrations import choosing, queries, service, sorts
from server.registrations.states import LIVE
from server.registrations.wishes import RegistrationForm
from server.web import pace
from server.web.forms import Form, at_most, optional, required, sent, stripped
from server.web.pages import page, secret, see_other
from server.web.public_form import PublicForm
from server.web.visitor import actor_of, language_of
from tables.registrations import LineState

AnyRequest = Request[Any, Any, Any]


class RegisterForm(Form):
    """What everybody is asked."""

    unit_id = RadioField("registrations.field.unit", [optional()], coerce=int, choices=[])
    extra_ids = SelectMultipleField(
        "registrations.field.extras",
        coerce=int,
        choices=[],
        description="registrations.hint.extras",
    )
    remark = TextAreaField(
        "registrations.field.remark",
        [at_most(1000)],
        description="registrations.hint.remark",
        filters=[stripped],
    )
    key = HiddenField()


class NamedForm(RegisterForm):
    """The same for somebody of whom name and address are asked as well."""

    name = StringField("registrations.field.name", [required(), at_most(120)], filters=[stripped])
    email = EmailField(
        "registrations.field.email",
        [required("errors.field.email"), at_most(254)],
        description="registrations.hint.email",
        filters=[stripped],
    )

    def validate_email(self, field: Any) -> None:
        """One address, nothing else."""
        if not people.valid_email(field.data):
            raise ValidationError("errors.field.email")


class StrangerForm(NamedForm, PublicForm):
    """Who is not signed in also says who they are."""


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
    asked = asks.bind(asks.form(_form_for(actor), said)(data={"key": str(uuid4())}), said)
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
    asker = sorts.asker(actor, event.mode, units, asked.unit_id.data, extras)
    filled = fields.take(asks, asked, asker)
    if not is_good or filled is None:
        return await _form_page(request, event, asks, asked)
    wish = _asked(asked, request, filled)
    try:
        if actor.is_signed_in:
            return _back(await service.register(actor, event.id, wish, now=now))
        async with pace.steady():
            await service.ask(actor, event.id, wish, now=now)
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
    )


async def _form_page(
    request: AnyRequest, event: events.EventView, asks: fields.Asked, asked: Form
) -> Response[Any]:
    now = clock.now()
    units = await sorts.of_event(event.id, now=now)
    offer(asked, units, language_of(request))
    if asked["unit_id"].data is None and asked["unit_id"].choices:
        asked["unit_id"].data = asked["unit_id"].choices[0][0]
    is_stale = getattr(asked, "is_stale", False)
    return page(
        request,
        "registrations/form.html",
        status=422 if asked.problems or is_stale else 200,
        asked=asks,
        is_stale=is_stale,
        event=event,
        units=units,
        form=asked,
        is_open=event.takes_registrations(now),
    )


def offer(asked: Form, units: Sequence[sorts.Unit], said: str) -> None:
    """Which seats and what beside them there is to choose, with what is free of each."""
    for name, is_seat in (("unit_id", True), ("extra_ids", False)):
        choices = [(unit.id, _choice(unit, said)) for unit in units if unit.is_seat == is_seat]
        asked[name].choices = choices


def _choice(unit: sorts.Unit, said: str) -> str:
    kind = "open" if unit.free is None else "free" if unit.free and not unit.waiting else "full"
    return language.text(said, f"registrations.choice.{kind}", name=unit.name(said), free=unit.free)


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
            afterwards=await queries.afterwards(view) if view.ends_at <= now else None,
            is_to_come=event_rules.goes_on(view.event_state, ends_at=view.ends_at, now=now),
        )
    )


async def verify(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """A stranger confirms."""
    view = await service.verify(actor_of(request), code, now=clock.now())
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


async def _named_unit(request: AnyRequest) -> int | None:
    named = str((await sent(request)).get("unit_id") or "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else None


def _back(view: queries.RegistrationView) -> Response[Any]:
    return see_other(f"/registrations/{view.code}", notice=f"registrations.notice.{view.state}")
