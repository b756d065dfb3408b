"""Letters in the admin: their fate, never what they say."""

from datetime import datetime

from server.actors import Actor
from server.outbox import service
from server.outbox.states import LETTER
from server.rights import LETTERS, Area
from server.web.admin_kit.desk import Desk
from tables.outbox import OutboxLetter


async def _release(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.release(actor, row_id, now=now)


async def _hold(actor: Actor, row_id: int, _reason: str, _now: datetime) -> None:
    await service.hold(actor, row_id)


async def _drop(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.drop(actor, row_id, reason=reason)


DESKS = [
    Desk(
        OutboxLetter,
        group="machinery",
        area=Area.letters,
        machine=LETTER,
        moves={"release": _release, "hold": _hold, "drop": _drop},
        creatable=False,
        fixed=(
            *("kind", "category", "cause", "person", "address", "language", "message_id"),
            *("attempts", "last_error", "not_before", "expires_at", "claimed_at", "sent_at"),
        ),
        hidden=("values", "cause"),
        rows_for={"kind": LETTERS},
        listed=("kind", "address", "state", "created_at", "sent_at", "last_error"),
    ),
]
