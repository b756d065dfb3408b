"""What is on: the list, and one event."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.events import queries
from server.web import calendar_links, links
from server.web.admin_kit.links import admin_row
from server.web.pages import page
from server.web.visitor import actor_of, language_of
from tables.events import EventKind

AnyRequest = Request[Any, Any, Any]


async def agenda(request: AnyRequest) -> Response[Any]:
    """What is still to come; `?kind=` narrows it."""
    kind, now = _kind(request), clock.now()
    events = await queries.upcoming(actor_of(request), now=now, kind=kind)
    return page(request, "events/agenda.html", events=events, kind=kind, kinds=[*EventKind])


async def past(request: AnyRequest) -> Response[Any]:
    """What is over, the latest first; `?before=` turns the page."""
    kind, now = _kind(request), clock.now()
    events = await queries.past(actor_of(request), now=now, before=_before(request, now), kind=kind)
    older = events[-1].starts_at.isoformat() if len(events) == queries.PAGE else ""
    return page(
        request, "events/past.html", events=events, kind=kind, kinds=[*EventKind], older=older
    )


def _kind(request: AnyRequest) -> str:
    asked = request.query_params.get("kind", "")
    return asked if asked in [kind.value for kind in EventKind] else ""


def _before(request: AnyRequest, now: datetime) -> datetime:
    try:
        asked = datetime.fromisoformat(request.query_params.get("before", ""))
        return asked.astimezone(UTC) if asked.tzinfo else now
    except (ValueError, OverflowError):
        return now


async def show_event(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One event: when, where, what for, and whether there is still a place."""
    actor, now = actor_of(request), clock.now()
    event = await queries.get(actor, slug, now=now)
    return page(
        request,
        "events/event.html",
        event=event,
        is_open=event.takes_registrations(now),
        manages=actor.manages(event.group_id),
        calendar=calendar_links.for_event(_copied(event, language_of(request))),
        admin_row=admin_row("event", event.id),
    )


def _copied(event: queries.EventView, said: str) -> calendar_links.Copied:
    path = f"/events/{event.slug}"
    return calendar_links.Copied(
        title=event.title(said),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        all_day=event.all_day,
        place=event.place,
        page=links.absolute(path),
        ics=f"{path}/event.ics",
        summary=event.summary(said),
    )
