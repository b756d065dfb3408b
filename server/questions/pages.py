"""Answering later, or otherwise: whoever holds the link of a registration may."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.errors import Invalid
from server.questions import answering, fields, queries
from server.questions.fields import Asked
from server.questions.queries import Sheet
from server.questions.refusals import TooLateToAnswer
from server.web.forms import Form
from server.web.pages import page, secret, see_other
from server.web.visitor import actor_of, language_of

AnyRequest = Request[Any, Any, Any]


async def mine(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """What was answered, to be changed."""
    sheet = await queries.sheet(code)
    asked = await fields.asked_by(sheet.event_id)
    said = language_of(request)
    known = fields.given(await queries.answers_of(sheet.id), await queries.need_of(sheet.id))
    form = asked.bind(asked.form(Form, said)(data=known), said)
    return _page(request, sheet, asked, form)


async def save(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Keep what is answered now."""
    sheet, now = await queries.sheet(code), clock.now()
    if not sheet.is_open(now):
        raise TooLateToAnswer
    asked, form = await _read(request, sheet)
    filled = fields.take(asked, form, sheet.asker)
    if filled is None:
        return _page(request, sheet, asked, form)
    try:
        await answering.change(actor_of(request), sheet, filled, now=now)
    except Invalid:
        asked, form = await _read(request, sheet)
        form.is_stale = True
        return _page(request, sheet, asked, form)
    return see_other(f"/registrations/{code}", notice="questions.notice.answered")


async def _read(request: AnyRequest, sheet: Sheet) -> tuple[Asked, Any]:
    asked = await fields.asked_by(sheet.event_id)
    said = language_of(request)
    form: Any = asked.bind(await asked.form(Form, said).read(request), said)
    form.validate()
    return asked, form


def _page(request: AnyRequest, sheet: Sheet, asked: Asked, form: Any) -> Response[Any]:
    is_stale = getattr(form, "is_stale", False)
    return secret(
        page(
            request,
            "questions/mine.html",
            status=422 if form.problems or is_stale else 200,
            sheet=sheet,
            asked=asked,
            form=form,
            is_stale=is_stale,
            is_open=sheet.is_open(clock.now()),
        )
    )
