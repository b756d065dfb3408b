"""For an event that does not go on, or a call that was withdrawn, nothing moves forward."""

import httpx
import pytest

from server.actors import Actor
from server.database import execute
from server.errors import Refusal
from server.talks import decisions, queries, schemas, service
from server.talks.refusals import CalledOff, Closed
from server.talks.states import COMMITTEES, FORWARD, PROPOSAL, SPEAKERS
from server.talks.views import ProposalView
from tables.talks import ProposalState as S
from tests.clients import letters
from tests.factories import NOON
from tests.talks.cast import board, call, drafted, in_state, person, sign_in
from tests.talks.test_states import VERBS

pytestmark = pytest.mark.anyio
AT_ALL = [
    (state, action)
    for action, move in PROPOSAL.moves.items()
    for state in move.sources
    if action in FORWARD
]


async def of_a_cancelled_event(state: str) -> tuple[ProposalView, Actor, Actor]:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state(state, els, congress)
    await execute("UPDATE event SET state = 'cancelled' WHERE id = $1", congress.event_id)
    return await queries.by_id(view.id), els, carla


@pytest.mark.parametrize(("state", "action"), AT_ALL)
async def test_nothing_moves_forward_for_an_event_that_was_called_off(
    db: None, state: S, action: str
) -> None:
    view, els, carla = await of_a_cancelled_event(state)
    verb, given = VERBS[action]

    with pytest.raises(Closed if action == "submit" else CalledOff):
        await verb(els if action in SPEAKERS else carla, view.id, **given, now=NOON)

    assert ((await queries.by_id(view.id)).state, await letters()) == (state, [])


async def test_what_cannot_be_done_is_not_offered(db: None) -> None:
    view, _, _ = await of_a_cancelled_event("accepted")

    assert view.committee_actions(NOON) == ["cancel"]
    assert schemas.proposal_out(view, NOON).allowed_actions == ["decline"]


async def test_one_can_still_decline_and_reject(db: None) -> None:
    view, els, _ = await of_a_cancelled_event("accepted")
    assert (await service.decline(els, view.id, now=NOON)).state == "withdrawn"


async def test_the_committee_can_still_reject(db: None) -> None:
    view, _, carla = await of_a_cancelled_event("submitted")
    assert (await decisions.reject(carla, view.id, now=NOON)).state == "rejected"


async def test_a_draft_is_not_handed_in_to_a_call_that_was_withdrawn(
    client: httpx.AsyncClient,
) -> None:
    els = await person("Els")
    view = await drafted(els, await call())
    await execute("UPDATE call SET is_published = false")

    with pytest.raises(Refusal) as no:
        await service.submit(els, view.id, now=NOON)

    assert no.value.code == "talks.closed"
    await sign_in(client, els)
    page = await client.get(f"/me/proposals/{view.code}")
    assert "Deze oproep is ingetrokken. Dit voorstel is niet ingediend." in page.text
    assert f"/me/proposals/{view.code}/submission" not in page.text


async def test_every_action_is_somebodys(db: None) -> None:
    assert set(FORWARD) < set(SPEAKERS) | set(COMMITTEES)
