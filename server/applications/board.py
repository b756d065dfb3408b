"""The board's desk for applications: who waits, who they could be, and what to do."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.applications import deciding, queries
from server.applications.states import OPEN
from server.errors import Invalid, NotFound
from server.knowledge import queries as knowledge
from server.memberships import queries as memberships
from server.people import registers
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_right
from tables.memberships import ApplicationState

AnyRequest = Request[Any, Any, Any]
SHELVES = {
    "open": tuple(OPEN),
    "approved": (ApplicationState.approved,),
    "closed": (ApplicationState.rejected, ApplicationState.withdrawn),
}
NEW_PERSON = "0"
LONGEST = 2000


class QuestionForm(Form):
    """What the board wants to know."""

    question = TextAreaField(
        "applications.field.question",
        [required("applications.field.question.needed"), at_most(LONGEST)],
        filters=[stripped],
        render_kw={"rows": 4},
    )


class RejectForm(Form):
    """Why not; the applicant reads it."""

    reason = TextAreaField(
        "applications.field.reason",
        [required("applications.field.reason.needed"), at_most(LONGEST)],
        filters=[stripped],
        description="applications.hint.reason",
        render_kw={"rows": 4},
    )


class ApproveForm(Form):
    """From when, as what, and as whom."""

    starts_on = DateField("applications.field.starts_on", [required()])
    type = SelectField("applications.field.type", coerce=int)
    person = RadioField("applications.field.person", [required()])


async def overview(request: AnyRequest) -> Response[Any]:
    """Applications that wait for a decision, and what was decided."""
    require_right(request, Area.people)
    shelf = request.query_params.get("shelf", "open")
    if shelf not in SHELVES:
        raise NotFound
    found = await queries.in_states(SHELVES[shelf])
    return page(
        request,
        "applications/board_list.html",
        applications=found,
        shelf=shelf,
        shelves=list(SHELVES),
    )


async def one(request: AnyRequest, application_id: FromPath[int]) -> Response[Any]:
    """One application, with people we know beside it."""
    require_right(request, Area.people)
    return await _desk(request, await find(application_id))


async def ask_more(request: AnyRequest, application_id: FromPath[int]) -> Response[Any]:
    """Ask the applicant something."""
    actor = require_right(request, Area.people, to_change=True)
    view, form = await find(application_id), await QuestionForm.read(request)
    if not form.validate():
        return await _desk(request, view, question=form)
    await deciding.ask_more(actor, view.id, form.question.data, now=clock.now())
    return _back(view, "asked")


async def reject(request: AnyRequest, application_id: FromPath[int]) -> Response[Any]:
    """Turn the applicant down."""
    actor = require_right(request, Area.people, to_change=True)
    view, form = await find(application_id), await RejectForm.read(request)
    if not form.validate():
        return await _desk(request, view, reject=form)
    await deciding.reject(actor, view.id, form.reason.data, now=clock.now())
    return _back(view, "rejected")


async def approve(request: AnyRequest, application_id: FromPath[int]) -> Response[Any]:
    """Admit the applicant."""
    actor = require_right(request, Area.people, to_change=True)
    view, form = await find(application_id), await ApproveForm.read(request)
    await _choices(request, view, form)
    if not form.validate():
        return await _desk(request, view, approve=form)
    try:
        await deciding.approve(
            actor,
            view.id,
            starts_on=form.starts_on.data,
            person_id=int(form.person.data) or None,
            type_id=form.type.data,
            now=clock.now(),
        )
    except Invalid as invalid:
        form.blame(invalid)
        return await _desk(request, view, approve=form)
    return _back(view, "approved")


def _back(view: queries.ApplicationView, notice: str) -> Response[Any]:
    return see_other(f"/board/applications/{view.id}", notice=f"applications.notice.{notice}")


async def find(application_id: int) -> queries.ApplicationView:
    """An application of the board's; a draft is none yet. Raises NotFound."""
    view = await queries.by_id(application_id)
    if view.state == ApplicationState.draft:
        raise NotFound
    return view


async def _choices(request: AnyRequest, view: queries.ApplicationView, form: ApproveForm) -> None:
    said = language_of(request)
    types = await memberships.types(clock.today())
    form.type.choices = [SelectChoice(kind.id, kind.name(said)) for kind in types]
    known = await queries.look_alikes(view)
    form.person.choices = [
        *(SelectChoice(str(one.id), one.display_name) for one in known if not one.is_deceased),
        SelectChoice(NEW_PERSON, language.text(said, "applications.choice.new_person")),
    ]


async def _desk(
    request: AnyRequest,
    view: queries.ApplicationView,
    *,
    question: QuestionForm | None = None,
    reject: RejectForm | None = None,
    approve: ApproveForm | None = None,
) -> Response[Any]:
    known = await queries.look_alikes(view)
    if approve is None:
        sure = next((str(one.id) for one in known if "email" in one.reasons), NEW_PERSON)
        given = {"starts_on": clock.today(), "type": view.type_id, "person": sure}
        approve = ApproveForm(data=given)
        await _choices(request, view, approve)
    forms = (question, reject, approve)
    titles = {term.code: term for term in await knowledge.terms("professional_title")}
    return page(
        request,
        "applications/board_one.html",
        status=422 if any(form is not None and form.problems for form in forms) else 200,
        view=view,
        known=known,
        checked=registers.check(view.register, view.number, view.title) if view.number else None,
        title=titles.get(view.title),
        question=question or QuestionForm(data={"question": view.question}),
        reject=reject or RejectForm(),
        approve=approve,
        admin_row=admin_row("membership_application", view.id, language_of(request)),
    )
