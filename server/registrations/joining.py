"""The way into an online meeting: an address of ours that calendars hold, behind sign-in.

The link of the meeting itself is in no feed and in no letter before the day. Who follows this
address and has a place online is led on; a forwarded calendar gives nothing away.
"""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from litestar.response import Redirect

from server import clock
from server.clock import day_of
from server.database import execute
from server.events import queries as events
from server.web.pages import secret, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]
# Of event `e` for person `$n`, on day `$m`: a confirmed place online, a confirmed talk, or a
# meeting of one's own group for which nobody registers.
MAY_JOIN = """(e.online_url <> '' AND e.mode <> 'on_site'
  AND e.state IN ('published', 'completed') AND (
    EXISTS (SELECT 1 FROM registration r JOIN registration_line l ON l.registration = r.id
      JOIN capacity_unit u ON u.id = l.unit WHERE r.event = e.id AND r.person = {person}
      AND l.state = 'confirmed' AND (u.kind = 'online' OR e.mode = 'online'))
    OR EXISTS (SELECT 1 FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
      JOIN call c ON c.id = p.call WHERE c.event = e.id AND s.person = {person}
      AND p.state IN ('confirmed', 'delivered'))
    OR (NOT EXISTS (SELECT 1 FROM capacity_unit u WHERE u.event = e.id)
      AND EXISTS (SELECT 1 FROM group_membership m WHERE m.person = {person}
        AND m."group" = e."group" AND m.state IN ('active', 'on_leave') AND m.from_on <= {day}
        AND (m.until_on IS NULL OR m.until_on >= {day})))))"""
LINK = f"""SELECT e.online_url FROM event e
  WHERE e.id = $1 AND {MAY_JOIN.format(person="$2", day="$3")}"""


async def online(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """To the meeting, for who takes part online; others come to the page of the event."""
    actor, now = require_signed_in(request), clock.now()
    event = await events.get(actor, slug, now=now)
    rows = await execute(LINK, event.id, actor.person_id, day_of(now))
    if not rows or not rows[0]["online_url"].startswith(("https://", "http://")):
        return see_other(f"/events/{event.slug}", notice="registrations.notice.no_link")
    return secret(Redirect(rows[0]["online_url"], status_code=303))
