"""One's own profile: what is told, who sees it, and whether it still is right."""

from typing import Any

from litestar import Request, Response
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from server import clock, language
from server.consent import queries as consent
from server.directory import queries, reading, service
from server.directory.queries import OwnProfile
from server.directory.rules import FIELDS, TERMS
from server.errors import Invalid, Stale
from server.knowledge import queries as knowledge
from server.web.forms import Form, at_most, optional, required, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.directory import Visibility

AnyRequest = Request[Any, Any, Any]
HERE = "/me/directory"
SHOWN = "shown_"
NOT_YET = 0  # the version of a profile that was still to be begun when the form was opened


def text(key: str, most: int, *checks: Any, **more: Any) -> StringField:
    """A line of text of at most so many characters."""
    return StringField(
        f"directory.field.{key}", [*checks, at_most(most)], filters=[stripped], **more
    )


def words(key: str, most: int, rows: int) -> TextAreaField:
    """Several lines of text."""
    more = {"render_kw": {"rows": rows}}
    return TextAreaField(f"directory.field.{key}", [at_most(most)], filters=[stripped], **more)


def web_address(_form: Any, field: Any) -> None:
    """Empty, or an address of the web."""
    if field.data and not field.data.startswith(("https://", "http://")):
        field.data = f"https://{field.data}"


class ProfileForm(Form):
    """What somebody tells of their practice, and who sees which part."""

    revision = HiddenField()
    headline = text("headline", 160, description="directory.hint.headline")
    headline_en = text("headline_en", 160)
    about = words("about", 4000, 8)
    about_en = words("about_en", 4000, 6)
    intervention = SelectMultipleField("directory.facet.intervention", choices=[])
    target_group = SelectMultipleField("directory.facet.target_group", choices=[])
    factor = SelectMultipleField("directory.facet.factor", choices=[])
    languages = SelectMultipleField("directory.facet.language", choices=[])
    website = URLField("directory.field.website", [web_address, at_most(300)], filters=[stripped])


for _field in FIELDS:
    setattr(
        ProfileForm,
        f"{SHOWN}{_field}",
        SelectField(f"directory.shown.{_field}", default=Visibility.hidden.value),
    )


class ReferralsForm(Form):
    """Whether new people are welcome, and how long they wait."""

    accepts = RadioField("directory.field.accepts", [required()])
    waiting_weeks = IntegerField(
        "directory.field.waiting_weeks",
        [optional(), NumberRange(0, 104)],
        render_kw={"min": 0, "max": 104, "inputmode": "numeric"},
    )


async def mine(request: AnyRequest) -> Response[Any]:
    """One's own profile, with what others see of it."""
    actor = require_signed_in(request)
    own = await queries.of_person(actor.person_id or 0, clock.today())
    return await _page(request, own, _filled(own))


def _filled(own: OwnProfile | None) -> ProfileForm:
    if own is None:
        return ProfileForm(data={f"{SHOWN}{name}": Visibility.hidden.value for name in FIELDS})
    whole = own.whole
    data: dict[str, Any] = {
        name: getattr(whole, name)
        for name in ("headline", "headline_en", "about", "about_en", "website")
    }
    data |= {vocabulary: [c for v, c in whole.terms if v == vocabulary] for vocabulary in TERMS}
    data |= {"languages": list(whole.languages), "revision": str(own.revision)}
    data |= {f"{SHOWN}{name}": whole.visibility.get(name, "hidden") for name in FIELDS}
    return ProfileForm(data=data)


