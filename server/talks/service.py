"""What speakers do with a proposal: submit, confirm, decline, withdraw; and what time does to it.

Own-row rights: for anybody but a speaker of the proposal, or the board, it does not exist.
"""

from datetime import datetime

from server.actors import Actor
from server.database import execute, transaction
from server.errors import WrongState
from server.one_by_one import each
from server.talks import queries, rules, telling
from server.talks.drafts import own, require_sound, text_of
from server.talks.following import require_going_on
from server.talks.refusals import Closed, TooManyProposals
from server.talks.states import PROPOSAL
from server.talks.views import ProposalView
from tables.talks import ProposalState


async def submit(actor: Actor, proposal_id: int, *, now: datetime) -> ProposalView:
    """Hand a draft in. Again does nothing: it is in already.

    Raises Invalid, NotFound; refuses: WrongState, Closed, TooManyProposals.
    """
    async with transaction():
        view = await own(actor, proposal_id)
        if view.state == ProposalState.submitted:
            return view
        if view.state != ProposalState.draft:
            _refuse(view, "submit")
        call = await queries.call_to_submit_to(view.call_id)
        if not call.takes_submission(now):
            raise Closed
        await _require_room(view, call.proposals_per_person)
        return await _hand_in(actor, view, "submit", now)


async def resubmit(actor: Actor, proposal_id: int, *, now: datetime) -> ProposalView:
    """Hand a revised text in. Raises Invalid, NotFound; refuses: WrongState."""
    async with transaction():
        view = await own(actor, proposal_id)
        if view.state != ProposalState.revision:
            _refuse(view, "resubmit")
        require_going_on(view, "resubmit")
        return await _hand_in(actor, view, "resubmit", now)


async def _hand_in(actor: Actor, view: ProposalView, action: str, now: datetime) -> ProposalView:
    call = await queries.call_by_id(view.call_id)
    require_sound(rules.problems_of(text_of(view), call.offers))
    await PROPOSAL.move(view.id, action, actor=actor, set_also={"submitted_at": now})
    await execute(
        "UPDATE proposal_speaker SET agreed_at = $3 WHERE proposal = $1 AND person = $2"
        " AND agreed_at IS NULL",
        view.id,
        actor.person_id,
        now,
    )
    return await telling.tell(view.id)


async def _require_room(view: ProposalView, limit: int) -> None:
    """One person's proposals to one call are counted while nobody else submits for them."""
    person_id = view.speakers[0].person_id
    await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
    if await queries.submitted_by(view.call_id, person_id) >= limit:
        raise TooManyProposals(limit=limit)


async def confirm(actor: Actor, proposal_id: int, *, now: datetime) -> ProposalView:
    """Say that one comes; also after `confirm_by`, since nobody is rejected by a clock.

    Raises NotFound; refuses: WrongState.
    """
    return await _move(actor, proposal_id, "confirm", now=now)


async def decline(
    actor: Actor, proposal_id: int, *, reason: str = "", now: datetime
) -> ProposalView:
    """Leave the accepted place to somebody else. Raises NotFound; refuses: WrongState."""
    return await _move(actor, proposal_id, "decline", reason=reason, now=now)


async def withdraw(
    actor: Actor, proposal_id: int, *, reason: str = "", now: datetime
) -> ProposalView:
    """Take a proposal back before, or a confirmed talk after, the decision.

    Raises NotFound; refuses: WrongState.
    """
    return await _move(actor, proposal_id, "withdraw", reason=reason, now=now)


async def _move(
    actor: Actor, proposal_id: int, action: str, *, reason: str = "", now: datetime
) -> ProposalView:
    async with transaction():
        require_going_on(await own(actor, proposal_id), action)
        await PROPOSAL.move(proposal_id, action, actor=actor, reason=reason)
        return await telling.tell(proposal_id)


def _refuse(view: ProposalView, action: str) -> None:
    allowed = tuple(PROPOSAL.allowed(view.state))
    raise WrongState(machine=PROPOSAL.name, state=view.state, action=action, allowed=allowed)


async def tick(now: datetime) -> None:
    """Owe what was forgotten and the reminders that are due. Idempotent; may run late."""
    await each((telling.tell_owed, telling.remind), lambda step: step(now))
