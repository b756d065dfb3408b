"""Events over the API."""

from typing import Any

from litestar import Request
from litestar.params import FromPath

from server import clock
from server.events import queries
from server.events.schemas import EventOut, event_out
from server.web.visitor import actor_of

AnyRequest = Request[Any, Any, Any]


async def upcoming_events(request: AnyRequest) -> list[EventOut]:
    """Coming events that you may know of, the first one first; at most twenty."""
    now = clock.now()
    return [event_out(e, now) for e in await queries.upcoming(actor_of(request), now=now)]


async def one_event(request: AnyRequest, slug: FromPath[str]) -> EventOut:
    """One event by the last part of its address. 404 also for one that you may not know of."""
    now = clock.now()
    return event_out(await queries.get(actor_of(request), slug, now=now), now)
