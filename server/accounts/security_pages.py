"""One's own security: authenticator app, passkeys, recovery codes."""

from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any

import segno
from litestar import Request, Response
from litestar.params import FromPath
from wtforms import HiddenField, StringField

from server import clock, language
from server.accounts import cookies, factors, totp
from server.actors import Actor
from server.audit import queries as audit
from server.errors import Invalid
from server.web import sealing, shown_once
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
SECURITY, CODES = "/me/security", "/me/security/codes"
SET_UP = "totp set-up"
SECONDS_TO_SET_UP = 1800
DAYS_SHOWN = 365
CODES_SHOWN = "recovery codes"


class AppForm(Form):
    """The first code of an app, and the sealed secret that it was made with."""

    sealed = HiddenField()
    code = StringField(
        "accounts.field.app_code",
        [required(), at_most(12)],
        filters=[stripped],
        render_kw={"inputmode": "numeric"},
    )


async def overview(request: AnyRequest) -> Response[Any]:
    """What is set up, and what one can change."""
    actor = require_signed_in(request)
    found = await factors.of_person(actor.person_id or 0)
    return page(request, "accounts/security.html", factors=found)


async def events(request: AnyRequest) -> Response[Any]:
    """What happened to one's own account in the last year."""
    actor = require_signed_in(request)
    since = clock.now() - timedelta(days=DAYS_SHOWN)
    found = await audit.of_account(actor.person_id or 0, since=since)
    return page(request, "accounts/events.html", events=found)


async def app_form(request: AnyRequest) -> Response[Any]:
    """The QR code for the app, and the field for its first code."""
    actor = require_signed_in(request)
    factors.require_may_change(actor, now=clock.now())
    return _app(request, actor, totp.new_secret(), AppForm())


async def add_app(request: AnyRequest) -> Response[Any]:
    """Connect the app; then the recovery codes, if they are new."""
    actor = require_signed_in(request)
    form = await AppForm.read(request)
    made = _unsealed(actor, form.sealed.data or "")
    if made is None:
        return see_other(f"{SECURITY}/app", notice="accounts.notice.set_up_expired")
    if not form.validate():
        return _app(request, actor, made, form, status=422)
    try:
        token, codes = await factors.add_app(actor, made, form.code.data, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return _app(request, actor, made, form, status=422)
    return changed(request, token, codes, "accounts.notice.app_added")


async def remove_app(request: AnyRequest) -> Response[Any]:
    """Disconnect the app."""
    await factors.remove_app(require_signed_in(request), now=clock.now())
    return see_other(SECURITY, notice="accounts.notice.app_removed")


async def remove_passkey(request: AnyRequest, passkey_id: FromPath[int]) -> Response[Any]:
    """Forget a passkey."""
    await factors.remove_passkey(require_signed_in(request), passkey_id, now=clock.now())
    return see_other(SECURITY, notice="accounts.notice.passkey_removed")


async def renew_codes(request: AnyRequest) -> Response[Any]:
    """New recovery codes, shown on the next page only."""
    codes = await factors.renew_codes(require_signed_in(request), now=clock.now())
    response = see_other(CODES)
    shown_once.put(response, request, CODES_SHOWN, codes)
    return response


async def show_codes(request: AnyRequest) -> Response[Any]:
    """The recovery codes, this one time."""
    require_signed_in(request)
    codes = shown_once.read(request, CODES_SHOWN)
    if not codes:
        return see_other(SECURITY)
    response = page(request, "accounts/codes.html", codes=codes)
    shown_once.gone(response)
    return secret(response)


def changed(request: AnyRequest, token: str, codes: list[str], notice: str) -> Response[Any]:
    """After a new factor: its recovery codes first, else back to the overview."""
    response = see_other(CODES if codes else SECURITY, notice=notice)
    response.set_cookie(cookies.session(token))
    if codes:
        shown_once.put(response, request, CODES_SHOWN, codes)
    return response


def _app(
    request: AnyRequest, actor: Actor, made: bytes, form: AppForm, status: int = 200
) -> Response[Any]:
    issuer = language.text(language_of(request), "site.name")
    address = totp.address(made, issuer=issuer, account=actor.email)
    form.sealed.data = _sealed(actor, made)
    return secret(
        page(
            request,
            "accounts/app.html",
            status=status,
            form=form,
            picture=segno.make(address, error="m").svg_data_uri(scale=5, border=3),
            written=totp.written(made),
        )
    )


def _sealed(actor: Actor, made: bytes) -> str:
    value = b64encode(made) + f" {actor.person_id}".encode()
    return sealing.seal(SET_UP, value).decode()


def _unsealed(actor: Actor, sealed: str) -> bytes | None:
    """The secret of a form that this person opened within half an hour."""
    value = sealing.unseal(SET_UP, sealed.encode(errors="replace"), seconds=SECONDS_TO_SET_UP)
    made, _, person_id = (value or b"").partition(b" ")
    return b64decode(made) if made and person_id == str(actor.person_id).encode() else None
