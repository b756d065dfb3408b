"""Every move from every state, and who is found in which."""

import random
from contextlib import suppress

import pytest

from server import clock
from server.database import execute
from server.directory import deciding, queries, service
from server.directory.states import PROFILE
from server.errors import Invalid, WrongState
from tables.directory import ProfileState
from tests.clients import letters
from tests.directory.cast import BOARD, psychologist

pytestmark = pytest.mark.anyio
TOLD = {"publish": "profile_published", "send_back": "profile_sent_back", "hide": "profile_hidden"}
LEADS_TO = {
    ("draft", "submit"): "submitted",
    ("hidden", "submit"): "submitted",
    ("submitted", "send_back"): "draft",
    ("submitted", "publish"): "published",
    ("submitted", "hide"): "hidden",
    ("published", "hide"): "hidden",
}


@pytest.mark.parametrize("state", [state.value for state in ProfileState])
@pytest.mark.parametrize("action", [*PROFILE.moves])
async def test_every_move_from_every_state(db: None, state: str, action: str) -> None:
    who, holder = await psychologist(about="public")
    await execute("UPDATE profile SET state = $1, confirmed_on = $2", state, clock.today())
    own = await queries.of_person(int(who.id), clock.today())
    assert own is not None
    now, number = clock.now(), own.whole.id
    verbs = {
        "submit": lambda: service.submit(holder, now=now),
        "send_back": lambda: deciding.send_back(BOARD, number, "Graag anders.", now=now),
        "publish": lambda: deciding.publish(BOARD, number, now=now),
        "hide": lambda: deciding.hide(BOARD, number, "Gesloten.", now=now),
    }
    target = LEADS_TO.get((state, action))

    if target is None:
        with pytest.raises(WrongState):
            await verbs[action]()
    else:
        await verbs[action]()

    after = await queries.of_person(int(who.id), clock.today())
    assert after is not None
    assert after.state == (target or state)
    assert after.is_findable == (after.state == "published")
    told = [kind for kind, _ in await letters() if kind.startswith("profile_")]
    assert told == ([TOLD[action]] if target and action in TOLD else [])


async def test_random_walk_never_shows_who_is_not_published(db: None) -> None:
    """Two hundred moves by anybody, at random: refused or done, and found only when published."""
    who, holder = await psychologist(about="public")
    chance, seen = random.Random(11), set()
    found = await queries.of_person(int(who.id), clock.today())
    assert found is not None
    number = found.whole.id
    verbs = {
        "submit": lambda: service.submit(holder, now=clock.now()),
        "send_back": lambda: deciding.send_back(BOARD, number, "Graag anders.", now=clock.now()),
        "publish": lambda: deciding.publish(BOARD, number, now=clock.now()),
        "hide": lambda: deciding.hide(BOARD, number, "Gesloten.", now=clock.now()),
        "hide_own": lambda: service.hide_own(holder),
    }
    for _ in range(200):
        before = found.state
        action = chance.choice([*verbs])
        with suppress(WrongState):
            await verbs[action]()
        found = await queries.of_person(int(who.id), clock.today())
        assert found is not None
        expected = LEADS_TO.get((before, action.removesuffix("_own")), before)
        assert found.state == expected, (before, action)
        assert found.is_findable == (found.state == "published")
        seen.add(found.state)
    assert seen == {state.value for state in ProfileState}


@pytest.mark.parametrize("verb", [deciding.send_back, deciding.hide])
async def test_the_board_says_why(db: None, verb: object) -> None:
    with pytest.raises(Invalid) as invalid:
        await verb(BOARD, 1, "  ", now=clock.now())  # type: ignore[operator]

    assert invalid.value.fields == {"reason": "directory.field.reason.needed"}
