"""What was changed of one's own data, and when."""

from typing import Any

from litestar import Request, Response

from server.audit import queries
from server.audit.queries import Line
from server.web.admin_kit import trail
from server.web.pages import page
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
# Numbers of rows say nothing to anybody; a note of the board is handed out with all one's data.
LEFT_OUT = frozenset({"person", "type", "note", "revision", "undo_until"})


async def mine(request: AnyRequest) -> Response[Any]:
    """Old and new of everything that changed, the newest first; who did it by role only."""
    actor, said = require_signed_in(request), language_of(request)
    lines = await queries.of_person(actor.person_id or 0)
    told = [(line, *_in_words(said, line)) for line in lines]
    return page(request, "people/history.html", lines=[one for one in told if one[-1]])


def _in_words(said: str, line: Line) -> tuple[str, str, list[trail.Change]]:
    plain = {"entity": line.entity, "action": line.action}
    shown = Line(**{**vars(line), "before": _kept(line.before), "after": _kept(line.after)})
    changes = trail.changes(said, shown, lambda _name: True)
    return trail.table(said, plain), trail.action(said, plain), changes


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in LEFT_OUT}
