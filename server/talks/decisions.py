"""What board and committee do with a proposal. Each verb owes its speakers one letter.

The board and the chair of the call's committee decide; other members of the committee read. For
anybody else a proposal does not exist. Nobody decides about a proposal of their own.
"""

from collections.abc import Mapping
from datetime import datetime

from server.actors import Actor
from server.database import execute, transaction
from server.errors import Invalid, NotAllowed, NotFound
from server.rights import Area
from server.talks import queries, rules, telling
from server.talks.following import require_going_on
from server.talks.refusals import ConflictOfInterest, NotHeldYet
from server.talks.states import PROPOSAL
from server.talks.views import ProposalView
from tables.talks import ProposalState


async def accept(actor: Actor, proposal_id: int, *, note: str = "", now: datetime) -> ProposalView:
    """Accept a proposal; its speaker is asked to confirm until the end of a working day.

    Raises NotFound, NotAllowed; refuses: WrongState, ConflictOfInterest.
    """
    return await _accept(actor, proposal_id, "accept", note=note, now=now)


async def activate(
    actor: Actor, proposal_id: int, *, note: str = "", now: datetime
) -> ProposalView:
    """Accept a proposal from the reserve list. Refuses as `accept` does."""
    return await _accept(actor, proposal_id, "activate", note=note, now=now)


async def reserve(actor: Actor, proposal_id: int, *, note: str = "", now: datetime) -> ProposalView:
    """Put a proposal on the reserve list. Refuses as `accept` does."""
    return await _decide(actor, proposal_id, "reserve", note=note)


async def reject(actor: Actor, proposal_id: int, *, note: str = "", now: datetime) -> ProposalView:
    """Give a proposal no place. Refuses as `accept` does."""
    return await _decide(actor, proposal_id, "reject", note=note)


async def revise(actor: Actor, proposal_id: int, *, note: str, now: datetime) -> ProposalView:
    """Ask for another version, saying what should change. Refuses as `accept` does."""
    return await _decide(actor, proposal_id, "revise", note=_given(note))


async def reopen(actor: Actor, proposal_id: int, *, note: str, now: datetime) -> ProposalView:
    """Take a decision back, saying why. Raises Invalid; refuses as `accept` does."""
    also = {"confirm_by": None}
    return await _decide(actor, proposal_id, "reopen", note=_given(note), set_also=also)


async def cancel(actor: Actor, proposal_id: int, *, note: str, now: datetime) -> ProposalView:
    """Take a talk off the programme, saying why. Raises Invalid; refuses as `accept` does."""
    return await _decide(actor, proposal_id, "cancel", note=_given(note))


async def deliver(actor: Actor, proposal_id: int, *, note: str = "", now: datetime) -> ProposalView:
    """Note that the talk was given, and thank its speakers. Refuses: NotHeldYet."""
    view = await queries.by_id(proposal_id)
    _require_right(actor, view)
    if view.state == ProposalState.confirmed and not view.has_begun(now):
        raise NotHeldYet
    return await _decide(actor, proposal_id, "deliver", note=note)


async def _accept(
    actor: Actor, proposal_id: int, action: str, *, note: str, now: datetime
) -> ProposalView:
    view = await queries.by_id(proposal_id)
    until = rules.confirm_by(now, view.confirm_days, view.starts_at)
    return await _decide(actor, proposal_id, action, note=note, set_also={"confirm_by": until})


async def _decide(
    actor: Actor,
    proposal_id: int,
    action: str,
    *,
    note: str = "",
    set_also: Mapping[str, object] | None = None,
) -> ProposalView:
    async with transaction():
        await execute("SELECT 1 FROM proposal WHERE id = $1 FOR UPDATE", proposal_id)
        view = await queries.by_id(proposal_id)
        _require_right(actor, view)
        require_going_on(view, action)
        await PROPOSAL.move(
            proposal_id, action, actor=actor, reason=note.strip(), set_also=set_also
        )
        return await telling.tell(proposal_id, note=note.strip())


def _require_right(actor: Actor, view: ProposalView) -> None:
    if not actor.sees(Area.talks) and view.committee_id not in actor.groups | actor.chairs:
        raise NotFound
    if not actor.manages(view.committee_id, Area.talks):
        raise NotAllowed
    if view.is_by(actor):
        raise ConflictOfInterest


def _given(note: str) -> str:
    if not note.strip():
        raise Invalid(note="talks.invalid.reason")
    return note
