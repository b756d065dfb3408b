"""Events over the API."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.events import documents, queries, rules, timetable
from server.events.schemas import EventOut, EventWithParts, event_out, with_parts
from server.web import links
from server.web.visitor import actor_of

AnyRequest = Request[Any, Any, Any]


async def upcoming_events(request: AnyRequest) -> Response[list[EventOut]]:
    """Coming events that you may know of, the first one first, twenty at a time.

    `Link: <…>; rel="next"` (RFC 8288) gives the address of the next twenty, if there are more.
    """
    now, mark = clock.now(), rules.mark_in(request.query_params.get("after", ""))
    found = await queries.upcoming(actor_of(request), now=now, after=mark)
    further = queries.next_mark(found)
    address = links.absolute(f"/api/events?after={quote(str(further))}")
    headers = {"Link": f'<{address}>; rel="next"'} if further else {}
    return Response([event_out(event, now) for event in found], headers=headers)


async def one_event(request: AnyRequest, slug: FromPath[str]) -> EventWithParts:
    """One event, its timetable and its public documents. 404 also where you may not know of it."""
    now = clock.now()
    event = await queries.get(actor_of(request), slug, now=now)
    parts, everybodys = await timetable.parts(event.id), await documents.for_everybody(event.id)
    return with_parts(event, parts, everybodys, now)
