"""An event once more on another day: its plan and nothing of its people."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from server import hours
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.events import service
from tables.events import EventPart
from tables.registrations import CapacityUnit, EventClass

# The joining link stays behind: whoever had a place before would find the new meeting by it.
PLAN = (
    *("kind", "title", "title_en", "summary", "summary_en", "description", "description_en"),
    *("starts_at", "ends_at", "all_day", "mode", "venue", "room", "booked_room"),
    *("visibility", "group"),
    *("contact_email", "registration_opens_at", "registration_closes_at", "cancel_until_at"),
    *("members_only_registration", "needs_approval"),
)
# Both are copied in the order of their keys: a part is for the place of the same number.
OWN_UNITS = """WITH numbered AS (SELECT id, event,
    row_number() OVER (PARTITION BY event ORDER BY id) AS n FROM capacity_unit
    WHERE event IN ($1, $2))
  UPDATE event_part p SET unit = (SELECT copy.id FROM numbered old JOIN numbered copy
    ON copy.n = old.n WHERE old.id = p.unit AND copy.event = $2)
  WHERE p.event = $2 AND p.unit IS NOT NULL"""
# Why a room may be shared is of the other day, too.
ROWS_OWN = (
    *("id", "uid", "sequence", "event", "created_at", "changed_at", "revision", "room_reason"),
)
SPAN = {"starts_at", "ends_at"}
NOTHING: Mapping[str, Any] = MappingProxyType({})


async def copy(
    actor: Actor,
    event_id: int,
    starts_at: datetime,
    *,
    also: Mapping[str, Any] = NOTHING,
    now: datetime,
) -> int:
    """A draft that begins at `starts_at`: its id. All else moves along by the Amsterdam clock.

    Parts, places and terms come along; registrations, answers, scans, talks, codes and reasons do
    not. `also` are columns of the copy alone. Raises Invalid for an hour that is not there,
    NotFound.
    """
    if not hours.exists(starts_at):
        raise Invalid(starts_at=hours.missing(hours.hands(starts_at)))
    async with transaction():
        rows = await execute("SELECT * FROM event WHERE id = $1 FOR SHARE", event_id)
        if not rows:
            raise NotFound
        move = rows[0]["starts_at"], starts_at
        plan = {name: value for name, value in rows[0].items() if name in PLAN}
        made = await service.create(actor, _shifted(plan, *move) | dict(also), now=now)
        for table in (EventPart, CapacityUnit, EventClass):
            await _copy_rows(table, event_id, made, move=move, now=now)
        await execute(OWN_UNITS, event_id, made)
        await audit.record(actor, "copy", ("event", made), after={"from": event_id})
    return made


async def _copy_rows(
    table: type[EventPart] | type[CapacityUnit] | type[EventClass],
    event_id: int,
    made: int,
    *,
    move: tuple[datetime, datetime],
    now: datetime,
) -> None:
    name = table._meta.tablename
    for row in await execute(f'SELECT * FROM "{name}" WHERE event = $1 ORDER BY id', event_id):
        own = {key: value for key, value in row.items() if key not in ROWS_OWN}
        values = _shifted(own, *move)
        await table(**{**values, "event": made, "created_at": now, "changed_at": now}).save()


def _shifted(values: Mapping[str, Any], was: datetime, becomes: datetime) -> dict[str, Any]:
    """The same with every moment moved by the hands of an Amsterdam clock: 09:00 stays 09:00.

    Raises Invalid when something would begin or end in an hour that is not there; a last moment
    before which something must be done is then an hour later on the clock.
    """
    for name in SPAN & values.keys():
        if lost := hours.lost(values[name], was, becomes):
            raise Invalid(starts_at=lost)
    return {
        name: hours.along(value, was, becomes) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
