"""The timetable and documents in the admin; the events stand in `registrations.admin`."""

from datetime import datetime

from server.actors import Actor
from server.events import filing, timetable
from server.rights import Area
from server.web.admin_kit.desk import Desk, Values
from tables.events import EventDocument, EventPart


async def _add(actor: Actor, values: Values, now: datetime) -> int:
    event_id = values.pop("event")
    if not isinstance(event_id, int):
        raise TypeError("event must be a key")
    return await timetable.add(actor, event_id, values, now=now)


async def _change(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await timetable.change(actor, row_id, values, now=now)


async def _remove(actor: Actor, row_id: int, _now: datetime) -> None:
    await timetable.remove(actor, row_id)


async def _change_document(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await filing.change(actor, row_id, values, now=now)


async def _remove_document(actor: Actor, row_id: int, _now: datetime) -> None:
    await filing.remove(actor, row_id)


DESKS = [
    Desk(
        EventPart,
        group="events",
        area=Area.events,
        create=_add,
        change=_change,
        remove=_remove,
        given_once=("event",),
        required=("event", "title", "starts_at", "ends_at"),
        listed=("event", "starts_at", "ends_at", "kind", "title"),
        order=("-starts_at",),
    ),
    # Files come and are renewed on the page of their event.
    Desk(
        EventDocument,
        group="events",
        area=Area.events,
        change=_change_document,
        remove=_remove_document,
        creatable=False,
        fixed=("event", "position", *filing.OF_FILE, "version", "uploaded_at"),
        required=("title",),
        listed=("event", "title", "visibility", "filename", "size_bytes", "uploaded_at"),
        order=("-uploaded_at",),
        link="title",
    ),
]
