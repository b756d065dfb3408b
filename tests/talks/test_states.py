"""The proposal's machine: every cell, and any walk, with its letters and audit lines."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from server.actors import SYSTEM
from server.database import execute, transaction
from server.errors import WrongState
from server.talks import decisions, queries, service
from server.talks.refusals import NotHeldYet
from server.talks.states import COMMITTEES, PROPOSAL, SPEAKERS
from tables.talks import ProposalState as S
from tests.clients import letters
from tests.factories import NOON
from tests.talks.cast import board, call, drafted, in_state, person, trail

pytestmark = pytest.mark.anyio
Verb = Callable[..., Awaitable[Any]]
VERBS: dict[str, tuple[Verb, dict[str, str]]] = {
    "submit": (service.submit, {}),
    "resubmit": (service.resubmit, {}),
    "confirm": (service.confirm, {}),
    "decline": (service.decline, {}),
    "withdraw": (service.withdraw, {}),
    "accept": (decisions.accept, {}),
    "activate": (decisions.activate, {}),
    "reserve": (decisions.reserve, {}),
    "reject": (decisions.reject, {}),
    "revise": (decisions.revise, {"note": "Korter."}),
    "reopen": (decisions.reopen, {"note": "Toch ruimte."}),
    "cancel": (decisions.cancel, {"note": "De zaal is afgebrand."}),
    "deliver": (decisions.deliver, {}),
}
LETTER = {
    S.submitted: "proposal_received",
    S.accepted: "proposal_accepted",
    S.reserve: "proposal_on_reserve",
    S.rejected: "proposal_rejected",
    S.revision: "proposal_to_revise",
    S.confirmed: "proposal_confirmed",
    S.withdrawn: "proposal_withdrawn",
    S.cancelled: "proposal_cancelled",
    S.delivered: "proposal_delivered",
}


def test_every_action_belongs_to_speakers_the_committee_or_who_organises() -> None:
    assert sorted(SPEAKERS + COMMITTEES + PROPOSAL.following) == sorted(PROPOSAL.moves)
    assert sorted(VERBS) == sorted(SPEAKERS + COMMITTEES)


@pytest.mark.parametrize("state", list(S))
async def test_every_action_from_every_state(db: None, state: S) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    await execute("UPDATE call SET proposals_per_person = 100")

    for action, (verb, given) in VERBS.items():
        await execute("DELETE FROM outbox_letter")
        view = await in_state(state, els, congress)
        actor = els if action in SPEAKERS else carla
        move = PROPOSAL.moves[action]
        if state in move.sources:
            at = NOON + timedelta(days=100) if action == "deliver" else NOON
            after = await verb(actor, view.id, **given, now=at)
            kind = "proposal_reopened" if action == "reopen" else LETTER[S(move.target)]
            assert (after.state, after.told_state) == (move.target, move.target)
            assert await letters() == [(kind, "els@example.org")]
            assert await trail(view.id) == [action]
            continue
        if (state, action) == (S.submitted, "submit"):
            await verb(actor, view.id, now=NOON)  # it is in already: nothing happens
        else:
            with pytest.raises(WrongState):
                await verb(actor, view.id, **given, now=NOON)
        assert (await queries.by_id(view.id)).state == state
        assert (await letters(), await trail(view.id)) == ([], [])


@pytest.mark.parametrize("seed", range(6))
async def test_any_walk_owes_a_letter_and_an_audit_line_a_move(db: None, seed: int) -> None:
    chance = random.Random(seed)
    els, carla, congress = await person("Els"), await board(), await call()
    view = await drafted(els, congress)
    state, moves = S.draft, 0

    for _ in range(30):
        action = chance.choice(list(VERBS))
        verb, given = VERBS[action]
        actor = els if action in SPEAKERS else carla
        try:
            await verb(actor, view.id, **given, now=NOON)
        except WrongState:
            assert state not in PROPOSAL.moves[action].sources
            continue
        if (state, action) != (S.submitted, "submit"):
            assert state in PROPOSAL.moves[action].sources
            state, moves = S(PROPOSAL.moves[action].target), moves + 1
        now = await queries.by_id(view.id)
        assert (now.state, now.told_state) == (state, state)
        assert len(await letters()) == moves
        assert len(await trail(view.id)) == moves + 1  # and the line of its creation


async def test_a_state_moves_only_inside_a_transaction(db: None) -> None:
    view = await in_state("submitted", await person("Els"), await call())

    with pytest.raises(RuntimeError):
        await PROPOSAL.move(view.id, "accept", actor=SYSTEM)


async def test_a_move_without_telling_is_told_by_the_next_tick(db: None) -> None:
    view = await in_state("submitted", await person("Els"), await call())
    async with transaction():
        await PROPOSAL.move(view.id, "reject", actor=SYSTEM)

    for _ in range(2):
        await service.tick(NOON)

    assert (await queries.by_id(view.id)).told_state == "rejected"
    assert await letters() == [("proposal_rejected", "els@example.org")]


async def test_what_is_staged_is_not_told(db: None) -> None:
    view = await in_state("submitted", await person("Els"), await call())
    await execute("UPDATE proposal SET state = 'rejected', staged = 'rejected'")

    await service.tick(NOON)

    assert (await queries.by_id(view.id)).told_state == "submitted"
    assert await letters() == []


async def test_a_talk_is_given_only_once_its_event_has_begun(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state(S.confirmed, els, congress)

    with pytest.raises(NotHeldYet):
        await decisions.deliver(carla, view.id, now=NOON + timedelta(days=89))
    await decisions.deliver(carla, view.id, now=NOON + timedelta(days=91))
