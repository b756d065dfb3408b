"""Newsletter lists and subscriptions in the admin. Who is on a list is decided by people."""

from datetime import datetime

from server.actors import Actor
from server.newsletters import lists, service
from server.newsletters.states import SUBSCRIPTION
from server.rights import Area
from server.web.admin_kit import Desk
from tables.newsletters import NewsletterList, Subscription


async def _unsubscribe(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await service.take_off(actor, row_id, reason, now=now)


async def _hold(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.hold(actor, row_id, reason)


async def _release(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.release(actor, row_id, reason)


DESKS = [
    Desk(
        NewsletterList,
        group="newsletters",
        area=Area.newsletters,
        create=lists.create_list,
        change=lists.change_list,
        fixed=("list_id",),
        given_once=("audience", "opt_in", "group"),
        listed=("name_nl", "audience", "opt_in", "is_open", "position"),
        order=("position",),
        page="/board/newsletters/{slug}",
    ),
    Desk(
        Subscription,
        group="newsletters",
        area=Area.newsletters,
        machine=SUBSCRIPTION,
        moves={"unsubscribe": _unsubscribe, "hold": _hold, "release": _release},
        creatable=False,
        fixed=(
            *("list", "person", "email", "name", "language"),
            *("asked_at", "confirmed_at", "ended_at"),
        ),
        listed=("list", "email", "name", "state", "asked_at", "confirmed_at"),
        page="/board/newsletters",
    ),
]
