"""What somebody has at an event already when they register there again."""

from datetime import datetime
from typing import Any

from server.actors import Actor
from server.registrations import line, queries
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from tables.registrations import LineState


async def of(event_id: int, person_id: int, now: datetime) -> queries.RegistrationView | None:
    """What somebody has at this event, once what ran out there is ended."""
    had = await queries.find(event_id, person_id)
    if had is None or not had.is_late(now):
        return had
    await line.settle(event_id, now=now)
    return await queries.get(had.code)


def is_repeat(had: queries.RegistrationView, form: RegistrationForm) -> bool:
    """The same post again, also after the place was given up: a reloaded page does nothing."""
    key = form.idempotency_key
    return key is not None and key == had.idempotency_key


def is_barred(had: queries.RegistrationView, actor: Actor, event: dict[str, Any]) -> bool:
    """Whom the organiser took off the list comes back on it only through the organiser."""
    ended = had.state == LineState.cancelled_by_organiser
    return ended and not actor.manages(event["group"], Area.events)
