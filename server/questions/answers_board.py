"""What was answered, for who manages the event; what people need, for who cooks and who helps."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.audit import service as audit
from server.errors import NotFound
from server.events import board as events
from server.events.queries import EventView
from server.questions import needs, summing
from server.rights import Area
from server.web.exports import Cell, download
from server.web.pages import page
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]


async def answers(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Counts per option, and everybody's answers."""
    event = await events.managed(request, slug)
    table = await summing.table(event.id, language_of(request))
    return page(request, "questions/answers.html", event=event, table=table)


async def answers_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The answers as CSV."""
    return await _answers(request, slug, "csv")


async def answers_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The answers as a spreadsheet."""
    return await _answers(request, slug, "xlsx")


async def _answers(request: AnyRequest, slug: str, kind: str) -> Response[Any]:
    event = await events.managed(request, slug)
    actor = require_fresh(request)
    table = await summing.table(event.id, language_of(request))
    after = {"rows": len(table.rows)}
    await audit.record(actor, "export_answers", ("event", event.id), after=after)
    return download(f"{event.slug}-antwoorden.{kind}", table.heads, table.rows)


async def needs_page(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """How many people need what; and the words, with names for the board only."""
    event = await events.managed(request, slug)
    sees = _sees_words(request)
    return page(
        request,
        "questions/needs.html",
        event=event,
        counts=await needs.counts(event.id),
        people=await needs.of_event(event.id) if sees else [],
        sees_words=sees,
        is_forgotten=_is_forgotten(event),
    )


async def needs_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """For the caterer: numbers, and words without names, of who comes."""
    event = await events.managed(request, slug)
    actor, said = require_fresh(request), language_of(request)
    if not _sees_words(request):
        raise NotFound
    rows: list[list[Cell]] = [
        [language.text(said, f"questions.diet.{need}"), people]
        for need, people in (await needs.counts(event.id)).items()
    ]
    coming = [need for _, need, comes in await needs.of_event(event.id) if comes]
    rows += sorted([need.allergies, 1] for need in coming if need.allergies)
    heads = [language.text(said, f"questions.column.{name}") for name in ("need", "people")]
    after = {"rows": len(rows)}
    await audit.record(actor, "export_needs", ("event", event.id), after=after)
    return download(f"{event.slug}-dieet.csv", heads, rows)


def _sees_words(request: AnyRequest) -> bool:
    """Who acts for the board and runs events; a chair of a group sees numbers only."""
    return require_signed_in(request).changes(Area.events)


def _is_forgotten(event: EventView) -> bool:
    return event.state != "postponed" and event.ends_at < clock.now() - needs.KEPT_FOR
