"""Which letter a proposal owes: the difference between what it is and what its speakers know."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from emails.letters import talks as letters
from server import language
from server.database import execute, transaction
from server.one_by_one import each
from server.outbox import service as outbox
from server.talks import queries, rules
from server.talks.views import ProposalView, Speaker
from server.web import links
from tables.talks import ProposalState

S = ProposalState
KINDS: dict[str, type[letters.AboutProposal]] = {
    S.submitted: letters.ProposalReceived,
    S.accepted: letters.ProposalAccepted,
    S.reserve: letters.ProposalOnReserve,
    S.rejected: letters.ProposalRejected,
    S.revision: letters.ProposalToRevise,
    S.confirmed: letters.ProposalConfirmed,
    S.withdrawn: letters.ProposalWithdrawn,
    S.cancelled: letters.ProposalCancelled,
    S.delivered: letters.ProposalDelivered,
}
DECIDED = (S.accepted, S.reserve, S.rejected)


async def tell(proposal_id: int, *, note: str = "") -> ProposalView:
    """Owe each speaker the letter of the state they do not know yet; inside a transaction.

    Nothing is owed twice: afterwards `told_state` equals `state`. Returns the proposal.
    """
    view = await queries.by_id(proposal_id)
    kind = kind_of(view.state, view.told_state)
    if kind is None:
        return view
    for speaker in view.speakers:
        cause = f"proposal:{view.id}:{view.state}:{view.revision}:{speaker.person_id}"
        await _post(view, speaker, kind, cause=cause, note=note)
    await execute("UPDATE proposal SET told_state = state WHERE id = $1", view.id)
    return await queries.by_id(proposal_id)


def kind_of(state: str, told_state: str) -> type[letters.AboutProposal] | None:
    """The letter that leads from what speakers know to what is; None when they know."""
    if state == told_state:
        return None
    if state == S.submitted and told_state in DECIDED:
        return letters.ProposalReopened
    return KINDS.get(state)


async def tell_owed(_now: datetime) -> int:
    """Owe the letters of whatever was changed without telling. Returns how many proposals."""
    return len(await each(await queries.untold(), _tell_owed))


async def _tell_owed(proposal_id: int) -> None:
    async with transaction():
        await execute("SELECT 1 FROM proposal WHERE id = $1 FOR UPDATE", proposal_id)
        await tell(proposal_id)


async def remind(now: datetime) -> int:
    """Owe the reminders that are due; each of the three goes once. Returns how many were due."""
    views = await queries.to_be_confirmed(now, now + timedelta(days=max(rules.REMIND_DAYS)))
    return sum(await each(views, lambda view: _remind(view, now)))


async def _remind(view: ProposalView, now: datetime) -> bool:
    until = view.confirm_by or now
    days = rules.reminder_due(until, days_given=view.confirm_days, now=now)
    if days is None:
        return False
    async with transaction():
        if not await queries.still_waits(view.id):
            return True
        for speaker in view.speakers:
            cause = f"proposal:{view.id}:remind:{days}:{until:%Y-%m-%d}:{speaker.person_id}"
            await _post(view, speaker, letters.ProposalReminder, cause=cause)
    return True


async def _post(
    view: ProposalView,
    speaker: Speaker,
    kind: type[letters.AboutProposal],
    *,
    cause: str,
    note: str = "",
) -> None:
    if speaker.email:
        letter = kind(**_values(view, speaker.language, kind, note))
        await outbox.post(letter, recipient(speaker), cause=cause)


def _values(
    view: ProposalView, said: str, kind: type[letters.AboutProposal], note: str
) -> dict[str, Any]:
    values = {
        "title": view.title,
        "event": view.event(said),
        "url": address(view),
        "note": note,
        "confirm_by": language.moment(view.confirm_by, said) if view.confirm_by else "",
    }
    return {field.name: values[field.name] for field in fields(kind)}


async def ask_to_submit(view: ProposalView, speaker: Speaker, sign_in_url: str) -> None:
    """Owe a stranger the link with which their draft can be submitted."""
    said = speaker.language
    letter = letters.ProposalToSubmit(
        title=view.title,
        event=view.event(said),
        url=address(view),
        sign_in_url=sign_in_url,
        closes=language.moment(view.closes_at, said),
    )
    cause = f"proposal:{view.id}:draft:{view.revision}"
    await outbox.post(letter, recipient(speaker), cause=cause)


def recipient(speaker: Speaker) -> outbox.Recipient:
    """Whom to write to, in which language."""
    return outbox.Recipient(speaker.person_id, speaker.name, speaker.email or "", speaker.language)


def address(view: ProposalView) -> str:
    """The page of a proposal, as a letter writes it."""
    return links.absolute(f"/me/proposals/{view.code}")
