"""Fees in the admin: for who sees money. What is due is never typed; it follows from the year."""

from datetime import datetime

from server.actors import Actor
from server.fees import service
from server.fees.states import FEE
from server.rights import Area
from server.web.admin_kit import Desk
from tables.memberships import Fee


async def _pay(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.pay(actor, row_id, now=now)


async def _waive(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.waive(actor, row_id, reason)


async def _reopen(actor: Actor, row_id: int, _reason: str, _now: datetime) -> None:
    await service.reopen(actor, row_id)


DESKS = [
    Desk(
        Fee,
        group="people",
        area=Area.money,
        machine=FEE,
        moves={"pay": _pay, "waive": _waive, "reopen": _reopen},
        creatable=False,
        fixed=("membership", "from_on", "until_on", "amount_cents", "due_on", "paid_on", "note"),
        listed=("membership", "from_on", "amount_cents", "due_on", "state", "paid_on"),
        order=("-from_on",),
        link="from_on",
        page="/board/fees/{id}",
    )
]
