"""How what one takes part in reaches one's calendar, and what one's calendar answered."""

from typing import Any

from litestar import Request, Response
from wtforms import RadioField

from server import clock
from server import language as words
from server.invitations import answered, choice
from server.invitations.choice import Choice
from server.web.forms import Form, required
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.calendars import ComesBy

AnyRequest = Request[Any, Any, Any]
PATH = "/calendars/invitations"


class ChoiceForm(Form):
    """One way for each kind."""

    registrations = RadioField(
        "calendars.field.registrations", [required("errors.field.choice")], choices=[]
    )
    meetings = RadioField("calendars.field.meetings", [required("errors.field.choice")], choices=[])


async def show(request: AnyRequest) -> Response[Any]:
    """What one chose, and the answers."""
    actor = require_signed_in(request)
    chosen = await choice.of_person(actor.person_id or 0)
    given = {"registrations": chosen.registrations, "meetings": chosen.meetings}
    return await _shown(request, _offered(ChoiceForm(data=given), request))


async def choose(request: AnyRequest) -> Response[Any]:
    """Keep it."""
    actor = require_signed_in(request)
    form = _offered(await ChoiceForm.read(request), request)
    if not form.validate():
        return await _shown(request, form, status=422)
    chosen = Choice(form["registrations"].data, form["meetings"].data)
    await choice.choose(actor, chosen, now=clock.now())
    return see_other(PATH, notice="calendars.notice.chosen")


def _offered(form: ChoiceForm, request: AnyRequest) -> ChoiceForm:
    said = language_of(request)
    for field in (form.registrations, form.meetings):
        field.choices = [
            (how.value, words.text(said, f"calendars.choice.{field.name}.{how}")) for how in ComesBy
        ]
    return form


async def _shown(request: AnyRequest, form: Form, *, status: int = 200) -> Response[Any]:
    person_id = require_signed_in(request).person_id or 0
    answers = await answered.of_person(person_id, now=clock.now())
    return page(request, "calendars/invitations.html", status=status, form=form, answers=answers)
