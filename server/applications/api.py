"""Applications over the API: the board's verbs, for offices that may see and change people."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.applications import deciding, queries
from server.applications.board import find
from server.applications.schemas import (
    ApplicationOut,
    ApprovalIn,
    QuestionIn,
    RejectionIn,
    application_out,
)
from server.applications.states import OPEN
from server.errors import Invalid
from server.rights import Area
from server.web.forms import stripped
from server.web.visitor import require_fresh_reader, require_right

AnyRequest = Request[Any, Any, Any]


async def waiting(request: AnyRequest) -> list[ApplicationOut]:
    """Every application that waits for a decision, the oldest first; without look-alikes.

    Asks a second step of the last ten minutes, or a token.
    """
    actor = require_right(request, Area.people)
    require_fresh_reader(request)
    found = await queries.in_states(tuple(OPEN))
    await deciding.note_export(actor, len(found))
    return [application_out(view, []) for view in found]


async def one(request: AnyRequest, application_id: FromPath[int]) -> ApplicationOut:
    """One application, with the people we know beside it."""
    require_right(request, Area.people)
    return await _out(application_id)


async def ask_more(
    request: AnyRequest, application_id: FromPath[int], data: JSONBody[QuestionIn]
) -> ApplicationOut:
    """Ask the applicant something. 409 when it is decided already, 422 without a question."""
    actor = require_right(request, Area.people, to_change=True)
    view = await find(application_id)
    await deciding.ask_more(actor, view.id, stripped(data.question), now=clock.now())
    return await _out(application_id)


async def reject(
    request: AnyRequest, application_id: FromPath[int], data: JSONBody[RejectionIn]
) -> ApplicationOut:
    """Turn the applicant down. 409 when it is decided already, 422 without a reason."""
    actor = require_right(request, Area.people, to_change=True)
    view = await find(application_id)
    await deciding.reject(actor, view.id, stripped(data.reason), now=clock.now())
    return await _out(application_id)


async def approve(
    request: AnyRequest, application_id: FromPath[int], data: JSONBody[ApprovalIn]
) -> ApplicationOut:
    """Admit the applicant. 409 when it is decided already, or a membership overlaps."""
    actor = require_right(request, Area.people, to_change=True)
    view = await find(application_id)
    if data.starts_on is None:
        raise Invalid(starts_on="errors.field.required")
    known = {person.id for person in await queries.look_alikes(view) if not person.is_deceased}
    person_id = data.person if data.person in known else None
    if data.person is not None and person_id is None:
        raise Invalid(person="errors.field.choice")
    await deciding.approve(
        actor, view.id, starts_on=data.starts_on, person_id=person_id, now=clock.now()
    )
    return await _out(application_id)


async def _out(application_id: int) -> ApplicationOut:
    view = await find(application_id)
    return application_out(view, await queries.look_alikes(view))
