"""Registering, accepting and cancelling. The event's row, touched first, is the lock.

Every verb here begins with `line.lock`: so seats are counted while nobody else can take one.
Counting first and locking later oversells (measured; tests/races holds both runs).
"""

from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.events import rules as event_rules
from server.registrations import claiming, earlier, line, moving, opening, queries, seats
from server.registrations.refusals import (
    AlreadyRegistered,
    EndedByOrganiser,
    NotGoingOn,
    OfferOver,
    SeatFirst,
    TooLateToCancel,
)
from server.registrations.states import LINE, LIVE
from server.registrations.wishes import RegistrationForm
from tables.registrations import LineState


async def register(
    actor: Actor, event_id: int, form: RegistrationForm, *, now: datetime
) -> queries.RegistrationView:
    """Take a place as the person who is signed in, or stand in line for one.

    Refuses: NotOpen, OpensLater, MembersOnly, NoSuchCode, CodeUsedUp, AlreadyRegistered,
    EndedByOrganiser, NoSuchPlace. The same idempotency key again returns the same registration
    and does nothing. Raises NotFound.
    """
    if actor.person_id is None:
        raise NotFound
    async with transaction():
        event = await line.lock(event_id)
        wish = await opening.admitted(actor, event, form, actor.person_id, now=now)
        return await _claim(actor, event, actor.person_id, wish, now)


async def register_for(
    actor: Actor,
    event_id: int,
    person_id: int,
    *,
    wish: RegistrationForm | None = None,
    now: datetime,
) -> queries.RegistrationView:
    """The board registers somebody, also while registration is closed to others.

    Nobody is overtaken: with no place free they wait like everybody. Raises NotFound for who
    died, was erased or was merged. Refuses: NotGoingOn, AlreadyRegistered, NoSuchPlace.
    """
    async with transaction():
        event = await line.lock(event_id)
        if not event_rules.goes_on(event["state"], ends_at=event["ends_at"], now=now):
            raise NotGoingOn
        if not await queries.is_there(person_id):
            raise NotFound
        return await _claim(actor, event, person_id, wish or RegistrationForm(), now)


async def _claim(
    actor: Actor, event: dict[str, Any], person_id: int, form: RegistrationForm, now: datetime
) -> queries.RegistrationView:
    claimed = await claiming.claim(actor, event, person_id, form, now=now)
    if claimed is not None:
        return claimed
    had = await earlier.of(event["id"], person_id, now)
    if had is None:
        raise NotFound
    if earlier.is_repeat(had, form):
        return had
    if had.state in LIVE:
        raise AlreadyRegistered(event=had.title(actor.language))
    if earlier.is_barred(had, actor, event):
        raise EndedByOrganiser
    return await claiming.claim_again(actor, event, person_id, form, now=now)


async def accept(
    actor: Actor, code: str, *, unit_id: int | None = None, now: datetime
) -> queries.RegistrationView:
    """Take the offered place, or that of one unit. Refuses: OfferOver, SeatFirst, WrongState."""
    async with transaction():
        seen = await _locked(code, unit_id)
        if seen.state == LineState.offered and seen.is_late(now):
            raise OfferOver
        if not seen.is_seat and (await queries.get(code)).state != LineState.confirmed:
            raise SeatFirst
        moved = await moving.move(actor, seen, "accept", {"expires_at": None}, now=now)
        await line.promote(seen.event_id, now=now)
    return moved


async def decline(
    actor: Actor, code: str, *, unit_id: int | None = None, now: datetime
) -> queries.RegistrationView:
    """Leave the offered place, or that of one unit, to the next. Refuses: WrongState."""
    async with transaction():
        seen = await _locked(code, unit_id)
        moved = await moving.move(actor, seen, "decline", {"expires_at": None}, now=now)
        for other in await seats.beside(seen.id, LineState.offered) if seen.is_seat else ():
            if other["expires_at"] == seen.expires_at:  # offered along with the seat
                await LINE.move(other["id"], "miss", actor=actor, set_also={"expires_at": None})
        await line.promote(seen.event_id, now=now)
    return moved


async def cancel(
    actor: Actor, code: str, *, unit_id: int | None = None, reason: str = "", now: datetime
) -> queries.RegistrationView:
    """Give the place up, or leave the line; the next in line is offered it at once.

    With `unit_id` that place only. Who gives up the seat they have gives up everything.
    Refuses: TooLateToCancel, WrongState.
    """
    async with transaction():
        seen = await _locked(code, unit_id)
        if seen.state in LIVE and not seen.may_cancel(now):
            raise TooLateToCancel
        moved = await moving.move(
            actor, seen, "cancel", {"expires_at": None}, reason=reason, now=now
        )
        if unit_id is None or (seen.is_seat and seen.state == LineState.confirmed):
            await seats.end(actor, await seats.live(seen.id), reason=reason)
        await line.promote(seen.event_id, now=now)
    return moved


async def change_wishes(
    actor: Actor, code: str, *, auto_accept: bool, together: bool, now: datetime
) -> None:
    """Whether a place that comes free is taken at once, and only with what stands beside it.

    What can be had by the new wish is given at once. Raises NotFound.
    """
    async with transaction():
        seen = await _locked(code)
        await execute(
            "UPDATE registration SET auto_accept = $2, together = $3, changed_at = $4,"
            " revision = revision + 1 WHERE id = $1",
            *(seen.id, auto_accept, together, now),
        )
        was = {"auto_accept": seen.auto_accept, "together": seen.together}
        after = {"auto_accept": auto_accept, "together": together}
        await audit.record(actor, "change", ("registration", seen.id), before=was, after=after)
        await line.promote(seen.event_id, now=now)


async def _locked(code: str, unit_id: int | None = None) -> queries.RegistrationView:
    """The registration, or its line of one unit, read again once its event is locked."""
    found = await queries.get(code)
    await line.lock(found.event_id)
    if unit_id is None:
        return await queries.get(code)
    return await queries.of_unit(found.id, unit_id)
