"""Calls, proposals and speakers in the admin: another state is the verb of board or speaker."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from server.actors import Actor
from server.rights import Area
from server.talks import calls, decisions, drafts, queries, service
from server.talks.states import PROPOSAL
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Move
from tables.talks import Call, Proposal, ProposalSpeaker


async def _submit(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.submit(actor, row_id, now=now)


async def _resubmit(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.resubmit(actor, row_id, now=now)


async def _confirm(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.confirm(actor, row_id, now=now)


async def _withdraw(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    """From accepted the speaker declines; from elsewhere they withdraw."""
    view = await queries.by_id(row_id)
    verb = service.decline if "decline" in PROPOSAL.allowed(view.state) else service.withdraw
    await verb(actor, row_id, reason=reason, now=now)


def _decision(verb: Callable[..., Awaitable[object]]) -> Move:
    async def move(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
        await verb(actor, row_id, note=reason, now=now)

    return move


DESKS = [
    Desk(
        Call,
        group="talks",
        area=Area.talks,
        create=calls.create_call,
        change=calls.change_call,
        fixed=("event",),
        given_once=("event",),
        required=("event", "title", "opens_at", "closes_at"),
        listed=("title", "event", "committee", "opens_at", "closes_at", "is_published"),
        order=("-closes_at",),
    ),
    Desk(
        Proposal,
        group="talks",
        area=Area.talks,
        machine=PROPOSAL,
        change=drafts.correct,
        moves={
            "submit": _submit,
            "accept": _decision(decisions.accept),
            "reserve": _decision(decisions.reserve),
            "reject": _decision(decisions.reject),
            "revise": _decision(decisions.revise),
            "resubmit": _resubmit,
            "activate": _decision(decisions.activate),
            "confirm": _confirm,
            "decline": _withdraw,
            "withdraw": _withdraw,
            "cancel": _decision(decisions.cancel),
            "reopen": _decision(decisions.reopen),
            "deliver": _decision(decisions.deliver),
        },
        creatable=False,
        fixed=("call", "submitted_at", "confirm_by", "version"),
        hidden=("told_state", "staged"),
        required=("title",),
        listed=("title", "call", "state", "format", "minutes", "submitted_at", "confirm_by"),
        filters=("call", "state", "format", "language", "title"),
        order=("-submitted_at",),
    ),
    Desk(
        ProposalSpeaker,
        group="talks",
        area=Area.talks,
        creatable=False,
        fixed=("proposal", "person", "position", "agreed_at"),
        listed=("proposal", "person", "affiliation", "agreed_at"),
    ),
]
