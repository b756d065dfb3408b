"""A document of an event, for whoever may fetch it; for anybody else it does not exist."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.events import documents, queries
from server.events.documents import DocumentView
from server.web import uploads
from server.web.caching import etags_in
from server.web.visitor import actor_of

AnyRequest = Request[Any, Any, Any]


async def fetch(
    request: AnyRequest, slug: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """From the page of the event. Raises NotFound, also for what is not for the reader."""
    actor = actor_of(request)
    event = await queries.get(actor, slug, now=clock.now())
    found = await documents.for_reader(actor, event.id, event.group_id)
    return await download(request, documents.chosen(found, document_id))


async def download(request: AnyRequest, document: DocumentView) -> Response[Any]:
    """The file; nothing of it is read when the reader has it already. Nobody keeps it on the way:
    who may fetch it today may not tomorrow."""
    given = {
        **uploads.headers(document.filename),
        "ETag": f'"{document.digest}"',
        "Cache-Control": "private, no-cache",
    }
    if document.digest in etags_in(request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=given)
    content = await documents.content(document)
    return Response(content, media_type=uploads.MEDIA_TYPES[document.kind], headers=given)
