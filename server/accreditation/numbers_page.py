"""Who lacks a number gives it by the link of their registration, without signing in."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from server.accreditation import queries
from server.errors import Invalid, NotFound
from server.people import numbers, registers
from server.registrations import queries as registrations
from server.registrations.queries import RegistrationView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import actor_of
from tables.registrations import LineState

AnyRequest = Request[Any, Any, Any]


class GivenForm(Form):
    """A number in one of the registers that were asked for this event."""

    register = SelectField("people.field.register", [required("errors.field.choice")])
    number = StringField(
        "people.field.number",
        [required("people.number.empty"), at_most(40)],
        filters=[stripped],
        description="people.hint.number",
    )


async def ask(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The form. Whoever holds the link may fill it in; the board looks at the number."""
    return await _page(request, await _came(code), GivenForm())


async def give(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Note the number as theirs, to be checked."""
    view = await _came(code)
    form: Any = await GivenForm.read(request)
    await _choices(view, form)
    if form.validate():
        try:
            await numbers.claim(
                actor_of(request), view.person_id, form.register.data, form.number.data
            )
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _page(request, view, form)
    return see_other(f"/registrations/{code}/numbers", notice="accreditation.notice.number_given")


async def _came(code: str) -> RegistrationView:
    view = await registrations.get(code)
    if view.state != LineState.confirmed:
        raise NotFound
    return view


async def _choices(view: RegistrationView, form: Any) -> set[str]:
    """The registers that want a number for this event. Raises NotFound where none does."""
    wanted = {one.numbers for one in await queries.of_event(view.event_id)}
    if not wanted:
        raise NotFound
    form.register.choices = [SelectChoice(name, name) for name in sorted(wanted)]
    return wanted


async def _page(request: AnyRequest, view: RegistrationView, form: Any) -> Response[Any]:
    wanted = await _choices(view, form)
    checked = registers.check(form.register.data or "", form.number.data or "")
    return secret(
        page(
            request,
            "accreditation/numbers.html",
            status=422 if form.problems else 200,
            registration=view,
            form=form,
            known={one.register for one in await numbers.of_person(view.person_id)} & wanted,
            proposal=checked.proposal if form.number.errors else None,
        )
    )
