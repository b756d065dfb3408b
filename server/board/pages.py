"""The board's page: what waits for a decision, and where the desks are."""

from typing import Any

from litestar import Request, Response

from server import clock
from server.board import queries
from server.outbox import queries as outbox
from server.rights import Area
from server.web.pages import page
from server.web.visitor import require_board, require_right

AnyRequest = Request[Any, Any, Any]


async def overview(request: AnyRequest) -> Response[Any]:
    """What waits, oldest first; numbers; desks."""
    require_board(request)
    now = clock.now()
    return page(
        request,
        "board/overview.html",
        tasks=await queries.tasks(now),
        numbers=await queries.numbers(clock.today(), now),
        coming=await queries.coming(now),
    )


async def letters(request: AnyRequest) -> Response[Any]:
    """Letters that did not arrive, and why."""
    require_right(request, Area.letters)
    return page(
        request,
        "board/letters.html",
        letters=await outbox.troubled(),
        counts=await outbox.counts(),
    )
