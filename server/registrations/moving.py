"""One line moves, and what hangs together with it moves along.

Runs inside a transaction that holds the lock of the event.
"""

from datetime import datetime

from server.actors import Actor
from server.questions import needs
from server.registrations import hours, line, queries, seats, telling
from server.registrations.states import LINE, LIVE
from tables.registrations import LineState


async def move(
    actor: Actor,
    seen: queries.RegistrationView,
    action: str,
    set_also: dict[str, object],
    *,
    reason: str = "",
    now: datetime,
) -> queries.RegistrationView:
    """Move one line, and owe the letter of where it stands then.

    A seat that was had takes along what waits for it; one that ended ends what stood on it.
    """
    await LINE.move(seen.line_id, action, actor=actor, set_also=set_also, reason=reason)
    moved = await queries.by_line(seen.line_id)
    if not moved.is_seat:
        is_had = moved.state == LineState.confirmed
        await telling.tell(moved, instead=await hours.let_go(actor, moved) if is_had else "")
        return moved
    if moved.state == LineState.confirmed:
        await line.had(actor, moved, now=now)
    else:
        await seats.follow(actor, moved.id)
    if (await queries.get(seen.code)).state not in LIVE:
        await needs.forget_ended([seen.id])
    await telling.tell(moved, also=await telling.beside(moved))
    return moved
