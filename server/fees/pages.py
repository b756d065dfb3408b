"""One's own fees: what is due, the invoices, and direct debit."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, StringField

from server import clock
from server.actors import Actor
from server.errors import Invalid, NotFound
from server.fees import mandates, paper, queries
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
HERE = "/me/fees"


class MandateForm(Form):
    """An account and the words of the mandate, ticked."""

    iban = StringField("fees.field.iban", [required(), at_most(42)], filters=[stripped])
    holder = StringField("fees.field.holder", [required(), at_most(70)], filters=[stripped])
    agreed = BooleanField("fees.field.agreed", [required("fees.field.agreed.needed")])


async def mine(request: AnyRequest) -> Response[Any]:
    """What I owe and paid."""
    return await _page(request, require_signed_in(request), MandateForm())


async def give_mandate(request: AnyRequest) -> Response[Any]:
    """Let my fees be collected."""
    actor, form = require_signed_in(request), await MandateForm.read(request)
    if form.validate():
        try:
            await mandates.give(actor, form.iban.data, form.holder.data, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _page(request, actor, form)
    return see_other(HERE, notice="fees.notice.mandate")


async def take_back_mandate(request: AnyRequest) -> Response[Any]:
    """No more direct debit."""
    await mandates.take_back(require_signed_in(request), now=clock.now())
    return see_other(HERE, notice="fees.notice.mandate_ended")


async def my_invoice(request: AnyRequest, invoice_id: FromPath[int]) -> Response[Any]:
    """My own invoice on paper."""
    actor = require_signed_in(request)
    view = await queries.invoice(invoice_id)
    if view.person_id != actor.person_id:
        raise NotFound
    return await as_pdf(view, language_of(request))


async def as_pdf(view: queries.InvoiceView, said: str) -> Response[Any]:
    """An invoice as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{view.code}.pdf"'}
    body = await paper.invoice(view, said=said)
    return Response(body, media_type="application/pdf", headers=headers)


async def _page(request: AnyRequest, actor: Actor, form: MandateForm) -> Response[Any]:
    person_id = actor.person_id or 0
    return page(
        request,
        "fees/mine.html",
        status=422 if form.errors else 200,
        fees=await queries.of_person(person_id),
        account=await queries.account_of(person_id),
        has_to_pay=await queries.has_to_pay(person_id, clock.today()),
        form=form,
        today=clock.today(),
    )
