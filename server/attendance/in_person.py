"""Who has a place online and stands in the hall: with room there, their place is there from now.

One more press than for others, so that nobody takes a chair that was meant for somebody by
mistake. Whoever is at the desk may: it is the change they could have made themselves yesterday.
"""

from datetime import datetime

from server.actors import Actor
from server.attendance import service
from server.attendance.queries import ScanView
from server.attendance.service import Asked
from server.database import transaction
from server.errors import Refusal
from server.registrations import choosing, queries, seats, sorts
from server.registrations import service as registrations
from server.registrations.refusals import Full
from tables.registrations import LineState, UnitKind


async def scan(actor: Actor, event_id: int, asked: Asked, *, now: datetime) -> ScanView:
    """A scan like any other, of who may come in although their place is online.

    As `service.scan`; with no room in the hall the reason is that. Nobody who waits is passed.
    """
    try:
        async with transaction():
            await service.require_desk(actor, event_id)
            if asked.in_person and not await service.was_sent(event_id, asked):
                await _switch(actor, event_id, asked, now)
            return await service.scan(actor, event_id, asked, now=now)
    except Full:
        return await service.scan(actor, event_id, asked, is_full=True, now=now)
    except Refusal:  # the place cannot be changed any more: they are told why they cannot come in
        return await service.scan(actor, event_id, asked, now=now)


async def _switch(actor: Actor, event_id: int, asked: Asked, now: datetime) -> None:
    """From the place online to one in the hall, by the offer of it if they have that.

    Refuses: Full, and as `choosing.take`.
    """
    who = await service.online(event_id, asked, now=now)
    if who is None:
        return
    view = await queries.by_id(who.registration_id)
    for one in await seats.live(view.id):
        if one["kind"] == UnitKind.seat and one["state"] == LineState.offered:
            await registrations.accept(actor, view.code, unit_id=one["unit_id"], now=now)
            return
    for unit in await sorts.of_event(event_id, now=now):
        if unit.kind == UnitKind.seat and unit.free != 0:
            has = await choosing.take(actor, view.code, unit.id, for_them=True, now=now)
            if has.state == LineState.confirmed:
                return
            break  # free, and somebody waits for it who goes first
    raise Full
