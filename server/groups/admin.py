"""Groups and seats in the admin, through the same verbs as the pages."""

from datetime import date, datetime

from server import clock
from server.actors import Actor
from server.groups import seats, service
from server.groups.states import GROUP, SEAT
from server.rights import Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Move, Values
from tables.groups import GroupMembership, GroupRole, WorkingGroup


async def _create(actor: Actor, values: Values, now: datetime) -> int:
    return await service.create(actor, values, now=now)


async def _change(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await service.change(actor, row_id, values, now=now)


async def _seat(actor: Actor, values: Values, now: datetime) -> int:
    from_on, until_on = values["from_on"], values.get("until_on")
    seat = seats.NewSeat(
        group=int(str(values["group"])),
        person=int(str(values["person"])),
        from_on=from_on if isinstance(from_on, date) else clock.day_of(now),
        role=GroupRole(str(values["role"])),
        until_on=until_on if isinstance(until_on, date) else None,
    )
    return await seats.add_member(actor, seat, now=now)


async def _change_seat(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await seats.change_seat(actor, row_id, values, now=now)


def _group_move(action: str) -> Move:
    async def move(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
        await service.move(actor, row_id, action, reason=reason)

    return move


def _seat_move(action: str) -> Move:
    async def move(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
        await seats.move_seat(actor, row_id, action, reason=reason, now=now)

    return move


DESKS = [
    Desk(
        WorkingGroup,
        group="people",
        area=Area.groups,
        machine=GROUP,
        moves={action: _group_move(action) for action in GROUP.moves},
        create=_create,
        change=_change,
        given_once=("slug",),
        required=("name",),
        listed=("name", "kind", "state", "is_public"),
        order=("name",),
        link="name",
        page="/groups/{slug}",
    ),
    Desk(
        GroupMembership,
        group="people",
        area=Area.groups,
        machine=SEAT,
        moves={action: _seat_move(action) for action in SEAT.moves},
        create=_seat,
        change=_change_seat,
        given_once=("group", "person"),
        required=("group", "person", "from_on"),
        listed=("group", "person", "role", "state", "from_on", "until_on"),
        order=("group", "-from_on"),
        link="role",
    ),
]