async def save(request: AnyRequest) -> Response[Any]:
    """Keep it; what another window changed meanwhile is never overwritten."""
    actor = require_signed_in(request)
    own = await queries.of_person(actor.person_id or 0, clock.today())
    form = await ProfileForm.read(request)
    await _choices(request, form)
    if not form.validate():
        return await _page(request, own, form)
    values = {name: field.data for name, field in form._fields.items()}
    values["shown"] = {name: values[f"{SHOWN}{name}"] for name in FIELDS}
    revision = whole(form.revision.data)
    expected = NOT_YET if revision is None else revision
    try:
        await service.save(actor, values, expected_revision=expected, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return await _page(request, own, form)
    except Stale:
        own = await queries.of_person(actor.person_id or 0, clock.today())
        form.revision.data = str(own.revision) if own else ""
        form.headline.errors = ["directory.field.stale"]
        return await _page(request, own, form)
    return see_other(HERE, notice="directory.notice.saved")


async def say_referrals(request: AnyRequest) -> Response[Any]:
    """Whether new people are welcome; shown for ninety days."""
    actor, form = require_signed_in(request), await ReferralsForm.read(request)
    _yes_or_no(request, form)
    if not form.validate():
        own = await queries.of_person(actor.person_id or 0, clock.today())
        return await _page(request, own, _filled(own), referrals=form)
    accepts = {"yes": True, "no": False}.get(form.accepts.data)
    await service.say_referrals(
        actor, accepts=accepts, waiting_weeks=form.waiting_weeks.data, now=clock.now()
    )
    return see_other(HERE, notice="directory.notice.referrals")


async def confirm(request: AnyRequest) -> Response[Any]:
    """Everything still is right."""
    await service.confirm(require_signed_in(request), now=clock.now())
    return see_other(HERE, notice="directory.notice.confirmed")


async def submit(request: AnyRequest) -> Response[Any]:
    """Ask the board to publish it."""
    await service.submit(require_signed_in(request), now=clock.now())
    return see_other(HERE, notice="directory.notice.submitted")


async def hide(request: AnyRequest) -> Response[Any]:
    """Out of the directory, at once."""
    await service.hide_own(require_signed_in(request))
    return see_other(HERE, notice="directory.notice.hidden")


async def follow_name(request: AnyRequest) -> Response[Any]:
    """An address of the name of today."""
    await service.follow_name(require_signed_in(request), now=clock.now())
    return see_other(HERE, notice="directory.notice.address")


async def _choices(request: AnyRequest, form: ProfileForm) -> None:
    said, day = language_of(request), clock.today()
    for vocabulary in TERMS:
        chosen = {str(code) for code in form[vocabulary].data or ()}
        terms = await knowledge.terms(vocabulary)
        form[vocabulary].choices = [
            SelectChoice(term.code, term.label(said))
            for term in terms
            if term.code in chosen or term.valid_on(day)
        ]
    names = reading.language_names(said)
    form.languages.choices = [SelectChoice(code, name) for code, name in names.items()]
    levels = [
        SelectChoice(level.value, language.text(said, f"directory.level.{level}"))
        for level in Visibility
    ]
    for name in FIELDS:
        form[f"{SHOWN}{name}"].choices = levels


def _yes_or_no(request: AnyRequest, form: ReferralsForm) -> None:
    said = language_of(request)
    form.accepts.choices = [
        SelectChoice(value, language.text(said, f"directory.accepts.{value}"))
        for value in ("yes", "no", "unsaid")
    ]


async def _page(
    request: AnyRequest,
    own: OwnProfile | None,
    form: ProfileForm,
    *,
    referrals: ReferralsForm | None = None,
) -> Response[Any]:
    day = clock.today()
    await _choices(request, form)
    if referrals is None:
        said = {True: "yes", False: "no", None: "unsaid"}
        accepts = said[own.whole.accepts_referrals] if own else "unsaid"
        waiting = own.whole.waiting_weeks if own else None
        referrals = ReferralsForm(data={"accepts": accepts, "waiting_weeks": waiting})
        _yes_or_no(request, referrals)
    return page(
        request,
        "directory/own.html",
        status=422 if form.problems or referrals.problems else 200,
        form=form,
        referrals=referrals,
        own=own,
        workplaces=await queries.workplaces(own.person_id) if own else [],
        says_referrals=own is not None and own.says_referrals(day),
        is_due=own is not None and own.confirm_before is not None and own.confirm_before <= day,
        words=await consent.find_words(service.WORDS, clock.now()),
        shown_fields=FIELDS,
    )
