"""One's own minutes, and the way to say that they are wrong."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.attendance import explaining, objecting, presence
from server.errors import Invalid, NotFound
from server.registrations import queries as registrations
from server.registrations.queries import RegistrationView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import actor_of, language_of

AnyRequest = Request[Any, Any, Any]


class ObjectionForm(Form):
    """What is wrong."""

    words = TextAreaField(
        "attendance.field.words",
        [required("attendance.invalid.words"), at_most(objecting.LONGEST)],
        filters=[stripped],
    )


async def mine(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """What was noted of one, part by part, once it is shown. Whoever holds the link may look."""
    return await _page(request, await registrations.get(code), ObjectionForm())


async def objection(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Say that it is wrong."""
    view = await registrations.get(code)
    form: Any = await ObjectionForm.read(request)
    if form.validate():
        who = actor_of(request)
        try:
            await objecting.make(
                who, view.event_id, view.person_id, form.words.data, now=clock.now()
            )
        except Invalid as invalid:
            form.blame(invalid)
        else:
            shown = f"/registrations/{view.code}/presence"
            return see_other(shown, notice="attendance.notice.objected")
    return await _page(request, view, form)


async def _page(request: AnyRequest, view: RegistrationView, form: Form) -> Response[Any]:
    listed = await presence.of_list(view.event_id)
    if listed is None or not listed.is_shown:
        raise NotFound
    sheet = await presence.of_person(view.event_id, view.person_id)
    went = await presence.passings(view.event_id, view.person_id)
    said = language_of(request)
    return secret(
        page(
            request,
            "attendance/presence.html",
            status=422 if form.errors else 200,
            registration=view,
            listed=listed,
            sheet=sheet,
            because=explaining.sentence(sheet, went.get(view.person_id, []), said),
            objections=await objecting.of_event(view.event_id, view.person_id),
            may_object=listed.takes_objections(clock.now()),
            form=form,
        )
    )
