"""The subscription's machine: every cell, and any walk through it."""

import random

import pytest

from server.actors import SYSTEM
from server.database import execute, transaction
from server.errors import WrongState
from server.newsletters.states import SUBSCRIPTION
from tables.newsletters import SubscriptionState as S
from tests.factories import NOON
from tests.newsletters.cast import ANNA, mailing_list, states

pytestmark = pytest.mark.anyio


async def subscription(state: str) -> int:
    one = await mailing_list()
    rows = await execute(
        "INSERT INTO subscription (list, email, email_key, state, token_hash, asked_at)"
        " VALUES ($1, $2, $2, $3, '\\x01', $4) RETURNING id",
        one.id,
        ANNA,
        state,
        NOON,
    )
    return int(rows[0]["id"])


@pytest.mark.parametrize("action", list(SUBSCRIPTION.moves))
@pytest.mark.parametrize("state", list(S))
async def test_every_state_and_action(db: None, state: S, action: str) -> None:
    row_id = await subscription(state)
    move = SUBSCRIPTION.moves[action]

    if state in move.sources:
        async with transaction():
            await SUBSCRIPTION.move(row_id, action, actor=SYSTEM)
        assert await states() == [(ANNA, move.target)]
    else:
        with pytest.raises(WrongState):
            async with transaction():
                await SUBSCRIPTION.move(row_id, action, actor=SYSTEM)
        assert await states() == [(ANNA, state)]


@pytest.mark.parametrize("seed", range(5))
async def test_any_walk_stays_on_the_map(db: None, seed: int) -> None:
    chance = random.Random(seed)
    row_id = await subscription(S.pending)
    expected: str = S.pending

    for _ in range(40):
        action = chance.choice(list(SUBSCRIPTION.moves))
        move = SUBSCRIPTION.moves[action]
        try:
            async with transaction():
                await SUBSCRIPTION.move(row_id, action, actor=SYSTEM)
            assert expected in move.sources
            expected = move.target
        except WrongState:
            assert expected not in move.sources
        assert await states() == [(ANNA, expected)]


def test_from_every_state_one_can_leave_and_come_back() -> None:
    for state in S:
        if state != S.unsubscribed:
            assert "unsubscribe" in SUBSCRIPTION.allowed(state)
    assert SUBSCRIPTION.allowed(S.unsubscribed) == ["opt_in", "resubscribe"]
