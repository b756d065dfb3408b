"""The treasurer's page: the fees of a year, invoices, marks, lists, and the file for the bank."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.admission import dues
from server.admission.forms import WaiveForm
from server.errors import NotFound
from server.fees import debit, queries, service
from server.fees.pages import as_pdf
from server.rights import Area
from server.web.exports import Cell, csv_response, xlsx_response
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
Export = Callable[[str, Sequence[str], Sequence[Sequence[Cell]]], Response[Any]]
HERE = "/board/fees"
NOTICE_DAYS = timedelta(days=5)  # the bank wants the file some days before it collects
COLUMNS = ("number", "name", "type", "from_on", "until_on", "amount", "due_on", "state", "paid_on",
           "invoice")  # fmt: skip


async def overview(request: AnyRequest) -> Response[Any]:
    """The fees of a year."""
    require_right(request, Area.money)
    year = _year(request)
    fees = await queries.of_year(year)
    sums = {state: sum(f.amount_cents for f in fees if f.state == state) for state in _STATES}
    return page(
        request,
        "fees/board.html",
        fees=fees,
        sums=sums,
        year=year,
        this_year=clock.today().year,
        missing=len(await queries.unbilled(year)),
        unasked=sum(f.state == "due" and f.invoice_id is None for f in fees),
        can_collect=debit.is_possible(),
        events=await dues.events(),
        today=clock.today(),
    )


_STATES = ("due", "paid", "waived")


async def charge(request: AnyRequest) -> Response[Any]:
    """Make the fees of a year that are missing."""
    actor = require_right(request, Area.money, to_change=True)
    year = _year(request)
    await service.charge_year(actor, year, now=clock.now())
    return _back(year, "charged")


async def invoice_all(request: AnyRequest) -> Response[Any]:
    """Ask everybody for what was not asked yet."""
    actor = require_right(request, Area.money, to_change=True)
    year = _year(request)
    await service.invoice_all(actor, year, now=clock.now())
    return _back(year, "invoiced")


async def one(request: AnyRequest, fee_id: FromPath[int]) -> Response[Any]:
    """One fee and what may be done with it."""
    require_right(request, Area.money)
    return _one(request, await queries.fee(fee_id), WaiveForm())


async def pay(request: AnyRequest, fee_id: FromPath[int]) -> Response[Any]:
    """It was paid."""
    actor = require_right(request, Area.money, to_change=True)
    await service.pay(actor, fee_id, now=clock.now())
    return await _to_one(fee_id, "paid")


async def waive(request: AnyRequest, fee_id: FromPath[int]) -> Response[Any]:
    """It need not be paid."""
    actor = require_right(request, Area.money, to_change=True)
    form = await WaiveForm.read(request)
    if not form.validate():
        return _one(request, await queries.fee(fee_id), form)
    await service.waive(actor, fee_id, form.reason.data)
    return await _to_one(fee_id, "waived")


async def reopen(request: AnyRequest, fee_id: FromPath[int]) -> Response[Any]:
    """It was not paid after all."""
    actor = require_right(request, Area.money, to_change=True)
    await service.reopen(actor, fee_id)
    return await _to_one(fee_id, "reopened")


async def invoice(request: AnyRequest, fee_id: FromPath[int]) -> Response[Any]:
    """Ask for it on paper."""
    actor = require_right(request, Area.money, to_change=True)
    await service.invoice(actor, fee_id, now=clock.now())
    return await _to_one(fee_id, "invoiced")


async def invoice_paper(request: AnyRequest, invoice_id: FromPath[int]) -> Response[Any]:
    """Somebody's invoice, in their language."""
    require_right(request, Area.money)
    view = await queries.invoice(invoice_id)
    return await as_pdf(view, view.language)


async def as_csv(request: AnyRequest) -> Response[Any]:
    """The list of a year for another program."""
    return await _export(request, "csv", csv_response)


async def as_xlsx(request: AnyRequest) -> Response[Any]:
    """The list of a year as a spreadsheet."""
    return await _export(request, "xlsx", xlsx_response)


async def debit_file(request: AnyRequest) -> Response[Any]:
    """What is collected, for the bank."""
    actor = require_right(request, Area.money, to_change=True)
    require_fresh(request)
    year = _year(request)
    body = await debit.file(actor, year, collect_on=clock.today() + NOTICE_DAYS)
    headers = {"Content-Disposition": f'attachment; filename="incasso-{year}.xml"'}
    return Response(body, media_type="application/xml", headers=headers)


async def _export(request: AnyRequest, kind: str, export: Export) -> Response[Any]:
    actor = require_right(request, Area.money)
    require_fresh(request)
    year, said = _year(request), language_of(request)
    fees = await queries.of_year(year)
    await service.note_export(actor, year, len(fees))
    header = [language.text(said, f"fees.column.{column}") for column in COLUMNS]
    rows: list[list[Cell]] = [
        [f.member_number, f.name, f.type_name(said), f.from_on, f.until_on, f.amount_cents / 100,
         f.due_on, language.text(said, f"states.fee.{f.state}"), f.paid_on, f.invoice]
        for f in fees
    ]  # fmt: skip
    return export(f"{language.text(said, 'fees.file')}-{year}.{kind}", header, rows)


def _year(request: AnyRequest) -> int:
    """The year of the address; this year if none is named. Raises NotFound for nonsense."""
    given = request.query_params.get("year", str(clock.today().year))
    if not (given.isascii() and given.isdecimal() and int(given[:5]) in service.YEARS):
        raise NotFound
    return int(given)


def _back(year: int, notice: str) -> Response[Any]:
    return see_other(f"{HERE}?year={year}", notice=f"fees.notice.{notice}")


async def _to_one(fee_id: int, notice: str) -> Response[Any]:
    return see_other(f"{HERE}/{fee_id}", notice=f"fees.notice.{notice}")


def _one(request: AnyRequest, fee: queries.FeeView, form: WaiveForm) -> Response[Any]:
    status = 422 if form.errors else 200
    return page(request, "fees/one.html", status=status, fee=fee, form=form, today=clock.today())
