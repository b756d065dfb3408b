"""The front page, my page, what we do with data, and where to report a weakness."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response

from server import clock
from server.attendance import queries as doors
from server.events import queries as events
from server.groups import queries as groups
from server.knowledge import queries as knowledge
from server.memberships import queries as memberships
from server.outbox import queries as outbox
from server.outbox.message import sender
from server.registrations import queries as registrations
from server.talks import queries as talks
from server.web.links import absolute
from server.web.pages import page
from server.web.visitor import actor_of, require_signed_in
from tables.events import EventState

AnyRequest = Request[Any, Any, Any]
ON_FRONT = 3
SECURITY_DAYS = 365


async def front(request: AnyRequest) -> Response[Any]:
    """What the network is, what is on, where to begin."""
    actor, now = actor_of(request), clock.now()
    coming = await events.upcoming(actor, now=now)
    going_on = [event for event in coming if event.state != EventState.cancelled]
    return page(
        request,
        "home/front.html",
        events=going_on[:ON_FRONT],
        groups=await groups.public(clock.today()),
        resources=await knowledge.newest(ON_FRONT),
        types=await memberships.types(clock.today()),
        article=await knowledge.first_article(),
        mail_from=sender(),
    )


async def me(request: AnyRequest) -> Response[Any]:
    """My page: what comes next for me."""
    actor, now = require_signed_in(request), clock.now()
    person_id = actor.person_id or 0
    return page(
        request,
        "home/me.html",
        registrations=await registrations.of_person(person_id, since=now - timedelta(days=1)),
        proposals=await talks.of_person(person_id),
        seats=await groups.seats_of(person_id, clock.today()),
        standing=(await memberships.standing(person_id)).status_on(clock.today()),
        letters=await outbox.received_by(person_id),
        desks=await doors.of_helper(actor, now=now),
    )


async def privacy(request: AnyRequest) -> Response[Any]:
    """What we keep of whom, why, and for how long."""
    return page(request, "home/privacy.html", mail_from=sender())


async def security_txt(request: AnyRequest) -> Response[str]:
    """Where to report a weakness (RFC 9116)."""
    expires = clock.now() + timedelta(days=SECURITY_DAYS)
    lines = (
        f"Contact: mailto:{sender()}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: nl, en",
        f"Canonical: {absolute('/.well-known/security.txt')}",
    )
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")


async def robots_txt(request: AnyRequest) -> Response[str]:
    """Search engines may read what is public; calendars must stay allowed for Google."""
    text = "User-agent: *\nDisallow: /me\nDisallow: /board\nDisallow: /registrations/\n"
    text += f"Sitemap: {absolute('/sitemap.xml')}\n"
    return Response(text, media_type="text/plain; charset=utf-8")
