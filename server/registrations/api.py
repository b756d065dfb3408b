"""Registrations over the API: the same verbs as the pages."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.errors import Invalid
from server.events import queries as events
from server.questions import fields
from server.questions.schemas import taken
from server.registrations import choosing, queries, service, sorts, strangers
from server.registrations.schemas import (
    PlaceIn,
    PlaceOut,
    RegistrationIn,
    RegistrationOut,
    place_out,
    registration_out,
)
from server.registrations.wishes import RegistrationForm
from server.web.forms import stripped
from server.web.visitor import actor_of, language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
LONGEST_REMARK = 1000
LONGEST_CODE = 40


async def create_registration(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[RegistrationIn]
) -> RegistrationOut:
    """Register yourself. Answers 201 with where you stand: confirmed, or waiting with your rank.

    422 names, by `q` and the id of a question, every answer that is missing or wrong.
    409 when registration is closed (to you), for members only, or you are registered already, and
    when the invitation code is none or was used as often as it was meant to be.
    """
    actor, now = require_signed_in(request), clock.now()
    if len(data.remark) > LONGEST_REMARK:
        raise Invalid(remark="errors.field.too_long")
    event = await events.get(actor, slug, now=now)
    asks = await fields.asked_by(event.id)
    units = await sorts.of_event(event.id, now=now)
    code = data.invitation_code[:LONGEST_CODE]
    ticket_class = await sorts.class_of(actor, event.id, code, now=now)
    asker = sorts.asker(ticket_class, event.mode, units, data.unit_id, data.extra_ids)
    form = RegistrationForm(
        unit_id=data.unit_id,
        extra_ids=tuple(data.extra_ids),
        together=data.together,
        auto_accept=data.auto_accept,
        code=code,
        remark=stripped(data.remark),
        language=language_of(request),
        idempotency_key=data.idempotency_key,
        filled=taken(asks, data.answers, data.needs, asker),
    )
    return registration_out(await service.register(actor, event.id, form, now=now), now)


async def places_of_event(request: AnyRequest, slug: FromPath[str]) -> list[PlaceOut]:
    """The sorts of places of an event: seats on site and online, workshops, lunch."""
    now = clock.now()
    event = await events.get(actor_of(request), slug, now=now)
    return [place_out(unit) for unit in await sorts.of_event(event.id, now=now)]


async def take_place(
    request: AnyRequest, code: FromPath[str], data: JSONBody[PlaceIn]
) -> RegistrationOut:
    """One more workshop or lunch, or the other sort of seat. With none free you wait for it.

    What you have at the same hour is let go once you have this. 409 when
    you wait for something at that hour already.
    """
    now = clock.now()
    view = await choosing.take(actor_of(request), code, data.unit_id, now=now)
    return registration_out(view, now)


async def one_registration(request: AnyRequest, code: FromPath[str]) -> RegistrationOut:
    """Where one registration stands. Its code is the key: whoever holds it may look and act."""
    return registration_out(await queries.get(code), clock.now())


async def confirm_registration(request: AnyRequest, code: FromPath[str]) -> RegistrationOut:
    """Confirm a registration that was made without signing in."""
    now = clock.now()
    return registration_out(await strangers.verify(actor_of(request), code, now=now), now)


async def accept_offer(request: AnyRequest, code: FromPath[str]) -> RegistrationOut:
    """Take the offered place. 409 when the time to answer has passed."""
    now = clock.now()
    return registration_out(await service.accept(actor_of(request), code, now=now), now)


async def decline_offer(request: AnyRequest, code: FromPath[str]) -> RegistrationOut:
    """Leave the offered place to the next in line."""
    now = clock.now()
    return registration_out(await service.decline(actor_of(request), code, now=now), now)


async def cancel_registration(request: AnyRequest, code: FromPath[str]) -> RegistrationOut:
    """Give the place up, or leave the line. 409 after the last moment to cancel."""
    now = clock.now()
    return registration_out(await service.cancel(actor_of(request), code, now=now), now)
