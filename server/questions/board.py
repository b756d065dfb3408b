"""The board's side of the questions of an event: make, order, retire, copy, look at the form."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from server import clock, language
from server.errors import Invalid, NotFound
from server.events import board as events
from server.events.queries import EventView
from server.questions import copying, editing, fields, needs, queries, service, telling
from server.questions.queries import AskedNeeds
from server.questions.rules import Question
from server.web.forms import Form, at_most, required, sent, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.questions import QuestionKind

AnyRequest = Request[Any, Any, Any]
KINDS = [kind.value for kind in QuestionKind]


class QuestionForm(Form):
    """One question. What it is for and when is filled in when shown."""

    kind = SelectField("questions.field.kind", [required("errors.field.choice")])
    label_nl = StringField(
        "questions.field.label_nl", [required(), at_most(200)], filters=[stripped]
    )
    label_en = StringField("questions.field.label_en", [at_most(200)], filters=[stripped])
    help_nl = StringField("questions.field.help_nl", [at_most(300)], filters=[stripped])
    help_en = StringField("questions.field.help_en", [at_most(300)], filters=[stripped])
    options_nl = TextAreaField(
        "questions.field.options_nl",
        [at_most(4000)],
        filters=[stripped],
        description="questions.hint.options",
    )
    options_en = TextAreaField(
        "questions.field.options_en",
        [at_most(4000)],
        filters=[stripped],
        description="questions.hint.options_en",
    )
    is_required = BooleanField("questions.field.is_required")
    audience = SelectField("questions.field.audience", [required("errors.field.choice")])
    only_if = SelectField("questions.field.only_if")
    is_typo = BooleanField("questions.field.is_typo", description="questions.hint.is_typo")
    revision = HiddenField()


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The questions in their order, and what else is asked."""
    event = await events.managed(request, slug)
    asked = await fields.asked_by(event.id)
    everything = await queries.of_event(event.id, with_retired=True)
    return page(
        request,
        "questions/board.html",
        event=event,
        asked=asked,
        active=[one for one in everything if one.state == "active"],
        retired=[one for one in everything if one.state != "active"],
        owing=len(await telling.owing(event.id)),
        earlier=await editing.copyable(require_signed_in(request), event.id),
    )


async def new(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """A form for one more question."""
    event = await events.managed(request, slug)
    form = QuestionForm(data={"kind": QuestionKind.text.value, "audience": "everybody"})
    return await _form_page(request, event, form)


async def create(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more question."""
    event = await events.managed(request, slug)
    form = await _read(request, event)
    if form.validate():
        try:
            asked = editing.question(form)
            await service.add(require_signed_in(request), event.id, asked, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(_path(event), notice="questions.notice.added")
    return await _form_page(request, event, form)


async def one(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """One question, to be changed."""
    event = await events.managed(request, slug)
    question = await _question(event, question_id)
    return await _form_page(request, event, QuestionForm(data=editing.data(question)), question)


async def change(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """Save one question."""
    event = await events.managed(request, slug)
    question = await _question(event, question_id)
    form = await _read(request, event, question)
    if form.validate():
        try:
            await service.change(
                require_signed_in(request),
                question.id,
                editing.question(form, question),
                is_typo=form.is_typo.data,
                now=clock.now(),
            )
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(_path(event), notice="questions.notice.saved")
    return await _form_page(request, event, form, question)


async def move_up(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """One place earlier."""
    return await _do(request, slug, question_id, _timed(service.move_up), "moved")


async def move_down(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """One place later."""
    return await _do(request, slug, question_id, _timed(service.move_down), "moved")


async def retire(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """Ask it no more."""
    return await _do(request, slug, question_id, service.retire, "retired")


async def revive(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """Ask it again."""
    return await _do(request, slug, question_id, service.revive, "revived")


async def remove(
    request: AnyRequest, slug: FromPath[str], question_id: FromPath[int]
) -> Response[Any]:
    """Take away what nobody answered."""
    return await _do(request, slug, question_id, service.delete, "removed")


def _timed(verb: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def now(*given: Any) -> None:
        await verb(*given, now=clock.now())

    return now


async def _do(
    request: AnyRequest,
    slug: str,
    question_id: int,
    verb: Callable[..., Awaitable[None]],
    done: str,
) -> Response[Any]:
    event = await events.managed(request, slug)
    question = await _question(event, question_id)
    await verb(require_signed_in(request), question.id)
    return see_other(_path(event), notice=f"questions.notice.{done}")


async def copy(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Take over the questions of an earlier event."""
    event = await events.managed(request, slug)
    actor = require_signed_in(request)
    known = {one.id for one in await editing.copyable(actor, event.id)}
    from_id = whole((await sent(request)).get("event"))
    if from_id is None or from_id not in known:
        return see_other(_path(event), notice="questions.notice.nothing_copied")
    await copying.copy(actor, event.id, from_id, now=clock.now())
    return see_other(_path(event), notice="questions.notice.copied")


async def ask_needs(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Whether diet and access needs are asked."""
    event = await events.managed(request, slug)
    form = await sent(request)
    asked = AskedNeeds("diet" in form, "access" in form)
    await needs.ask(require_signed_in(request), event.id, asked, now=clock.now())
    return see_other(_path(event), notice="questions.notice.saved")


async def ask_them(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """A letter to who still owes answers."""
    event = await events.managed(request, slug)
    await telling.ask_them(require_signed_in(request), event)
    return see_other(_path(event), notice="questions.notice.asked_them")


async def preview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The questions as people see them."""
    event = await events.managed(request, slug)
    asked, said = await fields.asked_by(event.id), language_of(request)
    form = asked.bind(asked.form(Form, said)(), said)
    return page(request, "questions/preview.html", event=event, asked=asked, form=form)


async def _question(event: EventView, question_id: int) -> Question:
    for question in await queries.of_event(event.id, with_retired=True):
        if question.id == question_id:
            return question
    raise NotFound


async def _read(request: AnyRequest, event: EventView, question: Question | None = None) -> Any:
    form = await QuestionForm.read(request)
    await _fill(form, event, language_of(request), question)
    return form


async def _fill(form: Any, event: EventView, said: str, question: Question | None) -> None:
    form.kind.choices = [(k, language.text(said, f"questions.kind.{k}")) for k in KINDS]
    form.audience.choices = await editing.audiences(event.id, said)
    form.only_if.choices = await editing.conditions(event.id, said, question)


async def _form_page(
    request: AnyRequest, event: EventView, form: Any, question: Question | None = None
) -> Response[Any]:
    await _fill(form, event, language_of(request), question)
    status = 422 if form.problems else 200
    return page(
        request, "questions/form.html", status=status, event=event, form=form, question=question
    )


def _path(event: EventView) -> str:
    return f"/board/events/{event.slug}/questions"
