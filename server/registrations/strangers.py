"""Who is not signed in asks for a place, and confirms by the link in a letter.

Until they do nothing is proved: a place is held for half an hour, and nobody learns by asking who
is registered.
"""

from datetime import datetime
from typing import Any

from server.actors import Actor
from server.admission import codes, dues
from server.admission.refusals import CodeUsedUp
from server.database import execute, transaction
from server.people import rules as people_rules
from server.people import service as people
from server.registrations import claiming, earlier, line, moving, opening, queries, telling
from server.registrations.refusals import OfferOver
from server.registrations.states import LIVE
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from server.web import rate_limit
from tables.registrations import LineState


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
        had = await earlier.of(event_id, person_id, now)
        is_live = had is not None and had.state in LIVE
        if had is not None and is_live and earlier.is_repeat(had, form):
            return
        if not await rate_limit.may_mail(people_rules.email_key(form.email), now):
            return
        if had is None:
            await claiming.claim(actor, event, person_id, form, now=now)
        elif is_live or earlier.is_barred(had, actor, event):
            await telling.remind(had, now=now)
        else:
            await claiming.claim_again(actor, event, person_id, form, now=now)


async def _same_post(event_id: int, form: RegistrationForm) -> int | None:
    """Whose form this is again: whoever only knows an address learns nothing by a code."""
    if not form.code or form.idempotency_key is None:
        return None
    found = "SELECT person FROM registration WHERE event = $1 AND idempotency_key = $2"
    rows = await execute(found, event_id, form.idempotency_key)
    return int(rows[0]["person"]) if rows else None


async def verify(actor: Actor, code: str, *, now: datetime) -> queries.RegistrationView:
    """A stranger confirms by the link in the letter; only now is the place theirs, or the line.

    Whose invitation was used up by others meanwhile may register anew at once. Refuses: OfferOver
    when the half hour has passed, CodeUsedUp, WrongState.
    """
    async with transaction():
        event = await line.lock((await queries.get(code)).event_id)
        seen = await queries.get(code)
        if seen.state == LineState.unverified and seen.is_late(now):
            raise OfferOver
        is_in = not seen.is_invited or await _is_let_in(actor, event, seen)
        await (_confirm(actor, event, seen, now) if is_in else line.let_go(seen.line_id, seen.id))
        await line.promote(seen.event_id, now=now)
        moved = await queries.get(code)
    if not is_in:
        raise CodeUsedUp
    return moved


async def _is_let_in(actor: Actor, event: dict[str, Any], seen: queries.RegistrationView) -> bool:
    """By their invitation; whom the organiser confirms needs none."""
    if seen.state != LineState.unverified or actor.manages(event["group"], Area.events):
        return True
    return await codes.is_for_them(seen.id)


async def _confirm(
    actor: Actor, event: dict[str, Any], seen: queries.RegistrationView, now: datetime
) -> None:
    if seen.together:  # what it is wanted with may be owed to who waits longer
        await line.settle(seen.event_id, now=now)
    came_as = await codes.class_of(seen.id) if seen.is_invited else "other"
    price = await claiming.price_of(event, seen.person_id, came_as)
    if price is not None or seen.price_cents:
        price = await dues.left(seen.id, price)
        await dues.agree(actor, seen.id, price, now=now)
    action = await _verified(actor, event, seen, now)
    also: dict[str, object] = {"expires_at": None, "queued_at": now}
    await moving.move(actor, seen, action, also, now=now)


async def _verified(
    actor: Actor, event: dict[str, Any], seen: queries.RegistrationView, now: datetime
) -> str:
    """What confirming does: the organiser looks at it, or they have a place, or they wait."""
    invited = seen.is_invited
    if claiming.needs_approval(actor, event, seen.ticket_class, is_invited=invited):
        return "submit"
    is_held = seen.expires_at is not None and not seen.together
    return "verify" if is_held or await line.has_room(seen.line_id, now=now) else "queue"
