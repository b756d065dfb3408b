"""Applications in the admin: choosing another state is the board's decision."""

from datetime import datetime

from server import clock
from server.actors import Actor
from server.applications import deciding
from server.applications.states import APPLICATION
from server.rights import Area
from server.web.admin_kit import Desk
from tables.memberships import MembershipApplication


async def _approve(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await deciding.approve(actor, row_id, starts_on=clock.day_of(now), now=now)


async def _reject(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await deciding.reject(actor, row_id, reason, now=now)


async def _ask_more(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await deciding.ask_more(actor, row_id, reason, now=now)


DESKS = [
    Desk(
        MembershipApplication,
        group="people",
        area=Area.people,
        machine=APPLICATION,
        moves={"approve": _approve, "reject": _reject, "ask_more": _ask_more},
        creatable=False,
        fixed=(
            *("submitted_at", "decided_at", "question", "answer", "reason", "membership"),
            *("person", "type", "email", "language", "motivation"),
        ),
        listed=("surname", "email", "type", "state", "submitted_at"),
        order=("-id",),
        link="surname",
        page="/board/applications/{id}",
    ),
]
