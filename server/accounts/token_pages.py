"""One's own API tokens: look, make one, see it once, end it."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.accounts import api_tokens, token_queries, token_rules
from server.accounts.api_tokens import TokenForm
from server.errors import Invalid
from server.web import shown_once
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]
TOKENS, SHOWN = "/me/tokens", "/me/tokens/made"
PURPOSE = "api token"


class NewForm(Form):
    """What the token is for, what it may do, and how long."""

    label = StringField(
        "accounts.field.token_label",
        [required(), at_most(token_rules.LABEL_CHARACTERS)],
        filters=[stripped],
        description="accounts.hint.token_label",
    )
    scopes = SelectMultipleField(
        "accounts.field.scopes", [required("accounts.field.scopes.needed")]
    )
    days = RadioField("accounts.field.days", [required()], default="90")


async def overview(request: AnyRequest) -> Response[Any]:
    """One's live tokens."""
    actor = require_signed_in(request)
    found = await token_queries.of_person(actor.person_id or 0, now=clock.now())
    return page(request, "accounts/tokens.html", tokens=found)


async def new(request: AnyRequest) -> Response[Any]:
    """The form of a new token."""
    require_fresh(request)
    return _new(request, _choices(request, NewForm()))


async def make(request: AnyRequest) -> Response[Any]:
    """Make a token; the next page shows it, once."""
    actor = require_fresh(request)
    form = _choices(request, await NewForm.read(request))
    if not form.validate():
        return _new(request, form, status=422)
    asked = TokenForm(form.label.data, form.scopes.data, int(form.days.data))
    try:
        token = await api_tokens.make(actor, asked, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return _new(request, form, status=422)
    response = see_other(SHOWN)
    if token is not None:
        shown_once.put(response, request, PURPOSE, [token])
    return response


async def shown(request: AnyRequest) -> Response[Any]:
    """The new token, this one time."""
    require_signed_in(request)
    found = shown_once.read(request, PURPOSE)
    if not found:
        return see_other(TOKENS)
    response = page(request, "accounts/token_made.html", token=found[0])
    shown_once.gone(response)
    return secret(response)


async def revoke(request: AnyRequest, token_id: FromPath[int]) -> Response[Any]:
    """End one of one's own tokens."""
    await api_tokens.revoke(require_signed_in(request), token_id, now=clock.now())
    return see_other(TOKENS, notice="accounts.notice.token_revoked")


def _choices(request: AnyRequest, form: NewForm) -> NewForm:
    said = language_of(request)
    form.scopes.choices = [
        SelectChoice(scope.value, language.text(said, scope.key))
        for scope in token_rules.offered(require_signed_in(request))
    ]
    form.days.choices = [
        SelectChoice(str(days), language.text(said, "accounts.token.days", count=days))
        for days in token_rules.DAYS
    ]
    return form


def _new(request: AnyRequest, form: NewForm, status: int = 200) -> Response[Any]:
    return page(request, "accounts/token_new.html", status=status, form=form)
