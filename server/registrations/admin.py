"""Events, their places and registrations as the board sees them in the admin.

They stand together, here and not in `events`, because most of what is done to an event must be
told to the people registered for it.
"""

from datetime import datetime

from server.actors import Actor
from server.database import execute
from server.events import service as events
from server.events.states import EVENT
from server.registrations import lifecycle, organising, places, queries, service
from server.registrations.states import LINE
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from server.web.admin_kit.desk import Desk, Lock, Values
from tables.events import Event, Room, Venue
from tables.registrations import CapacityUnit, Registration, RegistrationLine


async def _create_event(actor: Actor, values: Values, now: datetime) -> int:
    return await events.create(actor, values, now=now)


async def _change_event(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await organising.change_event(actor, row_id, values, now=now)


async def _create_unit(actor: Actor, values: Values, _now: datetime) -> int:
    event_id = values.pop("event")
    if not isinstance(event_id, int):
        raise TypeError("event must be a key")
    return await events.add_unit(actor, event_id, values)


async def _change_unit(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await places.change_unit(actor, row_id, values, now=now)


async def _place(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await places.place(actor, row_id, reason=reason, now=now)


async def _remove(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await places.remove(actor, row_id, reason=reason, now=now)


async def _accept(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.accept(actor, (await queries.by_line(row_id)).code, now=now)


async def _decline(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.decline(actor, (await queries.by_line(row_id)).code, now=now)


async def _cancel_line(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await service.cancel(actor, (await queries.by_line(row_id)).code, reason=reason, now=now)


async def _register(actor: Actor, values: Values, now: datetime) -> int:
    """On behalf of a person the network knows."""
    event_id, person_id = values["event"], values["person"]
    if not isinstance(event_id, int) or not isinstance(person_id, int):
        raise TypeError("event and person must be keys")
    remark = str(values.get("remark") or "")
    wish = RegistrationForm(remark=remark)
    view = await service.register_for(actor, event_id, person_id, wish=wish, now=now)
    return view.id


async def _change_registration(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await places.change_remark(actor, row_id, str(values.get("remark") or ""), now=now)


def _lock_event(event_of: str) -> Lock:
    """Lock the event of a row first, as every verb does; `event_of` finds its key."""
    statement = f"SELECT 1 FROM event WHERE id = ({event_of}) FOR NO KEY UPDATE"

    async def lock(row_id: int) -> None:
        await execute(statement, row_id)

    return lock


DESKS = [
    Desk(
        Event,
        group="events",
        area=Area.events,
        machine=EVENT,
        moves=lifecycle.VERBS,
        create=_create_event,
        change=_change_event,
        fixed=("published_at", "cancelled_at", "cancel_reason", "moved_from_at", "slug"),
        given_once=("slug",),
        required=("title", "starts_at", "ends_at"),
        listed=("title", "kind", "state", "starts_at", "visibility"),
        order=("-starts_at",),
        page="/events/{slug}",
    ),
    Desk(
        CapacityUnit,
        group="events",
        area=Area.events,
        create=_create_unit,
        change=_change_unit,
        first_lock=_lock_event("SELECT event FROM capacity_unit WHERE id = $1"),
        given_once=("event",),
        required=("event",),
        listed=("event", "kind", "name_nl", "capacity"),
    ),
    Desk(
        Registration,
        group="events",
        area=Area.events,
        create=_register,
        change=_change_registration,
        first_lock=_lock_event("SELECT event FROM registration WHERE id = $1"),
        fixed=("ticket_class",),
        given_once=("event", "person"),
        required=("event", "person"),
        hidden=("code", "idempotency_key"),
        listed=("event", "person", "ticket_class", "created_at"),
    ),
    Desk(
        RegistrationLine,
        group="events",
        area=Area.events,
        machine=LINE,
        moves={
            "place": _place,
            "accept": _accept,
            "decline": _decline,
            "cancel": _cancel_line,
            "cancel_by_organiser": _remove,
        },
        first_lock=_lock_event(
            "SELECT r.event FROM registration r JOIN registration_line l ON l.registration = r.id"
            " WHERE l.id = $1"
        ),
        creatable=False,
        fixed=(
            "registration",
            "unit",
            "person",
            "class_rank",
            "queued_at",
            "expires_at",
            "missed_offers",
        ),
        listed=("unit", "person", "state", "queued_at", "expires_at"),
    ),
    Desk(
        Room,
        group="events",
        area=Area.events,
        given_once=("venue",),
        required=("venue", "name"),
        listed=("venue", "name", "capacity", "is_in_use"),
        order=("venue", "name"),
        link="name",
    ),
    Desk(
        Venue,
        group="events",
        area=Area.events,
        required=("name",),
        listed=("name", "city"),
        order=("name",),
    ),
]
