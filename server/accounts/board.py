"""The board's page of offices: who holds what, who is invited, whose account is closed."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import DateField, EmailField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.accounts import holders, offices
from server.accounts.offices import InvitationForm
from server.actors import Actor
from server.errors import Invalid
from server.events import queries as events
from server.people.rules import valid_email
from server.rights import Area
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right
from tables.accounts import Role

AnyRequest = Request[Any, Any, Any]
ACCOUNTS = "/board/accounts"
SHOWN_AFTER = timedelta(days=90)
NOW, LATER = "now", "later"


class OfficeForm(Form):
    """Whom to invite to which office, from when until when."""

    email = EmailField(
        "accounts.field.email", [required("errors.field.email"), at_most(254)], filters=[stripped]
    )
    initials = StringField("accounts.field.initials", [at_most(30)], filters=[stripped])
    prefix = StringField("accounts.field.prefix", [at_most(30)], filters=[stripped])
    surname = StringField(
        "accounts.field.surname",
        [at_most(120)],
        filters=[stripped],
        description="accounts.hint.surname",
    )
    role = SelectField("accounts.field.role", [required()])
    event = SelectField("accounts.field.event", default="", description="accounts.hint.event")
    from_on = DateField("accounts.field.from_on", [required()])
    until_on = DateField(
        "accounts.field.until_on", [optional()], description="accounts.hint.until_on"
    )


class EndForm(Form):
    """When an office ends."""

    when = RadioField("accounts.field.when", [required()], default=LATER)
    last_on = DateField("accounts.field.last_on", [optional()])


async def overview(request: AnyRequest) -> Response[Any]:
    """Offices of now, of later and of the last months; closed accounts."""
    require_right(request, Area.offices)
    today = clock.today()
    return page(
        request,
        "accounts/board.html",
        grants=await holders.grants(over_since=today - SHOWN_AFTER),
        suspended=await holders.suspended(),
        today=today,
    )


async def new(request: AnyRequest) -> Response[Any]:
    """The form of an invitation."""
    require_accounts(request)
    return await _new(request, OfficeForm(data={"from_on": clock.today(), "role": Role.board}))


async def invite(request: AnyRequest) -> Response[Any]:
    """Give an office, and mail the way in."""
    actor, form = require_accounts(request), await OfficeForm.read(request)
    await _choices(request, form)
    good = form.validate()
    if form.email.data and not valid_email(form.email.data):
        form.blame(Invalid(email="errors.field.email"))
        good = False
    if not good:
        return await _new(request, form, status=422)
    try:
        await offices.invite(actor, _asked(request, form), now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return await _new(request, form, status=422)
    return see_other(ACCOUNTS, notice="accounts.notice.invited")


async def one(request: AnyRequest, grant_id: FromPath[int]) -> Response[Any]:
    """One office: end it, or send the link again."""
    require_accounts(request)
    return await _one(request, grant_id, EndForm(data={"when": LATER}))


async def end(request: AnyRequest, grant_id: FromPath[int]) -> Response[Any]:
    """End an office."""
    actor, form = require_accounts(request), await EndForm.read(request)
    _moments(request, form)
    if not form.validate():
        return await _one(request, grant_id, form)
    last_on = None if form.when.data == NOW else form.last_on.data or clock.today()
    try:
        await offices.end(actor, grant_id, last_on=last_on, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return await _one(request, grant_id, form)
    return see_other(ACCOUNTS, notice="accounts.notice.office_ended")


async def invite_again(request: AnyRequest, grant_id: FromPath[int]) -> Response[Any]:
    """Mail a fresh link."""
    await offices.invite_again(require_accounts(request), grant_id, now=clock.now())
    return see_other(ACCOUNTS, notice="accounts.notice.invited")


def require_accounts(request: AnyRequest) -> Actor:
    """Who may change offices and accounts, and showed it just now. Raises NotFound, ProofNeeded."""
    require_right(request, Area.offices, to_change=True)
    return require_fresh(request)


def _asked(request: AnyRequest, form: OfficeForm) -> InvitationForm:
    return InvitationForm(
        email=form.email.data,
        role=Role(form.role.data),
        from_on=form.from_on.data,
        until_on=form.until_on.data,
        initials=form.initials.data,
        prefix=form.prefix.data,
        surname=form.surname.data,
        event_id=int(form.event.data) if form.event.data else None,
        language=language_of(request),
    )


async def _new(request: AnyRequest, form: OfficeForm, status: int = 200) -> Response[Any]:
    await _choices(request, form)
    return page(request, "accounts/board_new.html", status=status, form=form)


async def _choices(request: AnyRequest, form: OfficeForm) -> None:
    said = language_of(request)
    form.role.choices = [
        SelectChoice(role.value, language.text(said, f"accounts.office.{role}"))
        for role in offices.GIVABLE
    ]
    coming = await events.upcoming(require_accounts(request), now=clock.now())
    form.event.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(str(event.id), event.title(said)) for event in coming),
    ]


def _moments(request: AnyRequest, form: EndForm) -> None:
    said = language_of(request)
    form.when.choices = [
        SelectChoice(when, language.text(said, f"accounts.end.{when}")) for when in (LATER, NOW)
    ]


async def _one(request: AnyRequest, grant_id: int, ending: EndForm) -> Response[Any]:
    _moments(request, ending)
    return page(
        request,
        "accounts/board_one.html",
        status=422 if ending.problems else 200,
        grant=await holders.grant(grant_id),
        ending=ending,
        today=clock.today(),
    )
