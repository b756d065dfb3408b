"""What is on: the list, and one event."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.events import cards, documents, points, queries, rules, timetable
from server.rights import Area
from server.web import calendar_links, links, structured
from server.web.admin_kit.links import admin_row
from server.web.pages import page
from server.web.visitor import actor_of, language_of
from tables.events import EventKind

AnyRequest = Request[Any, Any, Any]


async def agenda(request: AnyRequest) -> Response[Any]:
    """What is still to come; `?kind=` narrows it, `?after=` turns the page."""
    kind, mark = _kind(request), _mark(request, "after")
    events = await queries.upcoming(actor_of(request), now=clock.now(), kind=kind, after=mark)
    return _list_page(request, "events/agenda.html", events, kind)


async def past(request: AnyRequest) -> Response[Any]:
    """What is over, the latest first; `?before=` turns the page."""
    kind, mark = _kind(request), _mark(request, "before")
    events = await queries.past(actor_of(request), now=clock.now(), kind=kind, before=mark)
    return _list_page(request, "events/past.html", events, kind)


def _list_page(
    request: AnyRequest, template: str, events: list[queries.EventView], kind: str
) -> Response[Any]:
    further = str(queries.next_mark(events) or "")
    return page(request, template, events=events, kind=kind, kinds=[*EventKind], further=further)


def _kind(request: AnyRequest) -> str:
    asked = request.query_params.get("kind", "")
    return asked if asked in [kind.value for kind in EventKind] else ""


def _mark(request: AnyRequest, name: str) -> rules.Mark | None:
    return rules.mark_in(request.query_params.get(name, ""))


async def show_event(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One event: when, where, what for, and whether there is still a place."""
    actor, now = actor_of(request), clock.now()
    event = await queries.get(actor, slug, now=now)
    is_public, said = cards.is_public(event), language_of(request)
    return page(
        request,
        "events/event.html",
        event=event,
        json_ld=structured.script(cards.json_ld(event, said, now)) if is_public else "",
        picture=cards.picture(event, said) if is_public else "",
        parts=await timetable.parts(event.id),
        points=await points.of_event(event.id),
        documents=await documents.for_reader(actor, event.id, event.group_id),
        others=await queries.of_series(actor, event, now=now) if event.series_id else [],
        is_open=event.takes_registrations(now),
        manages=actor.manages(event.group_id, Area.events),
        calendar=calendar_links.for_event(_copied(event, said)),
        programme=calendar_links.for_feed(_programme(event, said), event.title(said)),
        admin_row=admin_row("event", event.id),
    )


def _programme(event: queries.EventView, said: str) -> str:
    """The address of the feed of its parts."""
    language = "?lang=en" if said == "en" else ""
    return links.absolute(f"/calendars/events/{event.slug}/programme.ics") + language


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
