"""The holder's own workplaces: a form for each."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import SelectField, TelField, URLField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.directory import workplaces
from server.directory.own import HERE, text, web_address
from server.errors import Invalid
from server.knowledge import queries as knowledge
from server.people import contact
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
CHOSEN = ("setting", "echelon", "province")


class WorkplaceForm(Form):
    """A place where one works."""

    name = text("place_name", 160, required())
    setting = SelectField("directory.facet.setting", default="")
    echelon = SelectField("directory.facet.echelon", default="")
    street = text("street", 120)
    postcode = text("postcode", 10)
    city = text("city", 80, required())
    province = SelectField("directory.facet.province", default="")
    phone = TelField("directory.field.phone", [at_most(30)], filters=[stripped])
    website = URLField("directory.field.website", [web_address, at_most(300)], filters=[stripped])


async def new(request: AnyRequest) -> Response[Any]:
    """The form for one more place."""
    require_signed_in(request)
    return await _form(request, WorkplaceForm(), 0)


async def add(request: AnyRequest) -> Response[Any]:
    """One more place."""
    actor, form = require_signed_in(request), await WorkplaceForm.read(request)
    values = await _place_in(request, form)
    if values is None:
        return await _form(request, form, 0)
    try:
        await workplaces.add(actor, values, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return await _form(request, form, 0)
    return see_other(f"{HERE}#workplaces", notice="directory.notice.saved")


async def edit(request: AnyRequest, workplace_id: FromPath[int]) -> Response[Any]:
    """The form of one place."""
    row = await workplaces.own(require_signed_in(request), workplace_id)
    row["phone"] = contact.phone_in_words(row["phone"])
    return await _form(request, WorkplaceForm(data=row), workplace_id)


async def change(request: AnyRequest, workplace_id: FromPath[int]) -> Response[Any]:
    """Other words for one place."""
    actor, form = require_signed_in(request), await WorkplaceForm.read(request)
    await workplaces.own(actor, workplace_id)
    values = await _place_in(request, form)
    if values is None:
        return await _form(request, form, workplace_id)
    try:
        await workplaces.change(actor, workplace_id, values, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return await _form(request, form, workplace_id)
    return see_other(f"{HERE}#workplaces", notice="directory.notice.saved")


async def remove(request: AnyRequest, workplace_id: FromPath[int]) -> Response[Any]:
    """A place where one works no more."""
    await workplaces.remove(require_signed_in(request), workplace_id)
    return see_other(f"{HERE}#workplaces", notice="directory.notice.saved")


async def _choices(request: AnyRequest, form: WorkplaceForm) -> None:
    said, day = language_of(request), clock.today()
    nothing = SelectChoice("", language.text(said, "directory.field.nothing"))
    for name in CHOSEN:
        terms = await knowledge.terms(name)
        form[name].choices = [nothing] + [
            SelectChoice(term.code, term.label(said))
            for term in terms
            if term.valid_on(day) or term.code == form[name].data
        ]


async def _place_in(request: AnyRequest, form: WorkplaceForm) -> dict[str, str] | None:
    """What was filled in, in our spelling; None when something is wrong with it."""
    await _choices(request, form)
    good = form.validate()
    phone = contact.phone(form.phone.data or "")
    postcode = contact.postcode(form.postcode.data or "", "NL")
    if phone is None:
        form.blame(Invalid(phone="people.field.phone.wrong"))
    if postcode is None:
        form.blame(Invalid(postcode="people.field.postcode.wrong"))
    if not good or phone is None or postcode is None:
        return None
    values = {name: field.data or "" for name, field in form._fields.items()}
    return {**values, "phone": phone, "postcode": postcode}


async def _form(request: AnyRequest, form: WorkplaceForm, workplace_id: int) -> Response[Any]:
    await _choices(request, form)
    return page(
        request,
        "directory/workplace.html",
        status=422 if form.problems else 200,
        form=form,
        workplace_id=workplace_id,
    )
