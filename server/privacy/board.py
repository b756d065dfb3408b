"""The board's side: data of others, erasure with its plan, and what has been kept long enough."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.members import queries as members
from server.privacy import asking, erasing, pages, retention
from server.rights import Area
from server.web.forms import Form, at_most, required, sent, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
HERE = "/board/privacy"
SHOWN = 50


class DeclineForm(Form):
    """Why somebody's data are not erased; it is told to them."""

    answer = TextAreaField(
        "privacy.field.answer",
        [required(), at_most(asking.LONGEST)],
        filters=[stripped],
        render_kw={"rows": 3},
    )


async def overview(request: AnyRequest) -> Response[Any]:
    """Who asked to be erased, what is due to be forgotten, and what was erased."""
    require_right(request, Area.people)
    now = clock.now()
    idle = await retention.idle(now)
    return page(
        request,
        "privacy/board.html",
        asked=await asking.asked(is_done=False),
        done=await asking.asked(is_done=True),
        due=await retention.due(now),
        idle=idle[:SHOWN],
        idle_count=len(idle),
    )


async def erase_idle(request: AnyRequest) -> Response[Any]:
    """Erase those who were shown, as far as we have still not heard of them."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    shown = str((await sent(request)).get("people", "")).split(",")
    chosen = [int(one) for one in shown[:SHOWN] if one.isascii() and one.isdecimal()]
    await retention.erase_idle(actor, chosen, now=clock.now())
    return see_other(HERE, notice="privacy.notice.idle_erased")


async def before_erasing(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """What erasing somebody would do, table by table."""
    require_right(request, Area.people, to_change=True)
    return await _plan(request, person_id, DeclineForm())


async def decline(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Tell somebody why their data are not erased."""
    actor = require_right(request, Area.people, to_change=True)
    form = await DeclineForm.read(request)
    if not form.validate():
        return await _plan(request, person_id, form)
    await asking.decline(actor, person_id, form.answer.data, now=clock.now())
    return see_other(f"/board/people/{person_id}", notice="privacy.notice.declined")


async def _plan(request: AnyRequest, person_id: int, form: DeclineForm) -> Response[Any]:
    return page(
        request,
        "privacy/plan.html",
        status=422 if form.errors else 200,
        card=await members.card(person_id),
        plan=await erasing.plan(person_id, now=clock.now()),
        asked=await asking.newest(person_id),
        form=form,
    )


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
