"""Apply for membership, confirm, see how it stands. Links act on POST only."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import EmailField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice

from server import clock
from server.actors import Actor
from server.applications import rules, service
from server.applications.rules import ApplicationForm
from server.errors import Invalid
from server.knowledge import queries as knowledge
from server.memberships import queries as memberships
from server.people import contact, registers
from server.people import service as people
from server.web import pace
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.public_form import PublicForm
from server.web.visitor import actor_of, language_of

KNOWN = ("initials", "first_name", "prefix", "surname", "postcode", "city")
FIELDS = frozenset(ApplicationForm.__dataclass_fields__)
AnyRequest = Request[Any, Any, Any]


def text(key: str, most: int, *checks: Any, **more: Any) -> StringField:
    """A line of text of at most so many characters."""
    return StringField(
        f"applications.field.{key}", [*checks, at_most(most)], filters=[stripped], **more
    )


class JoinForm(PublicForm):
    """Who applies for what."""

    type = RadioField("applications.field.type", [required()], coerce=int)
    initials = text("initials", 30, description="applications.hint.initials")
    first_name = text("first_name", 80)
    prefix = text("prefix", 30, description="applications.hint.prefix")
    surname = text("surname", 120, required())
    email = EmailField(
        "applications.field.email",
        [required("errors.field.email"), at_most(254)],
        filters=[stripped],
        description="applications.hint.email",
    )
    phone = TelField("applications.field.phone", [at_most(30)], filters=[stripped])
    postcode = text("postcode", 10)
    city = text("city", 80)
    title = SelectField(
        "applications.field.title", default="", description="applications.hint.title"
    )
    register = SelectField(
        "applications.field.register", default="", description="applications.hint.register"
    )
    number = text("number", 40, description="applications.hint.number")
    motivation = TextAreaField(
        "applications.field.motivation",
        [at_most(rules.MOTIVATION_LENGTH)],
        filters=[stripped],
        description="applications.hint.motivation",
        render_kw={"rows": 5},
    )


class AnswerForm(Form):
    """What the applicant answers."""

    answer = TextAreaField(
        "applications.field.answer",
        [required(), at_most(rules.MOTIVATION_LENGTH)],
        filters=[stripped],
        render_kw={"rows": 5},
    )


async def join(request: AnyRequest) -> Response[Any]:
    """The form, with what we know already of who is signed in."""
    return await _form(request, JoinForm(data=await _known(actor_of(request))))


async def _known(actor: Actor) -> dict[str, str]:
    """What somebody who is signed in need not write once more."""
    if actor.person_id is None:
        return {}
    row = (await people.get(actor.person_id)).to_dict()
    values = {name: str(row[name]) for name in KNOWN}
    return {**values, "phone": contact.phone_in_words(row["phone"]), "email": actor.email}


async def apply(request: AnyRequest) -> Response[Any]:
    """Apply; what follows reads the same for known and unknown addresses."""
    form = await JoinForm.read(request)
    await _choices(request, form)
    given = {name: field.data or "" for name, field in form._fields.items() if name in FIELDS}
    asked = ApplicationForm(type_id=form.type.data or 0, language=language_of(request), **given)
    found = await service.problems(asked)
    if not form.validate() or found:
        form.blame(Invalid(**{name: key for name, key in found.items() if not form[name].errors}))
        return await _form(request, form, status=422)
    async with pace.steady():
        code = await service.apply(actor_of(request), asked, now=clock.now())
    return see_other(f"/join/{code}" if code else "/join/asked")


async def asked(request: AnyRequest) -> Response[Any]:
    """What happens next, for everybody alike."""
    return page(request, "applications/asked.html", days=rules.CONFIRM_WITHIN.days)


async def confirming(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What the link in the letter opens: a button, since mail scanners follow links too."""
    try:
        view = await service.asked_by(token, now=clock.now())
    except service.LinkUsedUp:
        return secret(page(request, "applications/confirm.html", status=410, view=None))
    return secret(page(request, "applications/confirm.html", view=view, token=token))


async def confirm(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The address is the applicant's."""
    code = await service.confirm(token, now=clock.now())
    return see_other(f"/join/{code}", notice="applications.notice.submitted")


async def mine(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """How it stands, what is asked, and the way out."""
    view = await service.find(code)
    return secret(page(request, "applications/mine.html", view=view, form=AnswerForm()))


async def answer(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Answer what the board asked."""
    view, form = await service.find(code), await AnswerForm.read(request)
    if not form.validate():
        return secret(page(request, "applications/mine.html", status=422, view=view, form=form))
    await service.answer(code, form.answer.data)
    return see_other(f"/join/{code}", notice="applications.notice.answered")


async def withdraw(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Take the application back."""
    await service.find(code)
    await service.withdraw(code, now=clock.now())
    return see_other(f"/join/{code}", notice="applications.notice.withdrawn")


async def _form(request: AnyRequest, form: JoinForm, status: int = 200) -> Response[Any]:
    await _choices(request, form)
    types = await memberships.types(clock.today())
    checked = registers.check(form.register.data or "", form.number.data or "")
    return page(
        request,
        "applications/join.html",
        status=status,
        form=form,
        types=types,
        proposal=checked.proposal if form.number.errors else None,
    )


async def _choices(request: AnyRequest, form: JoinForm) -> None:
    """The kinds of membership and the titles of today, in the reader's words."""
    said = language_of(request)
    types = await memberships.types(clock.today())
    form.type.choices = [SelectChoice(kind.id, kind.name(said)) for kind in types]
    titles = await knowledge.terms("professional_title")
    form.title.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(term.code, term.label(said)) for term in titles),
    ]
    form.register.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(name, name) for name in registers.REGISTERS),
    ]
