"""Signing in with a password and a code, and choosing a password."""

from typing import Any

from litestar import Request, Response
from wtforms import PasswordField, StringField

from server import clock
from server.accounts import passwords
from server.accounts.pages import AddressForm
from server.accounts.second_step import on_to
from server.errors import Invalid
from server.web import pace
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import actor_of, address_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class PasswordSignInForm(AddressForm):
    """Address, password and code, all at once: what is wrong is not said."""

    password = PasswordField("accounts.field.password", [required()])
    code = StringField(
        "accounts.field.app_code",
        [required(), at_most(12)],
        filters=[stripped],
        render_kw={"inputmode": "numeric"},
    )
    next = StringField(filters=[stripped])


class PasswordForm(Form):
    """A new password, as it will be."""

    password = PasswordField(
        "accounts.field.new_password", [required()], description="accounts.hint.password"
    )


async def ask(request: AnyRequest) -> Response[Any]:
    """The page of who has a password."""
    form = PasswordSignInForm(data={"next": request.query_params.get("next", "/me")})
    return page(request, "accounts/password_sign_in.html", form=form)


async def sign_in(request: AnyRequest) -> Response[Any]:
    """Come in; a wrong address, password and code get the same answer in the same time."""
    form = await PasswordSignInForm.read(request)
    if not form.validate():
        return page(request, "accounts/password_sign_in.html", status=422, form=form)
    now = clock.now()
    device = request.headers.get("user-agent", "")
    async with pace.steady():
        await passwords.allow(form.email.data, address_of(request), now=now)
        try:
            token = await passwords.sign_in(
                form.email.data,
                form.password.data,
                form.code.data,
                device=device,
                instead_of=actor_of(request).session_id,
                now=now,
            )
        except passwords.WrongSignIn:
            form.code.data = ""
            form.email.errors = ["accounts.refusal.wrong_sign_in"]
            return page(request, "accounts/password_sign_in.html", status=422, form=form)
    return on_to(form.next.data, token)


async def form(request: AnyRequest) -> Response[Any]:
    """The form of a new password."""
    require_signed_in(request)
    return page(request, "accounts/password.html", form=PasswordForm())


async def choose(request: AnyRequest) -> Response[Any]:
    """Set or change the password."""
    actor, asked = require_signed_in(request), await PasswordForm.read(request)
    good = asked.validate()
    if good:
        try:
            await passwords.choose(actor, asked.password.data, now=clock.now())
        except Invalid as invalid:
            asked.blame(invalid)
    if asked.errors:
        return page(request, "accounts/password.html", status=422, form=asked)
    return see_other("/me/security", notice="accounts.notice.password_changed")


async def remove(request: AnyRequest) -> Response[Any]:
    """Do without a password again."""
    await passwords.remove(require_signed_in(request), now=clock.now())
    return see_other("/me/security", notice="accounts.notice.password_removed")
