"""The groups, one group, and asking for a seat in it."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.errors import NotFound
from server.groups import queries, rules, seats
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.pages import page, see_other
from server.web.visitor import actor_of, language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


async def overview(request: AnyRequest) -> Response[Any]:
    """Every group that the reader may know of."""
    groups = await queries.listed(actor_of(request), clock.today())
    return page(request, "groups/groups.html", groups=groups)


async def show(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One group: its mission for all, its roster for members, the rest for the group itself."""
    actor, now, today = actor_of(request), clock.now(), clock.today()
    group = await queries.get(actor, slug, today)
    manages, inside = actor.manages(group.id), group.id in actor.groups or actor.sees(Area.groups)
    sees_roster = actor.is_member or inside
    seat = await queries.seat_in(group.id, actor.person_id, today) if actor.person_id else None
    return page(
        request,
        "groups/group.html",
        group=group,
        inside=inside,
        sees_roster=sees_roster,
        roster=await queries.roster(group.id, today) if sees_roster else [],
        requests=await queries.requests(group.id) if manages else [],
        meetings=await queries.coming(actor, group.id, now=now),
        seat=seat,
        may_ask=rules.may_ask(group.state, is_member=actor.is_member, has_seat=seat is not None),
        admin_row=admin_row("working_group", group.id, language_of(request)),
    )


async def ask(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Ask for a seat; the chair answers."""
    actor = require_signed_in(request)
    group = await queries.get(actor, slug, clock.today())
    await seats.request_seat(actor, group.id, now=clock.now())
    return see_other(f"/groups/{slug}", notice="groups.notice.asked")


async def admit(request: AnyRequest, slug: FromPath[str], seat_id: FromPath[int]) -> Response[Any]:
    """The chair lets somebody in."""
    actor = require_signed_in(request)
    await _require_seat_of(request, slug, seat_id)
    await seats.answer_request(actor, seat_id, admit=True, now=clock.now())
    return see_other(f"/groups/{slug}", notice="groups.notice.admitted")


async def decline(
    request: AnyRequest, slug: FromPath[str], seat_id: FromPath[int]
) -> Response[Any]:
    """The chair says no to a request."""
    actor = require_signed_in(request)
    await _require_seat_of(request, slug, seat_id)
    await seats.answer_request(actor, seat_id, admit=False, now=clock.now())
    return see_other(f"/groups/{slug}", notice="groups.notice.declined")


async def end(request: AnyRequest, slug: FromPath[str], seat_id: FromPath[int]) -> Response[Any]:
    """Leave the group, or the chair ends somebody's seat."""
    actor = require_signed_in(request)
    await _require_seat_of(request, slug, seat_id)
    await seats.end_seat(actor, seat_id, now=clock.now())
    return see_other("/groups", notice="groups.notice.ended")


async def _require_seat_of(request: AnyRequest, slug: str, seat_id: int) -> None:
    """The seat in the address must be one of the group in the address."""
    group = await queries.get(actor_of(request), slug, clock.today())
    if not await queries.is_seat_of(seat_id, group.id):
        raise NotFound
