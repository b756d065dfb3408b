"""The board's side: data of others, erasure with its plan, and what has been kept long enough."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.members import queries as members
from server.privacy import erasing, pages, retention
from server.rights import Area
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
HERE = "/board/privacy"
SHOWN = 50


async def overview(request: AnyRequest) -> Response[Any]:
    """Who asked to be erased, what is due to be forgotten, and what was erased."""
    require_right(request, Area.people)
    now = clock.now()
    idle = await retention.idle(now)
    return page(
        request,
        "privacy/board.html",
        asked=await erasing.asked(done=False),
        done=await erasing.asked(done=True),
        due=await retention.due(now),
        idle=idle[:SHOWN],
        idle_count=len(idle),
    )


async def erase_idle(request: AnyRequest) -> Response[Any]:
    """Erase everybody of whom we have not heard for two years."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    await retention.erase_idle(actor, now=clock.now())
    return see_other(HERE, notice="privacy.notice.idle_erased")


async def before_erasing(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """What erasing somebody would do, table by table."""
    require_right(request, Area.people, to_change=True)
    card = await members.card(person_id)
    plan = await erasing.plan(person_id, now=clock.now())
    return page(request, "privacy/plan.html", card=card, plan=plan)


async def erase(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Erase somebody."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    await erasing.erase(actor, person_id, now=clock.now())
    return see_other(f"/board/people/{person_id}", notice="privacy.notice.erased")


async def data_as_json(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Somebody's data, who asked the board for it; on record."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    await members.card(person_id)
    return await pages.as_json(actor, person_id, now=clock.now())


async def data_as_pdf(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Somebody's data on paper; on record."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    card = await members.card(person_id)
    said = language_of(request)
    return await pages.as_pdf(actor, person_id, card.name, said=said, now=clock.now())
