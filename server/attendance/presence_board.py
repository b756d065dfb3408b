"""The board's side of who was there: draw up, tick off, correct, answer, settle."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, TextAreaField

from server import clock
from server.attendance import correcting, drawing_up, explaining, objecting, presence
from server.attendance.correcting import Cell, Correction
from server.attendance.presence import Sheet
from server.errors import Invalid
from server.events import board as events
from server.events.queries import EventView
from server.web.forms import Form, at_most, required, sent, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class CorrectionForm(Form):
    """Why, and whether they stayed away with notice; the minutes stand beside it, one a part."""

    is_excused = BooleanField("attendance.field.is_excused")
    reason = TextAreaField(
        "attendance.field.reason",
        [required(), at_most(1000)],
        filters=[stripped],
        description="attendance.hint.reason",
    )


class AnswerForm(Form):
    """Why nothing is changed."""

    answer = TextAreaField(
        "attendance.field.answer", [required(), at_most(1000)], filters=[stripped]
    )


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Everybody with their minutes, what they objected, and the next step."""
    event = await events.managed(request, slug)
    listed = await presence.of_list(event.id)
    sheets = await presence.of_event(event.id)
    return page(
        request,
        "attendance/presences.html",
        event=event,
        listed=listed,
        sheets=sheets,
        absent=sum(not (sheet.was_there or sheet.is_excused) for sheet in sheets),
        open_ones={one.person_id for one in await objecting.of_event(event.id) if one.is_open},
        is_over=event.ends_at <= clock.now(),
        may_settle=listed is not None and listed.may_settle(clock.now()),
    )


async def draw_up(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """From the scans, or once more with what came later."""
    return await _do(request, slug, drawing_up.draw_up, "drawn_up")


async def show(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Send everybody their own."""
    return await _do(request, slug, drawing_up.show, "shown")


async def settle(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """It is final."""
    return await _do(request, slug, drawing_up.settle, "settled")


async def _do(
    request: AnyRequest, slug: str, verb: Callable[..., Awaitable[Any]], done: str
) -> Response[Any]:
    event = await events.managed(request, slug)
    await verb(require_signed_in(request), event.id, now=clock.now())
    return see_other(_path(event), notice=f"attendance.notice.{done}")


async def paper(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The paper list, to be ticked."""
    event = await events.managed(request, slug)
    if await presence.of_list(event.id) is None:
        return see_other(_path(event))
    sheets = await presence.of_event(event.id)
    return page(request, "attendance/ticking.html", event=event, sheets=sheets)


async def tick_off(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Take over what was ticked."""
    event = await events.managed(request, slug)
    form = await sent(request)
    ticked = {cell for name in form.getall("here", []) if (cell := _cell(str(name)))}
    was = {cell for name in form.getall("was", []) if (cell := _cell(str(name)))}
    actor = require_signed_in(request)
    await correcting.tick_off(actor, event.id, ticked, was=was, now=clock.now())
    return see_other(_path(event), notice="attendance.notice.ticked")


def _cell(name: str) -> Cell | None:
    """`12-34`: person and part; the part 0 is the whole event."""
    person, _, part = name.partition("-")
    who, where = whole(person), whole(part)
    return None if who is None or where is None else (who, where or None)


async def one(request: AnyRequest, slug: FromPath[str], person_id: FromPath[int]) -> Response[Any]:
    """One person."""
    event = await events.managed(request, slug)
    sheet = await presence.of_person(event.id, person_id)
    return await _one(request, event, sheet, CorrectionForm(), {})


async def correct(
    request: AnyRequest, slug: FromPath[str], person_id: FromPath[int]
) -> Response[Any]:
    """Write down what their minutes really are."""
    event = await events.managed(request, slug)
    sheet = await presence.of_person(event.id, person_id)
    form: Any = await CorrectionForm.read(request)
    given = {name: str(value).strip() for name, value in (await sent(request)).items()}
    typed = {part.part_id: given.get(f"minutes-{part.part_id or 0}", "") for part in sheet.parts}
    if form.validate():
        try:
            correction = Correction(_minutes(typed), form.reason.data, form.is_excused.data)
            actor = require_signed_in(request)
            await correcting.correct(actor, event.id, person_id, correction, now=clock.now())
        except Invalid as invalid:
            form.blame(Invalid(reason=next(iter(invalid.fields.values()))))
        else:
            return see_other(_path(event), notice="attendance.notice.corrected")
    return await _one(request, event, sheet, form, typed)


def _minutes(typed: dict[int | None, str]) -> dict[int | None, int]:
    found = {part: whole(text, digits=5) for part, text in typed.items()}
    minutes = {part: one for part, one in found.items() if one is not None}
    if len(minutes) < len(typed):
        raise Invalid(minutes="attendance.invalid.minutes")
    return minutes


async def decline(
    request: AnyRequest, slug: FromPath[str], person_id: FromPath[int]
) -> Response[Any]:
    """Leave it as it is, and say why."""
    event = await events.managed(request, slug)
    sheet = await presence.of_person(event.id, person_id)
    waiting = [o for o in await objecting.of_event(event.id, person_id) if o.is_open]
    if not waiting:
        return see_other(f"{_path(event)}/{person_id}")
    form: Any = await AnswerForm.read(request)
    if not form.validate():
        return await _one(request, event, sheet, CorrectionForm(), {}, answer=form)
    actor = require_signed_in(request)
    await objecting.decline(actor, waiting[0].id, form.answer.data, now=clock.now())
    return see_other(_path(event), notice="attendance.notice.declined")


async def _one(
    request: AnyRequest,
    event: EventView,
    sheet: Sheet,
    form: Form,
    typed: dict[int | None, str],
    *,
    answer: Form | None = None,
) -> Response[Any]:
    went = await presence.passings(event.id, sheet.person_id)
    said = language_of(request)
    answer = answer or AnswerForm()
    return page(
        request,
        "attendance/correction.html",
        status=422 if form.errors or answer.errors else 200,
        event=event,
        sheet=sheet,
        because=explaining.sentence(sheet, went.get(sheet.person_id, []), said),
        objections=await objecting.of_event(event.id, sheet.person_id),
        form=form,
        typed=typed,
        answer=answer,
    )


def _path(event: EventView) -> str:
    return f"/board/events/{event.slug}/presence"
