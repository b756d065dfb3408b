"""The board's page of the calendars: who fetches what, and whose calendar is behind."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from emails import rendering
from server import clock
from server.calendars import figures, moves, queries, rules
from server.calendars.counting import PERSONAL
from server.rights import Area
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_right, require_signed_in

AnyRequest = Request[Any, Any, Any]
PATH = "/board/calendars"


async def overview(request: AnyRequest) -> Response[Any]:
    """Every feed with its readers, and the moves that some calendars have not seen yet."""
    actor = require_right(request, Area.events)
    today, now = clock.today(), clock.now()
    found = await figures.of_feeds(today)
    return page(
        request,
        "calendars/board.html",
        feeds=[one for one in found if one.key != PERSONAL],
        own=next((one for one in found if one.key == PERSONAL), None),
        living=await figures.living(today),
        pace=await figures.pace(today),
        clients=rules.CLIENTS,
        moves=await moves.coming(now),
        when=moves.when,
        left_out=await queries.left_out(),
        may_mail=actor.changes(Area.events),
    )


async def move(request: AnyRequest, move_id: FromPath[int]) -> Response[Any]:
    """Whose calendar still has the old time, and the letter that they would get."""
    actor, said = require_signed_in(request), language_of(request)
    found = await moves.one(actor, move_id, now=clock.now())
    first = {one.language: one for one in reversed(found.to_mail)}
    letters = []
    for language, person in sorted(first.items(), reverse=True):
        letter = moves.letter(found, person)
        values = rendering.values_of(letter, person.name)
        shown = rendering.render(letter.kind(), language, values, letter.category)
        letters.append((language, shown))
    return page(
        request,
        "calendars/move.html",
        move=found,
        was=moves.when(found.was, said, all_day=found.all_day),
        becomes=moves.when(found.becomes, said, all_day=found.all_day),
        letters=letters,
    )


async def mail(request: AnyRequest, move_id: FromPath[int]) -> Response[Any]:
    """Write to exactly them, once."""
    actor = require_signed_in(request)
    await moves.mail(actor, move_id, now=clock.now())
    back = PATH if actor.sees(Area.events) else f"{PATH}/moves/{move_id}"
    return see_other(back, notice="calendars.notice.mailed")
