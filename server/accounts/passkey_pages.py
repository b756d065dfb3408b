"""Passkeys in the browser: the question as JSON, the answer as a form.

The only pages that need a script: no browser asks a device for a passkey without one.
"""

from typing import Any

from litestar import Request, Response
from wtforms import HiddenField, StringField

from server import clock, language
from server.accounts import cookies, passkeys, security_pages
from server.accounts.second_step import on_to
from server.actors import ANONYMOUS
from server.web import tokens
from server.web.cookies import read
from server.web.forms import Form, at_most, stripped
from server.web.visitor import actor_of, language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class AnswerForm(Form):
    """What the device answered, and where to go next."""

    answer = HiddenField()
    next = StringField(filters=[stripped])
    label = StringField(filters=[stripped], validators=[at_most(passkeys.LABEL_LENGTH)])


async def question_to_sign_in(request: AnyRequest) -> Response[str]:
    """The question of the sign-in page."""
    browser = tokens.new()
    return _json(await passkeys.to_use(ANONYMOUS, browser, now=clock.now()), browser)


async def sign_in(request: AnyRequest) -> Response[Any]:
    """Come in by passkey."""
    form = await AnswerForm.read(request)
    device = request.headers.get("user-agent", "")
    token = await passkeys.sign_in(
        _browser(request),
        _sent(form),
        device=device,
        instead_of=actor_of(request).session_id,
        now=clock.now(),
    )
    return on_to(form.next.data, token)


async def question_to_prove(request: AnyRequest) -> Response[str]:
    """The question of the second step."""
    actor, browser = require_signed_in(request), tokens.new()
    return _json(await passkeys.to_use(actor, browser, now=clock.now()), browser)


async def prove(request: AnyRequest) -> Response[Any]:
    """Give the second step by passkey."""
    actor, form = require_signed_in(request), await AnswerForm.read(request)
    token = await passkeys.prove(actor, _browser(request), _sent(form), now=clock.now())
    return on_to(form.next.data, token)


async def question_to_add(request: AnyRequest) -> Response[str]:
    """The question that makes a new passkey."""
    actor, browser = require_signed_in(request), tokens.new()
    name = language.text(language_of(request), "site.name")
    asked = await passkeys.to_add(actor, browser, site_name=name, now=clock.now())
    return _json(asked, browser)


async def add(request: AnyRequest) -> Response[Any]:
    """Keep a new passkey."""
    actor, form = require_signed_in(request), await AnswerForm.read(request)
    label = form.label.data or language.text(language_of(request), "accounts.passkey.nameless")
    token, codes = await passkeys.add(
        actor, _browser(request), _sent(form), label=label, now=clock.now()
    )
    return security_pages.changed(request, token, codes, "accounts.notice.passkey_added")


def _browser(request: AnyRequest) -> str:
    return read(request, cookies.ASKED)


def _sent(form: AnswerForm) -> str:
    return form.answer.data or ""


def _json(question: str, browser: str) -> Response[str]:
    response = Response(question, media_type="application/json", status_code=200)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(cookies.asked(browser))
    return response
