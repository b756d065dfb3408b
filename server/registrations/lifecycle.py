"""The life of an event as one table of verbs, the same for page, admin and API."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from server.actors import Actor
from server.errors import Invalid
from server.events import service as events
from server.registrations import organising

Verb = Callable[[Actor, int, str, datetime], Awaitable[object]]
LONGEST_REASON = 1000
WITH_REASON = ("postpone", "cancel")


async def announce(actor: Actor, event_id: int, _reason: str, now: datetime) -> None:
    """Save the date."""
    await events.announce(actor, event_id, now=now)


async def publish(actor: Actor, event_id: int, _reason: str, now: datetime) -> None:
    """Show it and open its registration window."""
    await organising.publish_event(actor, event_id, now=now)


async def postpone(actor: Actor, event_id: int, reason: str, _now: datetime) -> None:
    """Put it off to a date not yet known."""
    await organising.postpone_event(actor, event_id, reason=reason)


async def reschedule(actor: Actor, event_id: int, _reason: str, now: datetime) -> None:
    """Show it on its new date."""
    await organising.reschedule_event(actor, event_id, now=now)


async def cancel(actor: Actor, event_id: int, reason: str, now: datetime) -> None:
    """Cancel it with everything that hangs on it."""
    await organising.cancel_event(actor, event_id, reason=reason, now=now)


async def complete(actor: Actor, event_id: int, _reason: str, now: datetime) -> None:
    """It has taken place."""
    await events.complete(actor, event_id, now=now)


async def archive(actor: Actor, event_id: int, _reason: str, _now: datetime) -> None:
    """Put it out of sight."""
    await events.archive(actor, event_id)


VERBS: dict[str, Verb] = {
    "announce": announce,
    "publish": publish,
    "postpone": postpone,
    "reschedule": reschedule,
    "cancel": cancel,
    "complete": complete,
    "archive": archive,
}


async def take(actor: Actor, event_id: int, action: str, reason: str, *, now: datetime) -> None:
    """One step of an event's life; who is cancelled on reads why.

    Raises Invalid, NotFound. Refuses: NoNewDate, NotHeldYet, WrongState.
    """
    check_reason(action, reason)
    await VERBS[action](actor, event_id, reason, now)


def check_reason(action: str, reason: str) -> None:
    """What is cancelled has a reason, of a length that can be read. Raises Invalid."""
    if action == "cancel" and not reason.strip():
        raise Invalid(reason="events.invalid.reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(reason="errors.field.too_long")
