"""Who registers for an event with approval: the organiser lets them in, or says why not."""

from datetime import datetime

from server.actors import Actor
from server.database import transaction
from server.errors import Invalid
from server.events import rules as event_rules
from server.questions import needs
from server.registrations import line, queries, seats, telling
from server.registrations.refusals import NotGoingOn
from server.registrations.states import LINE


async def approve(actor: Actor, line_id: int, *, now: datetime) -> queries.RegistrationView:
    """Let somebody in. With no place free they wait, as from the moment when they asked.

    Refuses: NotGoingOn, WrongState.
    """
    async with transaction():
        event = await line.lock((await queries.by_line(line_id)).event_id)
        if not event_rules.goes_on(event["state"], ends_at=event["ends_at"], now=now):
            raise NotGoingOn
        await line.settle(event["id"], now=now)
        has_place = await line.has_room(line_id, now=now)
        await LINE.move(line_id, "approve" if has_place else "queue", actor=actor)
        view = await queries.by_line(line_id)
        if has_place:
            await line.had(actor, view, now=now)
        await telling.tell(view, also=await telling.beside(view))
        await line.promote(view.event_id, now=now)
    return view


async def reject(actor: Actor, line_id: int, reason: str) -> queries.RegistrationView:
    """Do not let somebody in, and tell them why. Raises Invalid; refuses: WrongState."""
    said = reason.strip()
    if not said:
        raise Invalid(reason="registrations.field.reason.needed")
    async with transaction():
        await line.lock((await queries.by_line(line_id)).event_id)
        await LINE.move(line_id, "reject", actor=actor, reason=said)
        view = await queries.by_line(line_id)
        await seats.end(actor, await seats.live(view.id), action="cancel_by_organiser", reason=said)
        await needs.forget_ended([view.id])
        await telling.tell_rejected(view, said)
    return view
