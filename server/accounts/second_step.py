"""The second step: show again that it is you, and go on where you were."""

from typing import Any

from litestar import Request, Response
from wtforms import StringField

from server import clock
from server.accounts import cookies, factors, service
from server.accounts.factors import WrongCode
from server.web import pace
from server.web.forms import Form, at_most, required, stripped
from server.web.links import is_local
from server.web.pages import page, see_other
from server.web.visitor import actor_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class CodeForm(Form):
    """A code of the app, or a recovery code; and where to go next."""

    code = StringField(
        "accounts.field.code",
        [required(), at_most(40)],
        filters=[stripped],
        description="accounts.hint.code",
        render_kw={"inputmode": "text", "autocapitalize": "none", "spellcheck": "false"},
    )
    next = StringField(filters=[stripped])


async def ask(request: AnyRequest) -> Response[Any]:
    """What is needed of this reader: a code, setting up, or signing in anew."""
    require_signed_in(request)
    return await _page(request, CodeForm(data={"next": request.query_params.get("next", "")}))


async def prove(request: AnyRequest) -> Response[Any]:
    """The code: on to where the reader was going, under a new session token."""
    actor = require_signed_in(request)
    form = await CodeForm.read(request)
    if not form.validate():
        return await _page(request, form, status=422)
    try:
        token = await factors.prove(actor, form.code.data, now=clock.now())
    except WrongCode:
        form.code.errors = ["accounts.refusal.wrong_code"]
        form.code.data = ""
        return await _page(request, form, status=422)
    return on_to(form.next.data, token)


async def send_link(request: AnyRequest) -> Response[Any]:
    """Sign in anew: a link to one's own address, which leads back to where one was going."""
    actor = require_signed_in(request)
    form = await CodeForm.read(request)
    browser = cookies.browser_of(request)
    async with pace.steady():
        await service.ask_for_link(
            actor.email, next_path=_local(form.next.data), browser=browser, now=clock.now()
        )
    response = see_other("/sign-in/sent")
    response.set_cookie(cookies.browser(browser))
    return response


def on_to(wanted: str | None, token: str) -> Response[Any]:
    """To the page that was asked for, with the session's new token."""
    response = see_other(_local(wanted))
    response.set_cookie(cookies.session(token))
    return response


def _local(wanted: str | None) -> str:
    return wanted if wanted and is_local(wanted) else "/me"


async def _page(request: AnyRequest, form: CodeForm, status: int = 200) -> Response[Any]:
    actor = actor_of(request)
    needs_set_up = actor.holds_office and not actor.has_factor
    form.next.data = _local(form.next.data)
    found = await factors.of_person(actor.person_id or 0)
    return page(
        request,
        "accounts/second_step.html",
        status=status,
        form=form,
        set_up=needs_set_up,
        has_factor=actor.has_factor,
        has_passkey=bool(found.passkeys),
    )
