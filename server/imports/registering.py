"""A list of people from a file, registered for an event: looked at first, then done."""

import asyncio
import json
from typing import Any

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from wtforms import FileField, HiddenField

from server import clock
from server.errors import Invalid
from server.events.board import managed
from server.events.queries import EventView
from server.imports import reading
from server.registrations import many
from server.registrations.many import Listed
from server.web.forms import Form, sent, stripped
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]
HEADERS = {
    "name": ("naam", "name", "volledige naam", "full name", "deelnemer"),
    "email": ("e-mail", "email", "e-mailadres", "mail", "emailadres", "email address"),
    "language": ("taal", "language"),
    "remark": ("opmerking", "opmerkingen", "remark", "remarks"),
}
LONGEST = {"name": 120, "email": 254, "language": 2, "remark": 1000}


class ListForm(Form):
    """A file; or the lines of one that was looked at."""

    file = FileField("imports.field.file", description="registrations.hint.many")
    lines = HiddenField()


async def ask(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """For a file."""
    return _page(request, await managed(request, slug), ListForm())


async def take(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Look at a file, or register whom it names once it was looked at."""
    event, now = await managed(request, slug), clock.now()
    actor, form = require_signed_in(request), await ListForm.read(request)
    try:
        if form.lines.data:
            done = await many.register(actor, event.id, _lines(form.lines.data), now=now)
            if any(one.problem for one in done):
                return _page(request, event, ListForm(), done, is_done=True)
            return see_other(f"/board/events/{slug}", notice="registrations.notice.many")
        looked = await many.look(actor, event.id, await _read(request), now=now)
    except Invalid as invalid:
        form.blame(invalid)
        return _page(request, event, form)
    form.lines.data = json.dumps([[o.name, o.email, o.language, o.remark] for o in looked])
    return _page(request, event, form, looked)


async def _read(request: AnyRequest) -> list[Listed]:
    file = (await sent(request)).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Invalid(file="imports.file.missing")
    sheet = await asyncio.to_thread(reading.read, await file.read())
    names = [header.strip().lower() for header in sheet.headers]
    found = {
        column: next((names.index(word) for word in words if word in names), None)
        for column, words in HEADERS.items()
    }
    if found["name"] is None or found["email"] is None:
        raise Invalid(file="registrations.many.no_columns")
    return [
        _listed(number, {name: "" if at is None else cells[at] for name, at in found.items()})
        for number, cells in zip(sheet.numbers, sheet.lines, strict=True)
    ]


def _lines(text: str) -> list[Listed]:
    """The lines that were looked at. Raises Invalid for what is none."""
    try:
        rows = json.loads(text)
        return [
            _listed(n, dict(zip(HEADERS, map(str, row), strict=True)))
            for n, row in enumerate(rows, start=1)
        ]
    except (ValueError, TypeError, RecursionError):
        raise Invalid(file="imports.file.broken") from None


def _listed(number: int, values: dict[str, str]) -> Listed:
    said = {name: stripped(value)[: LONGEST[name]] for name, value in values.items()}
    language = "en" if said["language"].lower().startswith("en") else "nl"
    return Listed(number, said["name"], said["email"], language, said["remark"])


def _page(
    request: AnyRequest,
    event: EventView,
    form: ListForm,
    looked: list[Listed] | None = None,
    *,
    is_done: bool = False,
) -> Response[Any]:
    return page(
        request,
        "registrations/many.html",
        status=422 if form.errors else 200,
        event=event,
        form=form,
        looked=looked,
        is_done=is_done,
        good=sum(bool(one.state) for one in looked or []),
    )
