"""The organiser's side of the documents of an event: bring, name, order, renew, take away."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from wtforms import FileField, HiddenField, SelectField, StringField

from server import clock, language
from server.errors import Invalid
from server.events import documents, filing
from server.events.board import managed
from server.events.documents import DocumentView
from server.events.queries import EventView
from server.web import uploads
from server.web.forms import Form, at_most, required, sent, stripped
from server.web.pages import page, see_other
from server.web.uploads import Upload
from server.web.visitor import language_of, require_signed_in
from tables.events import DocumentVisibility

AnyRequest = Request[Any, Any, Any]


class SaidForm(Form):
    """What is said of a document. Who may fetch it is filled when shown."""

    title = StringField(
        "events.field.document_title", [required(), at_most(200)], filters=[stripped]
    )
    title_en = StringField("events.field.title_en", [at_most(200)], filters=[stripped])
    visibility = SelectField(
        "events.field.document_visibility",
        [required("errors.field.choice")],
        description="events.hint.document_visibility",
    )
    revision = HiddenField()


class FileForm(Form):
    """The file itself."""

    file = FileField(
        "events.field.file",
        description="events.hint.file",
        render_kw={"accept": uploads.ACCEPTED},
    )


class NewForm(FileForm, SaidForm):
    """Both at once."""


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The documents in their order, and a form for one more."""
    event = await managed(request, slug)
    return await _overview(request, event, NewForm(data={"visibility": "participants"}))


async def add(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more document."""
    event = await managed(request, slug)
    asked = await NewForm.read(request)
    _offer(asked, event, language_of(request))
    is_said, file = asked.validate(), await _file(request, asked)
    if is_said and file is not None:
        try:
            actor = require_signed_in(request)
            await filing.add(actor, event.id, _said(asked), file, now=clock.now())
        except Invalid as invalid:
            asked.blame(invalid)
        else:
            return see_other(_path(event), notice="events.notice.document_added")
    return await _overview(request, event, asked)


async def one(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """One document: its name, and a form for a new version."""
    event = await managed(request, slug)
    document = await _document(event, document_id)
    return _page(request, event, document, _as_it_is(document), FileForm())


async def change(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """Save what is said of it."""
    event = await managed(request, slug)
    document = await _document(event, document_id)
    asked = await SaidForm.read(request)
    _offer(asked, event, language_of(request))
    if asked.validate():
        given = asked.revision.data or ""
        revision = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1
        try:
            await filing.change(
                require_signed_in(request),
                document.id,
                _said(asked),
                expected_revision=revision,
                now=clock.now(),
            )
        except Invalid as invalid:
            asked.blame(invalid)
        else:
            return see_other(_path(event), notice="events.notice.document_saved")
    return _page(request, event, document, asked, FileForm())


async def renew(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """A new version in the place of this one."""
    event = await managed(request, slug)
    document = await _document(event, document_id)
    asked = await FileForm.read(request)
    file = await _file(request, asked)
    if file is not None:
        try:
            actor = require_signed_in(request)
            is_other = await filing.replace(actor, document.id, file, now=clock.now())
        except Invalid as invalid:
            asked.blame(invalid)
        else:
            done = "replaced" if is_other else "same"
            return see_other(_path(event), notice=f"events.notice.document_{done}")
    return _page(request, event, document, _as_it_is(document), asked)


async def move_up(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """One place earlier."""
    return await _move(request, slug, document_id, -1)


async def move_down(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """One place later."""
    return await _move(request, slug, document_id, 1)


async def _move(request: AnyRequest, slug: str, document_id: int, steps: int) -> Response[Any]:
    event = await managed(request, slug)
    document = await _document(event, document_id)
    await filing.move(require_signed_in(request), document.id, steps, now=clock.now())
    return see_other(_path(event), notice="events.notice.document_moved")


async def remove(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """Take it away."""
    event = await managed(request, slug)
    document = await _document(event, document_id)
    await filing.remove(require_signed_in(request), document.id)
    return see_other(_path(event), notice="events.notice.document_removed")


def _path(event: EventView) -> str:
    return f"/board/events/{event.slug}/documents"


async def _document(event: EventView, document_id: int) -> DocumentView:
    return documents.chosen(await documents.of_event(event.id), document_id)


async def _file(request: AnyRequest, asked: Form) -> Upload | None:
    """The file that was sent; None, and the form says why, when it cannot be taken."""
    file = (await sent(request)).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        asked.blame(Invalid(file="errors.file.missing"))
        return None
    try:
        return uploads.taken(file.filename, await file.read())
    except Invalid as invalid:
        asked.blame(invalid)
        return None


def _said(asked: Form) -> dict[str, Any]:
    return {name: asked[name].data for name in filing.COLUMNS}


def _as_it_is(document: DocumentView) -> SaidForm:
    return SaidForm(
        data={
            **{"title": document.title_nl, "title_en": document.title_en},
            **{"visibility": document.visibility, "revision": str(document.revision)},
        }
    )


def _offer(asked: Form, event: EventView, said: str) -> None:
    """Who may fetch it there is to choose from; a group only where the event has one."""
    asked["visibility"].choices = [
        (one.value, language.text(said, f"events.document.for.{one}"))
        for one in DocumentVisibility
        if one != DocumentVisibility.group or event.group_id is not None
    ]


async def _overview(request: AnyRequest, event: EventView, asked: NewForm) -> Response[Any]:
    _offer(asked, event, language_of(request))
    return page(
        request,
        "events/documents.html",
        status=422 if asked.problems else 200,
        event=event,
        documents=await documents.of_event(event.id),
        form=asked,
    )


def _page(
    request: AnyRequest,
    event: EventView,
    document: DocumentView,
    asked: SaidForm,
    fresh: FileForm,
) -> Response[Any]:
    _offer(asked, event, language_of(request))
    return page(
        request,
        "events/document.html",
        status=422 if asked.problems or fresh.problems else 200,
        event=event,
        document=document,
        form=asked,
        fresh=fresh,
    )
