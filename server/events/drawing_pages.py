"""The picture of an event that is shared, and its sheet to print."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.actors import ANONYMOUS
from server.errors import NotFound
from server.events import cards, drawing, queries, timetable
from server.events.drawing import Drawing
from server.web import uploads
from server.web.caching import etags_in
from server.web.visitor import actor_of, language_of

AnyRequest = Request[Any, Any, Any]
BY_ALL, BY_READER = "public, max-age=3600", "private, no-cache"


async def card(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The picture of an event that everybody may know of, in Dutch or by `?lang=en`.

    The same for everybody, so that whoever shares it and a machine see one picture. Raises
    NotFound for any other event, whoever asks.
    """
    event = await queries.get(ANONYMOUS, slug, now=clock.now())
    if not cards.is_public(event):
        raise NotFound
    asked = request.query_params.get("lang", "")
    said = asked if asked in language.LANGUAGES else "nl"
    return await _answer(request, drawing.card(event, said), "image/png", BY_ALL)


async def sheet(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The sheet to print, for whoever may know of the event, in their language."""
    event = await queries.get(actor_of(request), slug, now=clock.now())
    drawn = drawing.sheet(event, await timetable.parts(event.id), language_of(request))
    name = {"Content-Disposition": uploads.as_download(f"{event.slug}.pdf")}
    return await _answer(request, drawn, "application/pdf", BY_READER, name)


async def _answer(
    request: AnyRequest,
    drawn: Drawing,
    media_type: str,
    kept: str,
    more: dict[str, str] | None = None,
) -> Response[Any]:
    given = {"ETag": f'"{drawn.digest}"', "Cache-Control": kept, **(more or {})}
    if drawn.digest in etags_in(request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=given)
    return Response(await drawn.drawn(), media_type=media_type, headers=given)
