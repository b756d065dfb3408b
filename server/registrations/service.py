"""Registering, accepting and cancelling. The event's row, touched first, is the lock.

Every verb here begins with `line.lock`: so seats are counted while nobody else can take one.
Counting first and locking later oversells (measured; tests/races holds both runs).
"""

from datetime import datetime
from typing import Any

from server.actors import Actor
from server.admission import codes, dues
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.events import rules as event_rules
from server.people import rules as people_rules
from server.people import service as people
from server.questions import needs
from server.registrations import claiming, line, opening, queries, seats, telling
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
from server.rights import Area
from server.web import rate_limit
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


async def ask(actor: Actor, event_id: int, form: RegistrationForm, *, now: datetime) -> None:
    """A stranger asks for a place, which is held until they confirm by mail.

    They are answered by mail only, so that nobody else learns who is registered; and not at all
    when this address had its letters of this hour. The same form again does nothing, unless what
    it asked for has ended. Refuses as `register` does.
    """
    async with transaction():
        event = await line.lock(event_id)
        same = await _same_post(event_id, form)
        form = await opening.admitted(actor, event, form, same, now=now)
        person_id = await people.find_or_create_contact(
            actor, name=form.name, email=form.email, language=form.language, now=now
        )
        earlier = await _earlier(event_id, person_id, now)
        is_live = earlier is not None and earlier.state in LIVE
        if earlier is not None and is_live and _is_repeat(earlier, form):
            return
        if not await rate_limit.may_mail(people_rules.email_key(form.email), now):
            return
        if earlier is None:
            await claiming.claim(actor, event, person_id, form, now=now)
        elif is_live or _is_barred(earlier, actor, event):
            await telling.remind(earlier, now=now)
        else:
            await claiming.claim_again(actor, event, person_id, form, now=now)


async def _same_post(event_id: int, form: RegistrationForm) -> int | None:
    """Whose form this is again: whoever only knows an address learns nothing by a code."""
    if not form.code or form.idempotency_key is None:
        return None
    found = "SELECT person FROM registration WHERE event = $1 AND idempotency_key = $2"
    rows = await execute(found, event_id, form.idempotency_key)
    return int(rows[0]["person"]) if rows else None


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
    earlier = await _earlier(event["id"], person_id, now)
    if earlier is None:
        raise NotFound
    if _is_repeat(earlier, form):
        return earlier
    if earlier.state in LIVE:
        raise AlreadyRegistered(event=earlier.title(actor.language))
    if _is_barred(earlier, actor, event):
        raise EndedByOrganiser
    return await claiming.claim_again(actor, event, person_id, form, now=now)


async def _earlier(event_id: int, person_id: int, now: datetime) -> queries.RegistrationView | None:
    """What somebody has at this event, once what ran out there is ended."""
    earlier = await queries.find(event_id, person_id)
    if earlier is None or not earlier.is_late(now):
        return earlier
    await line.settle(event_id, now=now)
    return await queries.get(earlier.code)


def _is_repeat(earlier: queries.RegistrationView, form: RegistrationForm) -> bool:
    """The same post again, also after the place was given up: a reloaded page does nothing."""
    key = form.idempotency_key
    return key is not None and key == earlier.idempotency_key


def _is_barred(earlier: queries.RegistrationView, actor: Actor, event: dict[str, Any]) -> bool:
    """Whom the organiser took off the list comes back on it only through the organiser."""
    ended = earlier.state == LineState.cancelled_by_organiser
    return ended and not actor.manages(event["group"], Area.events)


async def verify(actor: Actor, code: str, *, now: datetime) -> queries.RegistrationView:
    """A stranger confirms by the link in the letter; only now is the place theirs, or the line.

    Refuses: OfferOver when the half hour has passed, WrongState.
    """
    async with transaction():
        event = await line.lock((await queries.get(code)).event_id)
        seen = await queries.get(code)
        if seen.state == LineState.unverified and seen.is_late(now):
            raise OfferOver
        if seen.together:  # what it is wanted with may be owed to who waits longer
            await line.settle(seen.event_id, now=now)
        came_as = await codes.class_of(seen.id) if seen.is_invited else "other"
        price = await claiming.price_of(event, seen.person_id, came_as)
        if price is not None or seen.price_cents:
            await dues.agree(actor, seen.id, price, now=now)
        action = await _verified(actor, event, seen, now)
        moved = await _move(actor, seen, action, {"expires_at": None, "queued_at": now}, now=now)
        await line.promote(seen.event_id, now=now)
    return moved


async def _verified(
    actor: Actor, event: dict[str, Any], seen: queries.RegistrationView, now: datetime
) -> str:
    """What confirming does: the organiser looks at it, or they have a place, or they wait."""
    invited = seen.is_invited
    if claiming.needs_approval(actor, event, seen.ticket_class, is_invited=invited):
        return "submit"
    is_held = seen.expires_at is not None and not seen.together
    return "verify" if is_held or await line.has_room(seen.line_id, now=now) else "queue"


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
        moved = await _move(actor, seen, "accept", {"expires_at": None}, now=now)
        if len(await seats.live(seen.id)) > 1:
            await line.promote(seen.event_id, now=now)
    return moved


async def decline(
    actor: Actor, code: str, *, unit_id: int | None = None, now: datetime
) -> queries.RegistrationView:
    """Leave the offered place, or that of one unit, to the next. Refuses: WrongState."""
    async with transaction():
        seen = await _locked(code, unit_id)
        moved = await _move(actor, seen, "decline", {"expires_at": None}, now=now)
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
        moved = await _move(actor, seen, "cancel", {"expires_at": None}, reason=reason, now=now)
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


async def _move(
    actor: Actor,
    seen: queries.RegistrationView,
    action: str,
    set_also: dict[str, object],
    *,
    reason: str = "",
    now: datetime,
) -> queries.RegistrationView:
    await LINE.move(seen.line_id, action, actor=actor, set_also=set_also, reason=reason)
    moved = await queries.by_line(seen.line_id)
    if not moved.is_seat:
        await telling.tell(moved)
        return moved
    if moved.state == LineState.confirmed:
        await line.had(actor, moved, now=now)
    else:
        await seats.follow(actor, moved.id)
    if (await queries.get(seen.code)).state not in LIVE:
        await needs.forget_ended([seen.id])
    await telling.tell(moved, also=await telling.beside(moved))
    return moved
