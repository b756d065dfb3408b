"""Kinds of membership and periods in the admin. Beginning and ending go through the verbs."""

from datetime import date, datetime

from server import clock
from server.actors import Actor
from server.memberships import service
from server.rights import GUARDED, Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Values
from tables.memberships import Membership, MembershipType


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


DESKS = [
    Desk(
        Membership,
        group="people",
        area=Area.people,
        create=_start,
        change=_end,
        fixed=("number", "notice_received_on"),
        given_once=("person", "type", "starts_on"),
        required=("person", "type", "starts_on"),
        listed=("number", "person", "type", "starts_on", "ends_on", "ended_by"),
        order=("-starts_on",),
        link="number",
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
