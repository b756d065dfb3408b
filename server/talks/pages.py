"""Calls, the form of a proposal, and a proposal's own page for its speakers."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.accounts import cookies
from server.actors import Actor
from server.people.service import PersonForm
from server.rights import Area
from server.talks import drafts, queries, rules, service, strangers
from server.talks.form import Key, ProposalForm, StrangerForm, as_typed, new_key, read_key
from server.talks.states import PROPOSAL
from server.talks.views import CallView, ProposalView
from server.web import pace
from server.web.forms import Form, at_most, stripped
from server.web.pages import page, see_other
from server.web.visitor import actor_of, language_of, require_signed_in
from tables.talks import ProposalState

AnyRequest = Request[Any, Any, Any]
LONGEST_REVISION = 9


class ReasonForm(Form):
    """Why somebody withdraws; nobody must say."""

    reason = TextAreaField("talks.field.reason", [at_most(1000)], filters=[stripped])


async def calls(request: AnyRequest) -> Response[Any]:
    """Every public call: open, coming, closed."""
    now = clock.now()
    found = await queries.published_calls()
    groups = {name: [c for c in found if c.phase(now) == name] for name in ("open", "coming")}
    closed = [call for call in reversed(found) if call.phase(now) == "closed"]
    return page(request, "talks/calls.html", groups={**groups, "closed": closed})


async def show_call(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One call: what is asked, until when, and the way to the form."""
    call, actor, now = await queries.get_call(slug), actor_of(request), clock.now()
    return page(
        request,
        "talks/call.html",
        call=call,
        phase=call.phase(now),
        topics=await queries.topics(clock.today()),
        mine=[p for p in await _mine(actor) if p.call_id == call.id],
        reads=actor.sees(Area.talks) or call.committee_id in actor.groups,
    )


async def _mine(actor: Actor) -> list[ProposalView]:
    return await queries.of_person(actor.person_id) if actor.person_id else []


