"""What becomes of proposals when their event moves, is put off or is cancelled.

The event's own verbs stand above this domain and call it, inside their transaction.
"""

from collections.abc import Callable, Mapping

from emails.letters import talks as letters
from server.actors import Actor
from server.outbox import service as outbox
from server.talks import queries, telling
from server.talks.refusals import CalledOff
from server.talks.states import FORWARD, PROPOSAL
from server.talks.views import ProposalView
from tables.talks import ProposalState

Words = Callable[[str], Mapping[str, str]]  # language → what a letter says of the event


def require_going_on(view: ProposalView, action: str) -> None:
    """Refuses CalledOff where an action leads on to a talk at an event that does not go on."""
    if action in FORWARD and not view.event_goes_on:
        raise CalledOff


async def tell(
    event_id: int, kind: type[letters.AboutProposal], words: Words, *, cause: str
) -> set[int]:
    """Owe everybody who hopes to speak at an event a letter about it. Returns who they are."""
    told: set[int] = set()
    for view in await queries.hopeful(event_id):
        told |= await _post(view, kind, words, cause, event_id)
    return told


async def lapse(actor: Actor, event_id: int, words: Words, *, cause: str, reason: str) -> set[int]:
    """With its event every proposal ends; its speakers are told so. Returns who they are."""
    told: set[int] = set()
    also = {"told_state": ProposalState.cancelled.value, "confirm_by": None}
    for view in await queries.hopeful(event_id):
        await PROPOSAL.move(view.id, "lapse", actor=actor, reason=reason, set_also=also)
        told |= await _post(view, letters.ProposalEventCancelled, words, cause, event_id)
    return told


async def _post(
    view: ProposalView, kind: type[letters.AboutProposal], words: Words, cause: str, event_id: int
) -> set[int]:
    for speaker in view.speakers:
        if speaker.email:
            said = speaker.language
            about = {"title": view.title, "event": view.event(said), "url": telling.address(view)}
            its = f"{cause}:{view.id}:{speaker.person_id}"
            letter, to = kind(**about, **words(said)), telling.recipient(speaker)
            await outbox.post_about(event_id, letter, to, cause=its)
    return {speaker.person_id for speaker in view.speakers}
