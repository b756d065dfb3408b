"""The account of one person, with or without an office: closed, opened, freed of a lost factor."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.accounts import holders, suspension
from server.accounts.board import ACCOUNTS, require_accounts
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other

AnyRequest = Request[Any, Any, Any]


class ReasonForm(Form):
    """Why an account is closed; its holder reads it."""

    reason = TextAreaField(
        "accounts.field.reason",
        [required("accounts.field.reason.needed"), at_most(1000)],
        filters=[stripped],
        description="accounts.hint.reason",
        render_kw={"rows": 3},
    )


async def one(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """How somebody comes in, and what the board may do about it."""
    require_accounts(request)
    return await _one(request, person_id, ReasonForm())


async def suspend(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Close the account at once."""
    actor, form = require_accounts(request), await ReasonForm.read(request)
    if not form.validate():
        return await _one(request, person_id, form)
    await suspension.suspend(actor, person_id, form.reason.data, now=clock.now())
    return see_other(_path(person_id), notice="accounts.notice.suspended")


async def lift(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Open a closed account."""
    await suspension.lift(require_accounts(request), person_id, now=clock.now())
    return see_other(_path(person_id), notice="accounts.notice.lifted")


async def reset_factor(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Take a lost second factor away."""
    await suspension.reset_factor(require_accounts(request), person_id, now=clock.now())
    return see_other(_path(person_id), notice="accounts.notice.factor_reset")


def _path(person_id: int) -> str:
    return f"{ACCOUNTS}/people/{person_id}"


async def _one(request: AnyRequest, person_id: int, reason: ReasonForm) -> Response[Any]:
    return page(
        request,
        "accounts/board_person.html",
        status=422 if reason.problems else 200,
        account=await holders.account(person_id),
        reason=reason,
    )
