"""One's own data: name, how to reach one, and another address."""

from typing import Any

from litestar import Request, Response
from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.errors import Invalid, Stale
from server.people import address_change, contact, numbers, rules
from server.people import service as people
from server.web import pace
from server.web.forms import Form, at_most, required, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import actor_of, language_of, require_signed_in
from tables.people import FormOfAddress, NameUse, Person

AnyRequest = Request[Any, Any, Any]
PROFILE = "/me/profile"
NAME = tuple(rules.Name.__dataclass_fields__)
TITLES = ("titles_before", "titles_after")
LONGEST_TITLE = 30
NEAR = ("NL", "BE", "DE")


def text(key: str, most: int, *checks: Any, **more: Any) -> StringField:
    """A line of text of at most so many characters."""
    return StringField(f"people.field.{key}", [*checks, at_most(most)], filters=[stripped], **more)


class ProfileForm(Form):
    """What somebody may change of themselves at once."""

    revision = HiddenField()
    initials = text("initials", 30)
    first_name = text("first_name", 80)
    titles_before = text("titles_before", LONGEST_TITLE, description="people.hint.titles_before")
    prefix = text("prefix", 30, description="people.hint.prefix")
    surname = text("surname", 120, required())
    partner_prefix = text("partner_prefix", 30)
    partner_surname = text("partner_surname", 120)
    titles_after = text("titles_after", LONGEST_TITLE, description="people.hint.titles_after")
    name_use = RadioField("people.field.name_use", [required()], description="people.hint.name_use")
    form_of_address = RadioField("people.field.form_of_address", [required()])
    phone = TelField("people.field.phone", [at_most(30)], filters=[stripped])
    postcode = text("postcode", 10)
    city = text("city", 80)
    country = SelectField("people.field.country")
    language = RadioField(
        "people.field.language",
        [required()],
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
    )


class AddressForm(Form):
    """Another address."""

    email = EmailField(
        "people.field.new_email",
        [required("errors.field.email"), at_most(254)],
        filters=[stripped],
        description="people.hint.new_email",
    )


async def profile(request: AnyRequest) -> Response[Any]:
    """One's own data, as they are kept."""
    actor = require_signed_in(request)
    who = await people.get(actor.person_id or 0)
    return await _page(request, who, _filled(who))


def _filled(who: Person) -> ProfileForm:
    row = who.to_dict()
    row["phone"] = contact.phone_in_words(row["phone"])
    row |= {name: " ".join(row[name]) for name in TITLES}
    return ProfileForm(data=row)


async def save(request: AnyRequest) -> Response[Any]:
    """Keep what was changed; what somebody else changed meanwhile is never overwritten."""
    actor = require_signed_in(request)
    who = await people.get(actor.person_id or 0)
    form = await ProfileForm.read(request, country=who.country)
    _choices(request, form)
    good = form.validate()
    phone = contact.phone(form.phone.data or "", form.country.data)
    postcode = contact.postcode(form.postcode.data or "", form.country.data)
    if phone is None:
        form.blame(Invalid(phone="people.field.phone.wrong"))
    if postcode is None:
        form.blame(Invalid(postcode="people.field.postcode.wrong"))
    if not good or phone is None or postcode is None:
        return await _page(request, who, form)
    given = {name: field.data for name, field in form._fields.items() if name != "revision"}
    values = {**given, "phone": phone, "postcode": postcode}
    values |= {name: rules.titles(given[name]) for name in TITLES}
    try:
        await people.change(
            actor,
            actor.person_id or 0,
            values,
            expected_revision=whole(form.revision.data) or 0,
            now=clock.now(),
        )
    except Invalid as invalid:
        form.blame(invalid)
        return await _page(request, who, form)
    except Stale:
        fresh = await people.get(actor.person_id or 0)
        form.revision.data = str(fresh.revision)
        form.surname.errors = ["people.field.stale"]
        return await _page(request, fresh, form)
    return see_other(PROFILE, notice="people.notice.saved")


async def ask_address(request: AnyRequest) -> Response[Any]:
    """Ask for another address; the answer is the same for known and unknown ones.

    Who did not show just now who they are goes to the second step first.
    """
    actor = require_signed_in(request)
    who = await people.get(actor.person_id or 0)
    form = await AddressForm.read(request)
    if form.validate():
        async with pace.steady():
            try:
                await address_change.ask(actor, form.email.data, now=clock.now())
            except Invalid as invalid:
                form.blame(invalid)
    if form.errors:
        return await _page(request, who, _filled(who), address=form)
    return see_other(PROFILE, notice="people.notice.address_asked")


def _choices(request: AnyRequest, form: ProfileForm) -> None:
    said = language_of(request)
    form.name_use.choices = [
        SelectChoice(use.value, language.text(said, f"people.name_use.{use}")) for use in NameUse
    ]
    form.form_of_address.choices = [
        SelectChoice(one.value, language.text(said, f"people.form_of_address.{one}"))
        for one in FormOfAddress
    ]
    named = {code: language.country(code, said) for code in contact.COUNTRIES}
    near = [SelectChoice(code, named.pop(code)) for code in NEAR]
    others = sorted(named.items(), key=lambda pair: rules.fold(pair[1]))
    form.country.choices = [*near, *(SelectChoice(*pair) for pair in others)]


async def _page(
    request: AnyRequest,
    who: Person,
    form: ProfileForm,
    *,
    address: AddressForm | None = None,
) -> Response[Any]:
    _choices(request, form)
    address = address or AddressForm()
    names = rules.Name(**{name: getattr(who, name) for name in NAME})
    return page(
        request,
        "people/profile.html",
        status=422 if any(one.problems for one in (form, address)) else 200,
        form=form,
        address_form=address,
        is_sure=actor_of(request).is_sure(clock.now()),
        person=who,
        formal=rules.formal_name(names),
        envelope=rules.envelope_name(names, who.titles_before, who.titles_after),
        numbers=await numbers.of_person(int(who.id)),
    )
