"""The board's page: what waits for a decision, and where the desks are."""

from typing import Any

from litestar import Request, Response

from server import clock
from server.accreditation import service as accreditation
from server.actors import Actor
from server.board import queries
from server.outbox import queries as outbox
from server.rights import Area, letters_kept_from
from server.web.pages import page
from server.web.visitor import require_board, require_right

TASKS = {
    "proposal": Area.talks,
    "overdue": Area.talks,
    "draft": Area.events,
    "over": Area.events,
    "unmailed": Area.events,
    "approval": Area.events,
    "presence": Area.events,
    "objection": Area.events,
    "accreditation_ask": Area.events,
    "accreditation_report": Area.events,
    "application": Area.people,
    "profile": Area.people,
    "farewell": Area.people,
    "erasure": Area.people,
    "issue_approval": Area.newsletters,
    "issue_paused": Area.newsletters,
    "letter": Area.letters,
    "paused": Area.letters,
    "refused": Area.letters,
}
DESKS = (
    ("/board/members", "members", Area.people),
    ("/board/events", "events", Area.events),
    ("/board/accreditation", "accreditation", Area.events),
    ("/board/applications", "applications", Area.people),
    ("/board/calendars", "calendars", Area.events),
    ("/board/duplicates", "duplicates", Area.people),
    ("/board/fees", "fees", Area.money),
    ("/board/import", "import", Area.people),
    ("/board/privacy", "privacy", Area.people),
    ("/board/profiles", "profiles", Area.people),
    ("/board/talks", "talks", Area.talks),
    ("/board/newsletters", "newsletters", Area.newsletters),
    ("/board/letters", "letters", Area.letters),
    ("/board/deliverability", "deliverability", Area.letters),
    ("/board/audit", "audit", Area.audit),
    ("/board/webhooks", "webhooks", Area.machinery),
    ("/board/accounts", "accounts", Area.offices),
)
# Tasks and desks whose page opens only to who may change the area.
FOR_CHANGING = {
    "approval",
    "events",
    "draft",
    "presence",
    "objection",
    "erasure",
    "duplicates",
    "import",
}
FOR_ACCREDITATION = {"accreditation", "accreditation_ask", "accreditation_report"}
AnyRequest = Request[Any, Any, Any]


async def overview(request: AnyRequest) -> Response[Any]:
    """What waits, oldest first; numbers; desks."""
    actor, now = require_board(request), clock.now()
    found = await queries.tasks(now)
    return page(
        request,
        "board/overview.html",
        tasks=[task for task in found if _opens(actor, task.kind, TASKS[task.kind])],
        desks=[(path, name) for path, name, area in DESKS if _opens(actor, name, area)],
        numbers=await queries.numbers(clock.today(), now),
        coming=await queries.coming(now),
    )


def _opens(actor: Actor, name: str, area: Area) -> bool:
    if name in FOR_ACCREDITATION:
        return accreditation.may(actor)
    return actor.changes(area) if name in FOR_CHANGING else actor.sees(area)


async def letters(request: AnyRequest) -> Response[Any]:
    """Letters that did not arrive, and why; of some only who sees money knows what they are."""
    actor = require_right(request, Area.letters)
    return page(
        request,
        "board/letters.html",
        letters=await outbox.troubled(),
        counts=await outbox.counts(),
        kept=letters_kept_from(actor.roles),
        may_send=actor.changes(Area.letters),
    )
