"""Proposals for board and committee: read, decide, take back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.errors import NotAllowed, NotFound
from server.rights import Area
from server.talks import decisions, queries
from server.talks.views import CallView, ProposalView
from server.web.admin_kit.links import admin_row
from server.web.exports import Cell, download
from server.web.forms import Form, at_most, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]
Handler = Callable[[AnyRequest, str, str], Awaitable[Response[Any]]]
COLUMNS = ("title", "speakers", "email", "affiliation", "state", "format", "minutes", "language")
COLUMNS_AFTER = ("topics", "submitted_at", "confirm_by", "abstract", "remark")
NEEDS_REASON = ("revise", "reopen", "cancel")


@dataclass(frozen=True)
class Decision:
    """A verb of the committee, and the last part of the address of its button."""

    noun: str
    verb: Callable[..., Awaitable[object]]


DECISIONS = {
    "accept": Decision("acceptance", decisions.accept),
    "reserve": Decision("reserve", decisions.reserve),
    "reject": Decision("rejection", decisions.reject),
    "revise": Decision("revision", decisions.revise),
    "activate": Decision("activation", decisions.activate),
    "reopen": Decision("reopening", decisions.reopen),
    "cancel": Decision("cancellation", decisions.cancel),
    "deliver": Decision("delivery", decisions.deliver),
}


class NoteForm(Form):
    """What the committee writes to the speaker."""

    note = TextAreaField(
        "talks.field.note",
        [at_most(2000)],
        description="talks.hint.note",
        filters=[stripped],
        render_kw={"rows": 4},
    )


async def overview(request: AnyRequest) -> Response[Any]:
    """The calls whose proposals the reader may read."""
    actor = require_signed_in(request)
    found = await queries.calls_of(actor)
    if not found and not actor.sees(Area.talks):
        raise NotFound
    return page(request, "talks/board_calls.html", calls=found)


async def desk(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The proposals of one call, what waits for a decision first."""
    actor = require_signed_in(request)
    call = await queries.call_for_committee(actor, slug)
    return page(
        request,
        "talks/board_call.html",
        call=call,
        proposals=await queries.of_call(call.id),
        admin_row=admin_row("call", call.id),
    )


async def one(request: AnyRequest, slug: FromPath[str], code: FromPath[str]) -> Response[Any]:
    """One proposal to read, with what may be decided."""
    actor, call, view = await _read(request, slug, code)
    return await _one_page(request, actor, call, view)


async def _read(request: AnyRequest, slug: str, code: str) -> tuple[Actor, CallView, ProposalView]:
    actor = require_signed_in(request)
    call = await queries.call_for_committee(actor, slug)
    return actor, call, await queries.in_call(call.id, code)


async def _one_page(
    request: AnyRequest,
    actor: Actor,
    call: CallView,
    view: ProposalView,
    form: Form | None = None,
    status: int = 200,
) -> Response[Any]:
    actions = view.committee_actions(clock.now()) if view.is_decided_by(actor) else []
    return page(
        request,
        "talks/board_proposal.html",
        status=status,
        call=call,
        proposal=view,
        form=form or NoteForm(),
        actions=[(name, DECISIONS[name].noun) for name in actions],
        is_own=view.is_by(actor),
        topics=await queries.labels(view.topics, language_of(request)),
        history=await queries.history(view.id),
        admin_row=admin_row("proposal", view.id),
    )


def _deciding(action: str) -> Handler:
    """What the button of an action does."""

    async def decide(
        request: AnyRequest, slug: FromPath[str], code: FromPath[str]
    ) -> Response[Any]:
        actor, call, view = await _read(request, slug, code)
        if not actor.manages(call.committee_id, Area.talks):
            raise NotAllowed
        form = await NoteForm.read(request)
        is_sound = form.validate()
        if action in NEEDS_REASON and not form["note"].data:
            form["note"].errors = ["talks.invalid.reason"]
            is_sound = False
        if not is_sound:
            return await _one_page(request, actor, call, view, form, 422)
        await DECISIONS[action].verb(actor, view.id, note=form["note"].data, now=clock.now())
        return see_other(f"/board/talks/{slug}", notice=f"talks.notice.{action}")

    return decide


accept = _deciding("accept")
reserve = _deciding("reserve")
reject = _deciding("reject")
revise = _deciding("revise")
activate = _deciding("activate")
reopen = _deciding("reopen")
cancel = _deciding("cancel")
deliver = _deciding("deliver")


async def as_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as CSV."""
    return await _export(request, slug, "csv")


async def as_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The list as a spreadsheet."""
    return await _export(request, slug, "xlsx")


async def _export(request: AnyRequest, slug: str, kind: str) -> Response[Any]:
    actor = require_signed_in(request)
    call = await queries.call_for_committee(actor, slug)
    require_fresh(request)
    said = language_of(request)
    words = {t.key: t.label(said) for t in await queries.topics(clock.today())}
    rows = [_row(view, said, words) for view in await queries.of_call(call.id)]
    await audit.record(actor, "export", ("call", call.id), after={"rows": len(rows)})
    columns = (*COLUMNS, *COLUMNS_AFTER)
    header = [language.text(said, f"talks.column.{name}") for name in columns]
    return download(f"{call.slug}.{kind}", header, rows)


def _row(view: ProposalView, said: str, words: dict[str, str]) -> Sequence[Cell]:
    return (
        view.title,
        view.names,
        ", ".join(one.email for one in view.speakers if one.email),
        view.affiliation,
        language.text(said, f"states.proposal.{view.state}"),
        language.text(said, f"talks.format.{view.format}"),
        view.minutes,
        language.text(said, f"talks.language.{view.language}"),
        ", ".join(words.get(key, key) for key in view.topics),
        view.submitted_at,
        view.confirm_by,
        view.abstract,
        view.remark,
    )
