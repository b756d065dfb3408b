"""The door over the API: for scanners of one's own, with a token that opens nothing else."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.accounts import token_queries
from server.actors import Actor
from server.attendance import in_person, queries, rules, service
from server.attendance.schemas import DoorOut, ScanOut, ScansIn, asked, door_out, scan_out
from server.events import queries as events
from server.events import timetable
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


async def door(request: AnyRequest, slug: FromPath[str]) -> DoorOut:
    """The door of an event: how many may come, how many are in, and its parts.

    For who manages the event or helps at its door. Names are never listed.
    """
    event, _ = await _at_the_door(request, slug)
    parts = await timetable.parts(event.id)
    nights = await queries.nights(event.id)
    since = rules.day_began(min(clock.now(), event.ends_at), nights)
    return door_out(event, await queries.numbers(event.id, None, since=since), parts)


async def scan(request: AnyRequest, slug: FromPath[str], data: JSONBody[ScansIn]) -> list[ScanOut]:
    """Scans of one device, up to 200, the oldest first; answered in the same order.

    Each counts once, by `device` and `nonce` together: send whatever you are not sure of again,
    and you get the same answer. Who is refused is no error: 200, with the reason in `result`.
    """
    event, actor = await _at_the_door(request, slug)
    said = language_of(request)
    return [
        scan_out(await in_person.scan(actor, event.id, asked(one, data), now=clock.now()),
                 one.nonce, said)
        for one in data.scans
    ]  # fmt: skip


async def undo(request: AnyRequest, slug: FromPath[str], scan_id: FromPath[int]) -> None:
    """Take a scan back, as if it had not been. 404 when it was taken back before."""
    event, actor = await _at_the_door(request, slug)
    await service.undo(actor, scan_id, event_id=event.id, now=clock.now())


async def _at_the_door(request: AnyRequest, slug: str) -> tuple[events.EventView, Actor]:
    """The event, and who is at its door; for anybody else there is none. Raises NotFound.

    A token for the door counts the offices and seats of its owner here, and here only.
    """
    actor = require_signed_in(request)
    if actor.scopes is not None:
        actor = await token_queries.with_offices(actor, clock.now())
    event = await events.get(actor, slug, now=clock.now())
    await service.require_desk(actor, event.id)
    return event, actor
