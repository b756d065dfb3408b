"""The groups, one group, and asking for a seat in it."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import RadioField

from server import clock, language
from server.errors import NotFound
from server.groups import queries, rules, seats
from server.groups.queries import GroupView
from server.groups.states import SEATED
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.forms import Form, required
from server.web.pages import page, see_other
from server.web.visitor import actor_of, language_of, require_signed_in
from tables.groups import GroupRole

AnyRequest = Request[Any, Any, Any]


class RoleForm(Form):
    """What somebody is in the group, from today."""

    role = RadioField("groups.page.role", [required("errors.field.choice")])


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
        manages=manages,
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


async def one_seat(
    request: AnyRequest, slug: FromPath[str], seat_id: FromPath[int]
) -> Response[Any]:
    """Somebody's seat, for who manages the group."""
    group, seat = await _managed(request, slug, seat_id)
    form = RoleForm(data={"role": seat.role})
    return _seat_page(request, group, seat, form)


async def change_role(
    request: AnyRequest, slug: FromPath[str], seat_id: FromPath[int]
) -> Response[Any]:
    """Another role from today."""
    group, seat = await _managed(request, slug, seat_id)
    form: Any = await RoleForm.read(request)
    _fill(form, language_of(request))
    if not form.validate():
        return _seat_page(request, group, seat, form)
    actor, role = require_signed_in(request), GroupRole(form.role.data)
    await seats.change_role(actor, seat_id, role, now=clock.now())
    return see_other(f"/groups/{slug}", notice="groups.notice.role")


def _fill(form: RoleForm, said: str) -> None:
    form.role.choices = [
        (one.value, language.text(said, f"groups.role.{one}")) for one in GroupRole
    ]


def _seat_page(
    request: AnyRequest, group: GroupView, seat: queries.Seat, form: RoleForm
) -> Response[Any]:
    _fill(form, language_of(request))
    status = 422 if form.errors else 200
    return page(request, "groups/seat.html", status=status, group=group, seat=seat, form=form)


async def _managed(request: AnyRequest, slug: str, seat_id: int) -> tuple[GroupView, queries.Seat]:
    """A group with one of its seats that runs. Raises NotFound for who does not manage it."""
    actor, today = require_signed_in(request), clock.today()
    group = await queries.get(actor, slug, today)
    found = await queries.roster(group.id, today) if actor.manages(group.id) else []
    for seat in found:
        if seat.id == seat_id and seat.state in SEATED:
            return group, seat
    raise NotFound


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
