"""Writing a proposal: keep a draft and change its text.

Own-row rights: for anybody but a speaker of the proposal, or the board, it does not exist.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.rights import Area
from server.talks import queries, rules
from server.talks.refusals import Closed, NotOpen, TextIsFixed
from server.talks.rules import Offer, Text
from server.talks.views import CallView, ProposalView
from tables.talks import Proposal, ProposalSpeaker, ProposalState

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 12
Check = Callable[[Text, Sequence[Offer]], dict[str, str]]


def new_code() -> str:
    """A code for a proposal, made with its form: the same form twice is one proposal."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


async def draft(
    actor: Actor, call_id: int, text: Text, *, code: str, opened_at: datetime, now: datetime
) -> ProposalView:
    """Keep a draft of the actor's own; the same code again changes that draft.

    `opened_at` is when the form was opened. Raises Invalid; refuses: NotOpen, Closed.
    """
    if actor.person_id is None:
        raise NotFound
    async with transaction():
        return await keep(actor, actor.person_id, call_id, text, (code, opened_at, now))


async def keep(
    actor: Actor, person_id: int, call_id: int, text: Text, form: tuple[str, datetime, datetime]
) -> ProposalView:
    """Make the draft of a form, or bring it up to date when the form comes again.

    `form`: its code, when it was opened, and now. Inside the caller's transaction.
    """
    code, opened_at, now = form
    await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"proposal:{code}")
    call = await queries.call_by_id(call_id)
    earlier = await queries.find(code)
    if earlier is not None and any(one.person_id == person_id for one in earlier.speakers):
        return await _bring_up_to_date(actor, await own(actor, earlier.id), call, text, now)
    _require_window(call, opened_at, now)
    await _require_sound(text, call)
    kept = new_code() if earlier is not None else code
    return await _insert(actor, call, text, (kept, person_id, now))


async def _bring_up_to_date(
    actor: Actor, earlier: ProposalView, call: CallView, text: Text, now: datetime
) -> ProposalView:
    if earlier.state != ProposalState.draft:
        return earlier  # it was submitted in the meantime: sending the form again does nothing
    await _require_sound(text, call)
    await _save_text(actor, earlier, text, call, now=now)
    return await queries.by_id(earlier.id)


async def _insert(
    actor: Actor, call: CallView, text: Text, row: tuple[str, int, datetime]
) -> ProposalView:
    code, person_id, now = row
    values: dict[str, Any] = {"call": call.id, "code": code, "created_at": now, "changed_at": now}
    proposal = Proposal(**values | _columns(text, call))
    await proposal.save()
    await ProposalSpeaker(
        proposal=proposal.id, person=person_id, affiliation=text.affiliation
    ).save()
    after = {"title": text.title, "call": call.id}
    await audit.record(actor, "create", ("proposal", proposal.id), after=after)
    return await queries.by_id(proposal.id)


def _columns(text: Text, call: CallView) -> dict[str, Any]:
    return {
        "title": " ".join(text.title.split()),
        "abstract": text.abstract,
        "format": text.format,
        "minutes": rules.minutes_of(text, call.offers),
        "topics": list(text.topics),
        "language": text.language,
        "remark": text.remark,
    }


async def change(
    actor: Actor,
    proposal_id: int,
    text: Text,
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> ProposalView:
    """Change the text while it is a draft, submitted before closing, or under revision.

    Raises Invalid, NotFound; refuses: TextIsFixed, and Stale when somebody saved since.
    """
    async with transaction():
        view = await own(actor, proposal_id)
        if not rules.may_change(view.state, view.closes_at, now):
            raise TextIsFixed
        call = await queries.call_by_id(view.call_id)
        if says(view, text, call):
            return view
        if expected_revision not in (None, view.revision):
            raise Stale
        await _require_sound(text, call, is_draft=view.state == ProposalState.draft)
        await _save_text(actor, view, text, call, now=now)
        return await queries.by_id(proposal_id)


async def correct(
    actor: Actor, proposal_id: int, values: Mapping[str, Any], now: datetime
) -> ProposalView:
    """Change columns of the text in any state, from the admin. Raises Invalid, NotFound."""
    async with transaction():
        view = await own(actor, proposal_id)
        call = await queries.call_by_id(view.call_id)
        text = replace(text_of(view), **values)
        problems = await _problems(text, call, rules.problems_of_draft)
        require_sound({name: key for name, key in problems.items() if name in values})
        await _save_text(actor, view, text, call, now=now)
        return await queries.by_id(proposal_id)


def says(view: ProposalView, text: Text, call: CallView) -> bool:
    """Whether the proposal holds this text already."""
    wanted = _columns(text, call)
    same = all(getattr(view, name) == value for name, value in wanted.items())
    return same and text.affiliation == view.affiliation


async def _save_text(
    actor: Actor, view: ProposalView, text: Text, call: CallView, *, now: datetime
) -> None:
    wanted = _columns(text, call)
    after = {name: value for name, value in wanted.items() if getattr(view, name) != value}
    if not after and text.affiliation == view.affiliation:
        return
    changed = after | {"changed_at": now, "revision": view.revision + 1}
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(changed, start=2))
    await execute(
        f"UPDATE proposal SET {assignments}, version = version + 1 WHERE id = $1",
        view.id,
        *changed.values(),
    )
    await execute(
        "UPDATE proposal_speaker SET affiliation = $3 WHERE proposal = $1 AND person = $2",
        view.id,
        view.speakers[0].person_id,
        text.affiliation,
    )
    was = {name: getattr(view, name) for name in after}
    await audit.record(actor, "change", ("proposal", view.id), before=was, after=after)


async def own(actor: Actor, proposal_id: int) -> ProposalView:
    """The proposal, which nobody else changes until this transaction ends. Raises NotFound."""
    await execute("SELECT 1 FROM proposal WHERE id = $1 FOR UPDATE", proposal_id)
    view = await queries.by_id(proposal_id)
    if not view.is_by(actor) and not actor.changes(Area.talks):
        raise NotFound
    return view


def text_of(view: ProposalView) -> Text:
    """What the speaker wrote."""
    return Text(
        title=view.title,
        abstract=view.abstract,
        format=view.format,
        minutes=view.minutes,
        topics=tuple(view.topics),
        language=view.language,
        remark=view.remark,
        affiliation=view.affiliation,
    )


def _require_window(call: CallView, opened_at: datetime, now: datetime) -> None:
    if not call.is_published:
        raise NotFound
    if now < call.opens_at:
        raise NotOpen
    if not call.takes_new(opened_at=opened_at, now=now):
        raise Closed


async def _require_sound(text: Text, call: CallView, *, is_draft: bool = True) -> None:
    check = rules.problems_of_draft if is_draft else rules.problems_of
    require_sound(await _problems(text, call, check))


async def _problems(text: Text, call: CallView, check: Check) -> dict[str, str]:
    problems = check(text, call.offers)
    if "topics" not in problems and await queries.unknown_topics(text.topics):
        problems["topics"] = "errors.field.choice"
    return problems


def require_sound(problems: dict[str, str]) -> None:
    """Raises Invalid when a text has problems."""
    if problems:
        raise Invalid(**problems)