async def new(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """An empty form, or why there is none now."""
    call, actor, now = await queries.get_call(slug), actor_of(request), clock.now()
    if call.phase(now) != "open":
        return see_other(f"/calls/{slug}")
    given = {"key": new_key(now), "language": language_of(request)}
    form = _form_for(actor)(data={**given, "format": call.offers[0].format})
    return await _form_page(request, call, form)


def _form_for(actor: Actor) -> type[ProposalForm]:
    return ProposalForm if actor.is_signed_in else StrangerForm


async def propose(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Keep it as a draft, or hand it in; a stranger gets a link by mail to do that with."""
    call, actor, now = await queries.get_call(slug), actor_of(request), clock.now()
    form = await _form_for(actor).read(request)
    key = read_key(form["key"].data, now)
    form.offer(call, await queries.topics(clock.today()), language_of(request))
    if not call.takes_new(opened_at=key.opened_at, now=now):
        return page(request, "talks/too_late.html", status=409, call=call, form=form)
    to_submit = form["do"].data != "draft"
    if not form.is_sound(call, to_submit=to_submit):
        return await _form_page(request, call, form, 422)
    if actor.is_signed_in:
        return await _keep(actor, call, form, key, to_submit=to_submit)
    return await _keep_for_stranger(request, call, form, key, now)


async def _keep(
    actor: Actor, call: CallView, form: ProposalForm, key: Key, *, to_submit: bool
) -> Response[Any]:
    now = clock.now()
    view = await drafts.draft(
        actor, call.id, form.text, code=key.code, opened_at=key.opened_at, now=now
    )
    if to_submit:
        view = await service.submit(actor, view.id, now=now)
    notice = "submitted" if to_submit else "draft"
    return see_other(f"/me/proposals/{view.code}", notice=f"talks.notice.{notice}")


async def _keep_for_stranger(
    request: AnyRequest, call: CallView, form: ProposalForm, key: Key, now: datetime
) -> Response[Any]:
    email = form["email"].data
    who = PersonForm(surname=form["name"].data, email=email, language=language_of(request))
    browser = cookies.browser_of(request)
    async with pace.steady():
        await strangers.draft(
            call.id,
            form.text,
            strangers.Stranger(who, browser),
            code=key.code,
            opened_at=key.opened_at,
            now=now,
        )
    response = see_other(f"/calls/{call.slug}/proposals/asked")
    response.set_cookie(cookies.browser(browser))
    return response


async def asked(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What a stranger does next."""
    return page(request, "talks/check_mail.html", call=await queries.get_call(slug))


async def _form_page(
    request: AnyRequest,
    call: CallView,
    form: ProposalForm,
    status: int = 200,
    proposal: ProposalView | None = None,
) -> Response[Any]:
    form.offer(call, await queries.topics(clock.today()), language_of(request))
    words = rules.count_words(form["abstract"].data or "")
    return page(
        request,
        "talks/form.html",
        status=status,
        call=call,
        form=form,
        proposal=proposal,
        is_stale=status == 409,
        words=words,
        words_at_most=rules.WORDS_AT_MOST,
    )


async def mine(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Where a proposal stands, and the one thing to do next."""
    view = await queries.get_own(require_signed_in(request), code)
    return await _proposal_page(request, view, ReasonForm())


async def _proposal_page(
    request: AnyRequest, view: ProposalView, form: Form, status: int = 200
) -> Response[Any]:
    now = clock.now()
    return page(
        request,
        "talks/mine.html",
        status=status,
        proposal=view,
        step=view.next_step(now),
        actions=view.speaker_actions(now),
        may_change=view.may_change(now),
        topics=await queries.labels(view.topics, language_of(request)),
        history=await queries.history(view.id),
        form=form,
    )


async def text_form(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The text of a proposal, to be changed."""
    view = await queries.get_own(require_signed_in(request), code)
    if not view.may_change(clock.now()):
        return see_other(f"/me/proposals/{code}", notice="talks.notice.text_is_fixed")
    call = await queries.call_by_id(view.call_id)
    return await _form_page(request, call, ProposalForm(data=as_typed(view)), proposal=view)


async def save_text(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Save the text; with the other button, hand it in as well."""
    actor, now = require_signed_in(request), clock.now()
    view = await queries.get_own(actor, code)
    call = await queries.call_by_id(view.call_id)
    form = await ProposalForm.read(request)
    form.offer(call, await queries.topics(clock.today()), language_of(request))
    if not view.may_change(now):
        return page(request, "talks/too_late.html", status=409, call=call, form=form)
    to_submit = form["do"].data == "submit"
    in_full = to_submit or view.state != ProposalState.draft
    if not form.is_sound(call, to_submit=in_full):
        return await _form_page(request, call, form, 422, view)
    seen = str(form["revision"].data or "")
    expected = int(seen[:LONGEST_REVISION]) if seen.isdecimal() else None
    if expected not in (None, view.revision) and not drafts.says(view, form.text, call):
        return await _both_texts(request, call, form, view)
    await drafts.change(actor, view.id, form.text, expected_revision=expected, now=now)
    if to_submit:
        return await submit(request, code)
    return see_other(f"/me/proposals/{code}", notice="talks.notice.saved")


async def _both_texts(
    request: AnyRequest, call: CallView, form: ProposalForm, view: ProposalView
) -> Response[Any]:
    """What was typed beside what was saved elsewhere since; saving again is a choice."""
    form["revision"].data = str(view.revision)
    return await _form_page(request, call, form, 409, view)


async def submit(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Hand it in, for the first time or after a revision."""
    actor = require_signed_in(request)
    view = await queries.get_own(actor, code)
    verb = service.resubmit if "resubmit" in PROPOSAL.allowed(view.state) else service.submit
    await verb(actor, view.id, now=clock.now())
    return see_other(f"/me/proposals/{code}", notice="talks.notice.submitted")


async def confirm(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Say that one comes."""
    actor = require_signed_in(request)
    view = await queries.get_own(actor, code)
    await service.confirm(actor, view.id, now=clock.now())
    return see_other(f"/me/proposals/{code}", notice="talks.notice.confirmed")


async def withdraw(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Withdraw a proposal, or decline an accepted place: for the speaker it is one thing."""
    actor = require_signed_in(request)
    view = await queries.get_own(actor, code)
    form = await ReasonForm.read(request)
    if not form.validate():
        return await _proposal_page(request, view, form, 422)
    verb = service.decline if "decline" in PROPOSAL.allowed(view.state) else service.withdraw
    await verb(actor, view.id, reason=form["reason"].data, now=clock.now())
    return see_other(f"/me/proposals/{code}", notice="talks.notice.withdrawn")
