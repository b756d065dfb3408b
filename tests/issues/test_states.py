"""The machine of an issue: every cell, and any walk through it."""

import random

import pytest

from server.actors import SYSTEM
from server.database import execute, transaction
from server.errors import WrongState
from server.issues.states import ISSUE
from tables.issues import IssueState as S
from tests.factories import NOON
from tests.newsletters.cast import mailing_list

pytestmark = pytest.mark.anyio


async def issue(state: str) -> int:
    one = await mailing_list()
    rows = await execute(
        "INSERT INTO newsletter_issue (list, subject_nl, state, number, scheduled_at)"
        " VALUES ($1, 'Nieuws', $2, 1, $3) RETURNING id",
        *(one.id, state, NOON),
    )
    return int(rows[0]["id"])


async def state_of(issue_id: int) -> str:
    rows = await execute("SELECT state FROM newsletter_issue WHERE id = $1", issue_id)
    return str(rows[0]["state"])


@pytest.mark.parametrize("action", list(ISSUE.moves))
@pytest.mark.parametrize("state", list(S))
async def test_every_state_and_action(db: None, state: S, action: str) -> None:
    issue_id, move = await issue(state), ISSUE.moves[action]

    if state in move.sources:
        async with transaction():
            await ISSUE.move(issue_id, action, actor=SYSTEM)
        assert await state_of(issue_id) == move.target
    else:
        with pytest.raises(WrongState):
            async with transaction():
                await ISSUE.move(issue_id, action, actor=SYSTEM)
        assert await state_of(issue_id) == state


@pytest.mark.parametrize("seed", range(5))
async def test_any_walk_stays_on_the_map(db: None, seed: int) -> None:
    chance, issue_id, expected = random.Random(seed), await issue(S.draft), str(S.draft)

    for _ in range(40):
        action = chance.choice(list(ISSUE.moves))
        try:
            async with transaction():
                await ISSUE.move(issue_id, action, actor=SYSTEM)
            assert expected in ISSUE.moves[action].sources
            expected = ISSUE.moves[action].target
        except WrongState:
            assert expected not in ISSUE.moves[action].sources
        assert await state_of(issue_id) == expected


def test_what_is_sent_or_stopped_stays_so() -> None:
    assert ISSUE.allowed(S.sent) == ISSUE.allowed(S.cancelled) == []
    assert "cancel" not in ISSUE.allowed(S.sending)  # first it is paused
