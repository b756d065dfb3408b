"""A document of an event, by the link of a registration: for guests too."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server.events import document_pages, documents
from server.web.pages import secret

AnyRequest = Request[Any, Any, Any]


async def by_link(
    request: AnyRequest, code: FromPath[str], document_id: FromPath[int]
) -> Response[Any]:
    """What is for everybody, and for who has a seat. Raises NotFound for whatever is not."""
    found = documents.chosen(await documents.for_holder(code), document_id)
    return secret(await document_pages.download(request, found))
