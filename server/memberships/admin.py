"""Kinds of membership and periods in the admin. Beginning and ending go through the verbs."""

from datetime import date, datetime

from server import clock
from server.actors import Actor
from server.memberships import service, suspending
from server.rights import GUARDED, Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Values
from tables.memberships import Membership, MembershipSuspension, MembershipType


async def _start(actor: Actor, values: Values, now: datetime) -> int:
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    return await service.start(
        actor,
        int(str(values["person"])),
        int(str(values["type"])),
        starts_on=starts_on if isinstance(starts_on, date) else clock.day_of(now),
        ends_on=ends_on if isinstance(ends_on, date) else None,
    )


async def _end(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await service.correct(actor, row_id, values, now=now)


async def _suspend(actor: Actor, values: Values, now: datetime) -> int:
    from_on, until_on = values["from_on"], values.get("until_on")
    return await suspending.suspend(
        actor,
        int(str(values["person"])),
        str(values["reason"]),
        from_on=from_on if isinstance(from_on, date) else clock.day_of(now),
        until_on=until_on if isinstance(until_on, date) else None,
        now=now,
    )


async def _shift(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await suspending.correct(actor, row_id, values, now=now)


DESKS = [
    Desk(
        Membership,
        group="people",
        area=Area.people,
        create=_start,
        change=_end,
        fixed=("number", "notice_received_on", "planned_ends_on"),
        given_once=("person", "type", "starts_on"),
        required=("person", "type", "starts_on"),
        listed=("number", "person", "type", "starts_on", "ends_on", "ended_by"),
        order=("-starts_on",),
        link="number",
        page="/board/people/{person}",
    ),
    Desk(
        MembershipSuspension,
        group="people",
        area=Area.people,
        create=_suspend,
        change=_shift,
        given_once=("person", "from_on"),
        required=("person", "from_on", "reason"),
        listed=("person", "from_on", "until_on", "reason"),
        order=("-from_on",),
        link="from_on",
        page="/board/people/{person}",
    ),
    Desk(
        MembershipType,
        group="people",
        area=Area.people,
        given_once=("code",),
        only_for=GUARDED["membership_type"],
        required=("code", "name_nl", "name_en"),
        listed=("name_nl", "code", "fee_cents", "has_vote", "in_directory", "valid_to"),
        order=("name_nl",),
        link="name_nl",
        page="/membership",
    ),
]
