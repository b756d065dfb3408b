"""The treasurer's side of an event: who owes what, who paid, who gets money back."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.admission import dues
from server.admission.dues import TicketDue
from server.admission.forms import WaiveForm
from server.audit import service as audit
from server.errors import NotFound
from server.events import queries as events
from server.events.queries import EventView
from server.rights import Area
from server.web.exports import Cell, csv_response, xlsx_response
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
Export = Callable[[str, Sequence[str], Sequence[Sequence[Cell]]], Response[Any]]
COLUMNS = ("reference", "name", "class", "amount", "state", "place", "paid_on", "note")
ACTIONS = {"payment": "pay", "refund": "refund", "reopening": "reopen"}


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The amounts of one event."""
    event = await _event(request, slug)
    found = await dues.of_event(event.id)
    sums = [
        ("admission.money.owed", sum(one.amount_cents for one in found if one.is_owed)),
        ("admission.money.paid", sum(one.amount_cents for one in found if one.state == "paid")),
        ("admission.money.to_refund", sum(o.amount_cents for o in found if o.is_to_refund)),
    ]
    return page(
        request, "admission/money.html", event=event, dues=found, sums=sums, ref=dues.reference
    )


async def mark(
    request: AnyRequest, slug: FromPath[str], due_id: FromPath[int], action: FromPath[str]
) -> Response[Any]:
    """It was paid, was given back, or is due after all."""
    if action not in ACTIONS:
        raise NotFound
    event, due = await _due(request, slug, due_id)
    actor = require_right(request, Area.money, to_change=True)
    await dues.mark(actor, due.id, ACTIONS[action], now=clock.now())
    return see_other(f"/board/events/{event.slug}/fees", notice="admission.notice.marked")


async def ask_waiver(
    request: AnyRequest, slug: FromPath[str], due_id: FromPath[int]
) -> Response[Any]:
    """Why somebody need not pay."""
    event, due = await _due(request, slug, due_id)
    return page(request, "admission/waive.html", event=event, due=due, form=WaiveForm())


async def waive(request: AnyRequest, slug: FromPath[str], due_id: FromPath[int]) -> Response[Any]:
    """Let somebody off."""
    event, due = await _due(request, slug, due_id)
    actor = require_right(request, Area.money, to_change=True)
    form: Any = await WaiveForm.read(request)
    if not form.validate():
        return page(request, "admission/waive.html", status=422, event=event, due=due, form=form)
    await dues.mark(actor, due.id, "waive", reason=form.reason.data, now=clock.now())
    return see_other(f"/board/events/{event.slug}/fees", notice="admission.notice.marked")


async def as_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list for another program."""
    return await _export(request, slug, "csv", csv_response)


async def as_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as a spreadsheet."""
    return await _export(request, slug, "xlsx", xlsx_response)


async def _export(request: AnyRequest, slug: str, kind: str, export: Export) -> Response[Any]:
    event = await _event(request, slug)
    require_fresh(request)
    actor, said = require_right(request, Area.money), language_of(request)
    found = await dues.of_event(event.id)
    await audit.record(actor, "export", ("ticket_fee", event.id), after={"rows": len(found)})
    header = [language.text(said, f"admission.column.{name}") for name in COLUMNS]
    rows: list[list[Cell]] = [
        [dues.reference(one.registration_id), one.name,
         language.text(said, f"registrations.class.{one.priced_as}"), one.amount_cents / 100,
         language.text(said, f"states.ticket_fee.{one.state}"),
         language.text(said, f"admission.money.{'has' if one.has_place else 'no'}_place"),
         one.paid_on, one.note]
        for one in found
    ]  # fmt: skip
    return export(f"{event.slug}-{language.text(said, 'admission.file')}.{kind}", header, rows)


async def _event(request: AnyRequest, slug: str) -> EventView:
    """Who sees money sees the amounts of every event they may know of."""
    actor = require_right(request, Area.money)
    return await events.get(actor, slug, now=clock.now())


async def _due(request: AnyRequest, slug: str, due_id: int) -> tuple[EventView, TicketDue]:
    event, due = await _event(request, slug), await dues.get(due_id)
    if due.event_id != event.id:
        raise NotFound
    return event, due
