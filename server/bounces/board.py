"""The board's page of deliverability: what waits, which addresses are paused, who refuses us."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.bounces import queries, service
from server.outbox import queries as outbox
from server.rights import Area
from server.web.pages import page, see_other
from server.web.visitor import require_right

AnyRequest = Request[Any, Any, Any]
HERE = "/board/deliverability"


async def overview(request: AnyRequest) -> Response[Any]:
    """Numbers, paused addresses, and how servers refuse us."""
    actor = require_right(request, Area.letters)
    return page(
        request,
        "bounces/overview.html",
        counts=await outbox.counts(),
        paused=await queries.paused(),
        policies=await queries.refused_as_sender(clock.now()),
        may_release=actor.changes(Area.letters),
        sees_people=actor.sees(Area.people),
    )


async def release(request: AnyRequest, bounce_id: FromPath[int]) -> Response[Any]:
    """Mail a paused address again."""
    actor = require_right(request, Area.letters, to_change=True)
    await service.release(actor, bounce_id, now=clock.now())
    return see_other(HERE, notice="bounces.notice.released")
