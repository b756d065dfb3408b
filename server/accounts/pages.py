"""Sign in by mail link, set up the first board account, devices, sign out."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from litestar.response import Redirect
from wtforms import EmailField, StringField, ValidationError

from server import clock
from server.accounts import cookies, one_time_links, queries, service, sessions
from server.people import rules as people_rules
from server.people.service import PersonForm
from server.web import pace
from server.web.cookies import read
from server.web.forms import Form, at_most, required, stripped
from server.web.forms import sent as sent_form
from server.web.links import is_local
from server.web.pages import page, secret, see_other
from server.web.public_form import PublicForm
from server.web.visitor import actor_of, require_signed_in
from tables.accounts import LinkPurpose

AnyRequest = Request[Any, Any, Any]


class AddressForm(Form):
    """One address, nothing else."""

    email = EmailField(
        "accounts.field.email", [required("errors.field.email"), at_most(254)], filters=[stripped]
    )

    def validate_email(self, field: Any) -> None:
        """An address that mail can reach."""
        if not people_rules.valid_email(field.data):
            raise ValidationError("errors.field.email")


class SignInForm(AddressForm, PublicForm):
    """Whose link to mail, and where it leads."""

    next = StringField(filters=[stripped])


class SetUpForm(AddressForm):
    """The first board member."""

    initials = StringField("accounts.field.initials", [at_most(30)], filters=[stripped])
    prefix = StringField("accounts.field.prefix", [at_most(30)], filters=[stripped])
    surname = StringField("accounts.field.surname", [required(), at_most(120)], filters=[stripped])


async def ask(request: AnyRequest) -> Response[Any]:
    """The sign-in page."""
    wanted = request.query_params.get("next", "/me")
    if actor_of(request).is_signed_in:
        return see_other(wanted if is_local(wanted) else "/me")
    return page(request, "accounts/sign_in.html", form=SignInForm(data={"next": wanted}))


async def send(request: AnyRequest) -> Response[Any]:
    """Mail a link; the answer is the same, and takes as long, for every address."""
    form = await SignInForm.read(request)
    if not form.validate():
        return page(request, "accounts/sign_in.html", status=422, form=form)
    now = clock.now()
    browser = cookies.browser_of(request)
    async with pace.steady():
        await service.ask_for_link(
            form.email.data, next_path=form.next.data or "/me", browser=browser, now=now
        )
    response = see_other("/sign-in/sent")
    response.set_cookie(cookies.browser(browser))
    return response


async def sent(request: AnyRequest) -> Response[Any]:
    """What happens next: the same for everybody."""
    return page(request, "accounts/link_sent.html")


async def arrive(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What a sign-in link opens: a button, since mail scanners follow links too.

    In another browser than the one that asked it says so, and asks whether it was oneself.
    """
    link = await one_time_links.find_open(token, one_time_links.TO_COME_IN, now=clock.now())
    is_mine = link is not None and one_time_links.is_same_browser(link, _browser(request))
    response = page(
        request,
        "accounts/arrive.html",
        status=200 if link else 410,
        token=token,
        is_open=link is not None,
        is_mine=is_mine,
        is_invited=link is not None and link["purpose"] == LinkPurpose.invitation,
    )
    return secret(response)


async def enter(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Use the link: a session, and on to where it leads."""
    session, path = await service.redeem(
        token,
        device=request.headers.get("user-agent", ""),
        browser=_browser(request),
        is_mine=(await sent_form(request)).get("mine") == "yes",
        instead_of=actor_of(request).session_id,
        now=clock.now(),
    )
    return _signed_in(session, path)


def _browser(request: AnyRequest) -> str:
    return read(request, cookies.BROWSER)


async def leave(request: AnyRequest) -> Response[Any]:
    """End this session."""
    actor = actor_of(request)
    if actor.is_signed_in:
        await sessions.sign_out(actor)
    response = see_other("/", notice="accounts.notice.signed_out")
    response.set_cookie(cookies.session(""))
    return response


async def devices(request: AnyRequest) -> Response[Any]:
    """The devices on which the reader is signed in."""
    actor = require_signed_in(request)
    found = await queries.devices(actor.person_id or 0, now=clock.now())
    return page(request, "accounts/devices.html", devices=found)


async def end_others(request: AnyRequest) -> Response[Any]:
    """End every session of one's own but this one."""
    await sessions.end_others(require_signed_in(request))
    return see_other("/me/devices", notice="accounts.notice.others_ended")


async def end_device(request: AnyRequest, session_id: FromPath[int]) -> Response[Any]:
    """End one of one's own sessions."""
    await sessions.end(require_signed_in(request), session_id)
    return see_other("/me/devices", notice="accounts.notice.device_ended")


async def set_up_page(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The form of the one-time set-up link."""
    await service.require_set_up(token, now=clock.now())
    return secret(page(request, "accounts/set_up.html", form=SetUpForm(), token=token))


async def set_up(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Make the first board account."""
    await service.require_set_up(token, now=clock.now())
    form = await SetUpForm.read(request)
    if not form.validate():
        return secret(page(request, "accounts/set_up.html", status=422, form=form, token=token))
    person = PersonForm(
        initials=form.initials.data,
        prefix=form.prefix.data,
        surname=form.surname.data,
        email=form.email.data,
    )
    device = request.headers.get("user-agent", "")
    session = await service.set_up(token, person, device=device, now=clock.now())
    return _signed_in(session, "/board")


def _signed_in(session: str, path: str) -> Redirect:
    response = see_other(path, notice="accounts.notice.signed_in")
    response.set_cookie(cookies.session(session))
    return response
