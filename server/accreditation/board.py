"""The cockpit: per event and register how far it is, what is due, and one next step."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from server import clock
from server.accreditation import lists, queries, rules, service
from server.accreditation.queries import AccreditationView
from server.actors import Actor
from server.errors import Invalid, NotFound
from server.events import queries as events
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class PlanForm(Form):
    """Another register."""

    register = SelectField("accreditation.field.register", [required("errors.field.choice")])


class StepForm(Form):
    """What a step may ask for; each step takes what it needs."""

    external_id = StringField("accreditation.field.external_id", [at_most(60)], filters=[stripped])
    points = StringField(
        "accreditation.field.points",
        [at_most(10)],
        filters=[stripped],
        description="accreditation.hint.points",
        render_kw={"inputmode": "decimal"},
    )
    note = TextAreaField("accreditation.field.note", [at_most(1000)], filters=[stripped])


async def overview(request: AnyRequest) -> Response[Any]:
    """Everything that is not finished, the most urgent first."""
    _handler(request)
    return page(
        request,
        "accreditation/overview.html",
        accreditations=await queries.open_ones(),
        today=clock.today(),
    )


async def of_event(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The registers of one event."""
    event, _ = await handled(request, slug)
    return await _of_event(request, event, PlanForm())


async def plan(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Put another register with it."""
    event, actor = await handled(request, slug)
    form: Any = await PlanForm.read(request)
    await _choices(event, form)
    if not form.validate():
        return await _of_event(request, event, form)
    made = await service.plan(actor, event.id, int(form.register.data), now=clock.now())
    return see_other(f"{path(event)}/{made}", notice="accreditation.notice.planned")


async def one(
    request: AnyRequest, slug: FromPath[str], accreditation_id: FromPath[int]
) -> Response[Any]:
    """One register: how it is counted, who is handed in, who lacks a number."""
    event, _ = await handled(request, slug)
    return await _one(request, await of(event, accreditation_id), StepForm())


Verb = Callable[[Actor, int, Any], Awaitable[Any]]
STEPS: dict[str, Verb] = {
    "submit": lambda who, one, form: service.submit(who, one, external_id=form.external_id.data),
    "question": lambda who, one, form: service.question(who, one, form.note.data or ""),
    "answer": lambda who, one, _form: service.answer(who, one),
    "grant": lambda who, one, form: service.grant(
        who, one, form.points.data or "", external_id=form.external_id.data
    ),
    "refuse": lambda who, one, form: service.refuse(who, one, form.note.data or ""),
    "withdraw": lambda who, one, form: service.withdraw(who, one, form.note.data or ""),
    "resume": lambda who, one, _form: service.resume(who, one),
    "confirm": lambda who, one, _form: service.confirm(who, one),
}


async def step(
    request: AnyRequest, slug: FromPath[str], accreditation_id: FromPath[int], action: FromPath[str]
) -> Response[Any]:
    """One step further, by its name."""
    event, actor = await handled(request, slug)
    view = await of(event, accreditation_id)
    if action not in STEPS:
        raise NotFound
    form: Any = await StepForm.read(request)
    if form.validate():
        try:
            await STEPS[action](actor, view.id, form)
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _one(request, view, form)
    return see_other(f"{path(event)}/{view.id}", notice="accreditation.notice.moved")


async def ask_numbers(
    request: AnyRequest, slug: FromPath[str], accreditation_id: FromPath[int]
) -> Response[Any]:
    """Ask exactly those who lack one."""
    event, actor = await handled(request, slug)
    view = await of(event, accreditation_id)
    await service.ask_numbers(actor, view.id)
    return see_other(f"{path(event)}/{view.id}", notice="accreditation.notice.asked")


async def _of_event(request: AnyRequest, event: events.EventView, form: Any) -> Response[Any]:
    await _choices(event, form)
    return page(
        request,
        "accreditation/event.html",
        status=422 if form.errors else 200,
        event=event,
        accreditations=await queries.of_event(event.id),
        today=clock.today(),
        form=form,
    )


async def _choices(event: events.EventView, form: Any) -> None:
    found = await queries.choices(event.id, clock.day_of(event.starts_at))
    form.register.choices = [SelectChoice(str(one.id), f"{one.code}: {one.name}") for one in found]


async def _one(request: AnyRequest, view: AccreditationView, form: Form) -> Response[Any]:
    slots = await queries.slots(view.event_id, view.starts_at, view.ends_at)
    said = language_of(request)
    return page(
        request,
        "accreditation/one.html",
        status=422 if form.errors else 200,
        accreditation=view,
        counted=rules.points(view.register, slots),
        arithmetic=rules.arithmetic(view.register, slots, said),
        in_words=lambda value: rules.points_in_words(value, said),
        handing_in=await lists.of(view),
        exports=await queries.exports(view.id),
        today=clock.today(),
        form=form,
    )


async def of(event: events.EventView, accreditation_id: int) -> AccreditationView:
    """An accreditation of this event. Raises NotFound for one of another."""
    view = await queries.one(accreditation_id)
    if view.event_id != event.id:
        raise NotFound
    return view


async def handled(request: AnyRequest, slug: str) -> tuple[events.EventView, Actor]:
    """The event, and who handles its accreditation; for anybody else there is none of it."""
    actor = _handler(request)
    return await events.get(actor, slug, now=clock.now()), actor


def _handler(request: AnyRequest) -> Actor:
    """Who handles accreditation; for anybody else there is none of it."""
    actor = require_signed_in(request)
    if not service.may(actor):
        raise NotFound
    return actor


def path(event: events.EventView) -> str:
    """Where the accreditation of an event stands."""
    return f"/board/events/{event.slug}/accreditation"
