"""How to join and how to leave; one's own membership."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.memberships import notice, queries
from server.memberships.telling import MINE
from server.outbox.message import sender
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]


async def about(request: AnyRequest) -> Response[Any]:
    """Joining and cancelling, for everybody (BW 2:35 lid 6)."""
    types = await queries.types(clock.today())
    return page(request, "memberships/about.html", types=types, mail_from=sender())


async def mine(request: AnyRequest) -> Response[Any]:
    """Where I stand, and what a notice today would mean."""
    actor, today = require_signed_in(request), clock.today()
    standing = await queries.standing(actor.person_id or 0)
    return page(
        request,
        "memberships/mine.html",
        standing=standing,
        membership=standing.current(today),
        status_now=standing.status_on(today),
        suspension=standing.suspension(today),
        today=today,
    )


async def give_notice(request: AnyRequest, membership_id: FromPath[int]) -> Response[Any]:
    """End my membership on its legal last day."""
    await notice.give(require_signed_in(request), membership_id, now=clock.now())
    return see_other(MINE, notice="memberships.notice.given")


async def withdraw_notice(request: AnyRequest, membership_id: FromPath[int]) -> Response[Any]:
    """Stay after all."""
    await notice.withdraw(require_signed_in(request), membership_id, now=clock.now())
    return see_other(MINE, notice="memberships.notice.withdrawn")


async def renew(request: AnyRequest, membership_id: FromPath[int]) -> Response[Any]:
    """Go on for another period."""
    await notice.renew(require_signed_in(request), membership_id, now=clock.now())
    return see_other(MINE, notice="memberships.notice.renewed")
