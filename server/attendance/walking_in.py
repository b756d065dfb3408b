"""Who comes to the door without a place: unknown, or still waiting. Given one, and let in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from server.actors import Actor
from server.attendance import helpers, service
from server.attendance.queries import ScanView
from server.attendance.service import Asked
from server.database import execute, transaction
from server.errors import NotFound
from server.outbox import service as outbox
from server.people import service as people
from server.registrations import approving, places, queries, strangers
from server.registrations import service as registrations
from server.registrations.queries import RegistrationView
from server.registrations.states import LIVE
from server.registrations.wishes import RegistrationForm
from tables.registrations import LineState

WAITS = (LineState.waiting, LineState.offered)


@dataclass(frozen=True)
class WalkIn:
    """Somebody at the door. `reason`: why they come in although it is full; empty, then not."""

    key: UUID
    name: str
    email: str
    language: str = "nl"
    unit_id: int | None = None
    reason: str = ""


async def walk_in(actor: Actor, event_id: int, who: WalkIn, *, now: datetime) -> ScanView:
    """Register somebody who stands at the door, and let them in; sent again, it does nothing.

    By their address they are who they are: with a registration already, it is that one. Raises
    NotFound for who does not manage the event, Invalid; refuses: Full, NotGoingOn, NoSuchPlace.
    """
    async with transaction():
        await helpers.require(actor, event_id)
        person_id = await people.find_or_create_contact(
            actor, name=who.name, email=who.email, language=who.language, now=now
        )
        view = await queries.find(event_id, person_id)
        if view is None or view.state not in LIVE or view.is_late(now):
            wish = RegistrationForm(unit_id=who.unit_id, idempotency_key=who.key)
            view = await registrations.register_for(actor, event_id, person_id, wish=wish, now=now)
        await _give_place(actor, view, who.reason, now)
        return await _let_in(actor, event_id, view.id, who.key, now)


async def admit(
    actor: Actor, event_id: int, registration_id: int, *, key: UUID, now: datetime
) -> ScanView:
    """Give somebody who waits a free place, and let them in. Raises NotFound; refuses: Full."""
    async with transaction():
        await helpers.require(actor, event_id)
        held = "SELECT code FROM registration WHERE id = $1 AND event = $2"
        rows = await execute(held, registration_id, event_id)
        if not rows:
            raise NotFound
        await _give_place(actor, await queries.get(rows[0]["code"]), "", now)
        return await _let_in(actor, event_id, registration_id, key, now)


async def _give_place(actor: Actor, view: RegistrationView, reason: str, now: datetime) -> None:
    if view.state == LineState.unverified:
        view = await strangers.verify(actor, view.code, now=now)
    if view.state == LineState.approval:
        view = await approving.approve(actor, view.line_id, now=now)
    if view.state in WAITS:
        was_told = f"line:{view.line_id}:{view.state}:{view.line_revision}"
        await places.place(
            actor, view.line_id, reason=reason, is_over=bool(reason.strip()), now=now
        )
        # Not that they wait, and that they wait no longer, in one minute.
        await outbox.take_back(actor, was_told)


async def _let_in(
    actor: Actor, event_id: int, registration_id: int, key: UUID, now: datetime
) -> ScanView:
    asked = Asked(device=key, nonce=uuid5(key, "in"), registration_id=registration_id)
    return await service.scan(actor, event_id, asked, now=now)
