"""Calls and proposals over the API: the same verbs as the pages."""

import hashlib
import hmac
from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock, settings
from server.actors import Actor
from server.talks import drafts, queries, service
from server.talks.schemas import (
    CallOut,
    ProposalIn,
    ProposalOut,
    WithdrawalIn,
    call_out,
    proposal_out,
    text_in,
)
from server.talks.states import PROPOSAL
from server.web.forms import stripped
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]


async def calls(request: AnyRequest) -> list[CallOut]:
    """Every public call for proposals, the nearest deadline first."""
    now = clock.now()
    return [call_out(call, now) for call in await queries.published_calls()]


async def one_call(request: AnyRequest, slug: FromPath[str]) -> CallOut:
    """The call of one event, by the last part of the event's address."""
    return call_out(await queries.get_call(slug), clock.now())


async def create_proposal(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[ProposalIn]
) -> ProposalOut:
    """Keep a draft of your own; nothing is submitted yet. Answers 201.

    With the same `key` again the same draft is changed, so a repeated request does nothing twice.
    409 when the call is not open.
    """
    actor, now = require_signed_in(request), clock.now()
    call = await queries.get_call(slug)
    code = _code(actor, call.id, data.key) if data.key else drafts.new_code()
    view = await drafts.draft(actor, call.id, text_in(data), code=code, opened_at=now, now=now)
    return proposal_out(view, now)


def _code(actor: Actor, call_id: int, key: str) -> str:
    """The code that belongs to a caller's own key."""
    secret = settings.current().secret_key.encode()
    said = f"proposal {actor.person_id} {call_id} {key}".encode()
    digest = hmac.new(secret, said, hashlib.sha256).digest()[: drafts.CODE_LENGTH]
    return "".join(drafts.ALPHABET[byte % len(drafts.ALPHABET)] for byte in digest)


async def one_proposal(request: AnyRequest, code: FromPath[str]) -> ProposalOut:
    """One of your proposals. 404 for anybody else's."""
    return proposal_out(await queries.get_own(require_signed_in(request), code), clock.now())


async def submit_proposal(request: AnyRequest, code: FromPath[str]) -> ProposalOut:
    """Hand a draft or a revised proposal in. 422 when something is missing, 409 when too late."""
    actor, now = require_signed_in(request), clock.now()
    view = await queries.get_own(actor, code)
    verb = service.resubmit if "resubmit" in PROPOSAL.allowed(view.state) else service.submit
    return proposal_out(await verb(actor, view.id, now=now), now)


async def confirm_proposal(request: AnyRequest, code: FromPath[str]) -> ProposalOut:
    """Say that you come and give your accepted talk."""
    actor, now = require_signed_in(request), clock.now()
    view = await queries.get_own(actor, code)
    return proposal_out(await service.confirm(actor, view.id, now=now), now)


async def withdraw_proposal(
    request: AnyRequest, code: FromPath[str], data: JSONBody[WithdrawalIn]
) -> ProposalOut:
    """Take your proposal back, or decline an accepted place. Cannot be undone."""
    actor, now = require_signed_in(request), clock.now()
    view = await queries.get_own(actor, code)
    verb = service.decline if "decline" in PROPOSAL.allowed(view.state) else service.withdraw
    return proposal_out(await verb(actor, view.id, reason=stripped(data.reason), now=now), now)
