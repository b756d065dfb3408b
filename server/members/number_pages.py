"""One's own numbers of professional registers: say one, correct one, take one back."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from server.errors import Invalid, Stale
from server.knowledge import queries as knowledge
from server.people import numbers, own_numbers, registers
from server.people.numbers import NumberView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
NUMBERS = "/me/profile/numbers"


class CorrectionForm(Form):
    """A number, and the profession it was given for."""

    revision = HiddenField()
    number = StringField(
        "people.field.number",
        [required("people.number.empty"), at_most(40)],
        filters=[stripped],
        description="people.hint.number",
    )
    title = SelectField("people.field.profession", default="", description="people.hint.profession")


class NumberForm(CorrectionForm):
    """One more number."""

    register = SelectField("people.field.register", [required()])


async def mine(request: AnyRequest) -> Response[Any]:
    """One's own numbers, and a form for one more."""
    require_signed_in(request)
    return await _list(request, NumberForm())


async def add(request: AnyRequest) -> Response[Any]:
    """Say that a number is one's own; a fit one is kept, another comes back with a proposal."""
    actor = require_signed_in(request)
    form: Any = await NumberForm.read(request)
    await _choices(request, form)
    if form.validate():
        try:
            await numbers.claim(
                actor,
                actor.person_id or 0,
                form.register.data,
                form.number.data,
                title=form.title.data,
            )
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _list(request, form)
    return see_other(NUMBERS, notice="people.notice.number_added")


async def one(request: AnyRequest, number_id: FromPath[int]) -> Response[Any]:
    """One number as it is kept. Raises NotFound for somebody else's."""
    actor = require_signed_in(request)
    number = await own_numbers.get(actor.person_id or 0, number_id)
    return await _one(request, number, CorrectionForm(obj=number))


async def change(request: AnyRequest, number_id: FromPath[int]) -> Response[Any]:
    """Keep another number or profession; what somebody else saved meanwhile is never overwritten.

    Raises NotFound for somebody else's.
    """
    actor = require_signed_in(request)
    number = await own_numbers.get(actor.person_id or 0, number_id)
    form: Any = await CorrectionForm.read(request)
    await _choices(request, form, number.title)
    revision = form.revision.data or ""
    if form.validate():
        try:
            await own_numbers.correct(
                actor,
                number_id,
                form.number.data,
                title=form.title.data,
                expected_revision=int(revision) if revision.isdecimal() else 0,
            )
        except Invalid as invalid:
            form.blame(invalid)
        except Stale:
            form.revision.data = str(number.revision)
            form.number.errors = ["people.field.stale"]
    if form.errors:
        return await _one(request, number, form)
    return see_other(NUMBERS, notice="people.notice.number_changed")


async def take_back(request: AnyRequest, number_id: FromPath[int]) -> Response[Any]:
    """Say that a number is not one's own any more. Raises NotFound for somebody else's."""
    await own_numbers.withdraw(require_signed_in(request), number_id)
    return see_other(NUMBERS, notice="people.notice.number_removed")


async def _choices(request: AnyRequest, form: Any, kept: str = "") -> dict[str, str]:
    """The professions of today and the one that is kept, in the reader's words."""
    titles = await knowledge.labels("professional_title", language_of(request))
    known = titles if kept in ("", *titles) else {**titles, kept: kept}
    form.title.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(code, label) for code, label in known.items()),
    ]
    if "register" in form:
        form.register.choices = [SelectChoice(name, name) for name in registers.REGISTERS]
    return titles


async def _list(request: AnyRequest, form: Any) -> Response[Any]:
    titles = await _choices(request, form)
    actor = require_signed_in(request)
    checked = registers.check(form.register.data or "", form.number.data or "")
    return page(
        request,
        "members/numbers.html",
        status=422 if form.problems else 200,
        form=form,
        numbers=await numbers.of_person(actor.person_id or 0),
        titles=titles,
        proposal=checked.proposal if form.number.errors else None,
    )


async def _one(request: AnyRequest, number: NumberView, form: Any) -> Response[Any]:
    await _choices(request, form, number.title)
    checked = registers.check(number.register, form.number.data or "")
    return page(
        request,
        "members/number.html",
        status=422 if form.problems else 200,
        form=form,
        number=number,
        proposal=checked.proposal if form.number.errors else None,
    )
