"""Fees over the API, for the treasurer's programs."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.errors import Invalid
from server.fees import queries, service
from server.fees.states import FEE
from server.rights import Area
from server.web.forms import stripped
from server.web.visitor import require_fresh_reader, require_right

AnyRequest = Request[Any, Any, Any]


class FeeOut(msgspec.Struct):
    """One amount due, in cents."""

    id: int
    member: int
    name: str
    type: str
    from_on: date
    until_on: date
    amount_cents: int
    due_on: date
    state: str
    paid_on: date | None
    note: str
    invoice: str
    allowed_actions: list[str]


class YearIn(msgspec.Struct, forbid_unknown_fields=True):
    """Of which calendar year."""

    year: int = 0


class MadeOut(msgspec.Struct):
    """How many fees were made, and their sum in cents."""

    fees: int
    cents: int


class PaymentIn(msgspec.Struct, forbid_unknown_fields=True):
    """On which day it was paid; today if not said."""

    paid_on: date | None = None


class WaiverIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why it need not be paid."""

    reason: str = ""


async def of_year(request: AnyRequest, year: FromPath[int]) -> list[FeeOut]:
    """Every fee of a year. Asks a second step of the last ten minutes, or a token."""
    actor = require_right(request, Area.money)
    require_fresh_reader(request)
    if year not in service.YEARS:
        raise Invalid(year="errors.field.choice")
    found = await queries.of_year(year)
    await service.note_export(actor, year, len(found))
    return [_out(view) for view in found]


async def charge(request: AnyRequest, data: JSONBody[YearIn]) -> MadeOut:
    """Make the fees of a year that are missing."""
    actor = require_right(request, Area.money, to_change=True)
    made = await service.charge_year(actor, data.year, now=clock.now())
    return MadeOut(made.fees, made.cents)


async def pay(request: AnyRequest, fee_id: FromPath[int], data: JSONBody[PaymentIn]) -> FeeOut:
    """It was paid. 409 when it is not due."""
    actor = require_right(request, Area.money, to_change=True)
    await service.pay(actor, fee_id, paid_on=data.paid_on, now=clock.now())
    return _out(await queries.fee(fee_id))


async def waive(request: AnyRequest, fee_id: FromPath[int], data: JSONBody[WaiverIn]) -> FeeOut:
    """It need not be paid. 409 when it is not due, 422 without a reason."""
    actor = require_right(request, Area.money, to_change=True)
    await service.waive(actor, fee_id, stripped(data.reason))
    return _out(await queries.fee(fee_id))


async def reopen(request: AnyRequest, fee_id: FromPath[int]) -> FeeOut:
    """It was not paid after all. 409 when it is due."""
    actor = require_right(request, Area.money, to_change=True)
    await service.reopen(actor, fee_id)
    return _out(await queries.fee(fee_id))


async def invoice(request: AnyRequest, fee_id: FromPath[int]) -> FeeOut:
    """Ask for it on paper; again changes nothing. 409 when it is not due."""
    actor = require_right(request, Area.money, to_change=True)
    await service.invoice(actor, fee_id, now=clock.now())
    return _out(await queries.fee(fee_id))


def _out(view: queries.FeeView) -> FeeOut:
    return FeeOut(
        id=view.id,
        member=view.member_number,
        name=view.name,
        type=view.type_nl,
        from_on=view.from_on,
        until_on=view.until_on,
        amount_cents=view.amount_cents,
        due_on=view.due_on,
        state=view.state,
        paid_on=view.paid_on,
        note=view.note,
        invoice=view.invoice,
        allowed_actions=FEE.allowed(view.state),
    )
