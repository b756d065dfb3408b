"""Handing one's place on: the holder asks, and the colleague answers."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import EmailField, StringField

from server import clock
from server.errors import Invalid
from server.registrations import colleague_price, passing_on, queries, taking_over
from server.registrations.refusals import OfferOver
from server.web.forms import Form, at_most, required, sent, stripped, whole
from server.web.pages import page, secret, see_other
from server.web.visitor import actor_of, language_of

AnyRequest = Request[Any, Any, Any]


class ColleagueForm(Form):
    """Who comes instead."""

    name = StringField("registrations.field.colleague", [required(), at_most(120)],
                       filters=[stripped])  # fmt: skip
    email = EmailField(
        "registrations.field.colleague_email",
        [required("errors.field.email"), at_most(254)],
        filters=[stripped],
    )


async def ask(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Who takes the place, or who was asked to."""
    return await _page(request, code, ColleagueForm())


async def send(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Ask a colleague."""
    form: Any = await ColleagueForm.read(request)
    if form.validate():
        try:
            await passing_on.ask(
                actor_of(request),
                code,
                name=form.name.data,
                email=form.email.data,
                now=clock.now(),
            )
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(f"/registrations/{code}", notice="registrations.notice.passed_on")
    return await _page(request, code, form)


async def withdraw(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Keep the place after all."""
    await passing_on.withdraw(actor_of(request), code)
    return see_other(f"/registrations/{code}", notice="registrations.notice.kept")


async def _page(request: AnyRequest, code: str, form: Form) -> Response[Any]:
    now, view = clock.now(), await queries.get(code)
    return secret(
        page(
            request,
            "registrations/pass_on.html",
            status=422 if form.errors else 200,
            registration=view,
            form=form,
            asked=await passing_on.open_of(view.id, now=now),
            may_ask=passing_on.may_ask(view, now=now),
        )
    )


async def show(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What the colleague is asked. Looking takes nothing."""
    asked, view = await passing_on.find(token)
    if asked.expires_at <= clock.now():
        raise OfferOver
    cost = await colleague_price.of_address(view, asked.email)
    return secret(
        page(
            request,
            "registrations/for_you.html",
            asked=asked,
            registration=view,
            token=token,
            costs=colleague_price.in_words(view, cost, language_of(request)),
            cents=cost.due_cents,
        )
    )


async def take(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Come instead, for what the page said."""
    cents = whole((await sent(request)).get("cents")) or 0
    view = await taking_over.take(actor_of(request), token, cents=cents, now=clock.now())
    return see_other(f"/registrations/{view.code}", notice="registrations.notice.confirmed")


async def decline(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Not come."""
    await passing_on.decline(actor_of(request), token)
    return see_other("/events", notice="registrations.notice.not_taken")
