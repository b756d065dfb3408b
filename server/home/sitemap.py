"""Every page that is for everybody, for search engines (https://www.sitemaps.org/protocol.html)."""

from typing import Any
from xml.sax.saxutils import escape

from litestar import Request, Response

from server import clock
from server.actors import ANONYMOUS
from server.directory import reading
from server.events import queries as events
from server.groups import queries as groups
from server.knowledge import queries as knowledge
from server.web.links import absolute
from tables.directory import Visibility

ALWAYS = (
    *("/", "/directory", "/events", "/events/past", "/groups", "/library", "/calendars"),
    *("/newsletters", "/calls", "/membership", "/join", "/privacy"),
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


async def sitemap_xml(request: Request[Any, Any, Any]) -> Response[str]:
    """Public pages of now: whoever is not to be found stands in none of them."""
    today, now = clock.today(), clock.now()
    directory = await reading.directory(today)
    paths = [
        *ALWAYS,
        *(f"/events/{event.slug}" for event in await events.upcoming(ANONYMOUS, now=now)),
        *(f"/groups/{group.slug}" for group in await groups.public(today)),
        *(f"/library/{one.code}" for one in await knowledge.resources(is_member=False)),
        *(f"/directory/{e.slug}" for e in directory.indexes[Visibility.public].entries),
    ]
    listed = "".join(f"<url><loc>{escape(absolute(path))}</loc></url>\n" for path in paths)
    text = f'{HEAD}<urlset xmlns="{SCHEMA}">\n{listed}</urlset>\n'
    return Response(text, media_type="application/xml; charset=utf-8")
