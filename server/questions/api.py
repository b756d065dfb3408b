"""The questions of an event over the API."""

from typing import Any

from litestar import Request
from litestar.params import FromPath

from server import clock
from server.events import queries as events
from server.questions import fields
from server.questions.schemas import QuestionsOut, questions_out
from server.web.visitor import actor_of, language_of

AnyRequest = Request[Any, Any, Any]


async def event_questions(request: AnyRequest, slug: FromPath[str]) -> QuestionsOut:
    """What you are asked when you register, in your language. 404 also for an event that you may
    not know of. Answer with `POST /api/events/{slug}/registrations`."""
    event = await events.get(actor_of(request), slug, now=clock.now())
    return questions_out(await fields.asked_by(event.id), language_of(request))
