"""Numbers of people: claimed, verified by hand, claimed again when corrected, one holder each."""

from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM, Actor
from server.errors import Invalid, WrongState
from server.people import numbers, own_numbers
from server.people.numbers import NumberTaken, NumberView, OwnNumber
from server.people.states import NUMBER
from tables.people import NumberState
from tests import factories
from tests.clients import sign_in

pytestmark = pytest.mark.anyio
BIG = "09012345625"
DAY = date(2026, 12, 1)


async def carla() -> Actor:
    return factories.acting(await factories.carla(), roles=("board",))


async def claimed(actor: Actor, person_id: int) -> int:
    return await numbers.claim(actor, person_id, "BIG", BIG, title="gz_psychologist")


async def one(person_id: int) -> NumberView:
    (found,) = await numbers.of_person(person_id)
    return found


async def test_a_number_is_verified_by_a_person_who_saw_it(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)

    await numbers.verify(actor, number_id, method="BIG-register", on=DAY)

    found = await one(anna.id)
    assert (found.state, found.verified_on, found.method) == ("verified", DAY, "BIG-register")
    assert found.verified_by == "Carla"


async def test_a_corrected_number_is_a_claim_again(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.verify(actor, number_id, method="BIG-register", on=DAY)

    await numbers.correct(actor, number_id, {"number": "19012345625"})

    found = await one(anna.id)
    assert (found.number, found.state, found.verified_by) == ("19012345625", "claimed", None)
    with pytest.raises(Invalid):
        await numbers.correct(actor, number_id, {"number": "111222333"})


async def test_a_verified_number_has_one_holder(db: None) -> None:
    actor, anna, dirk = await carla(), await factories.anna(), await factories.dirk()
    first, second = await claimed(actor, anna.id), await claimed(actor, dirk.id)
    await numbers.verify(actor, first, method="gezien", on=DAY)

    with pytest.raises(NumberTaken):
        await numbers.verify(actor, second, method="gezien", on=DAY)
    assert (await one(dirk.id)).state == "claimed"


async def test_the_same_number_twice_is_one_number(db: None) -> None:
    actor, anna = await carla(), await factories.anna()

    assert await claimed(actor, anna.id) == await claimed(actor, anna.id)


async def test_a_verified_number_keeps_its_title_or_is_verified_once_more(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.verify(actor, number_id, method="gezien", on=DAY)

    await numbers.claim(factories.acting(anna), anna.id, "BIG", BIG)
    same = await one(anna.id)
    await numbers.claim(factories.acting(anna), anna.id, "BIG", BIG, title="clinical_psychologist")
    other = await one(anna.id)

    assert (same.title, same.state, same.verified_by) == ("gz_psychologist", "verified", "Carla")
    assert (other.title, other.state) == ("clinical_psychologist", "claimed")
    assert (other.verified_by, other.verified_on, other.method) == (None, None, "")


async def test_a_withdrawn_number_can_be_claimed_and_verified_again(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.verify(actor, number_id, method="gezien", on=DAY)
    await own_numbers.withdraw(factories.acting(anna), number_id)

    assert await numbers.claim(factories.acting(anna), anna.id, "BIG", BIG) == number_id

    again = await one(anna.id)
    assert (again.title, again.state, again.verified_on) == ("gz_psychologist", "claimed", None)
    await numbers.verify(actor, number_id, method="gezien", on=DAY)


async def test_a_registration_that_ran_out_expires_once(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.correct(actor, number_id, {"valid_until": date(2027, 1, 1)})
    await numbers.verify(actor, number_id, method="x", on=DAY)

    assert await numbers.expire(date(2027, 1, 1)) == 0
    assert await numbers.expire(date(2027, 1, 2)) == 1
    assert await numbers.expire(date(2027, 3, 1)) == 0
    assert (await one(anna.id)).state == "expired"

    await numbers.verify(actor, number_id, method="x", on=date(2027, 3, 1))
    found = await one(anna.id)
    assert (found.state, found.valid_until) == ("verified", None)


async def test_another_number_has_not_the_last_day_of_the_one_before(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.correct(actor, number_id, {"valid_until": date(2027, 1, 1)})
    assert (await one(anna.id)).state == "claimed"

    await numbers.correct(actor, number_id, {"number": "19012345625"})

    assert (await one(anna.id)).valid_until is None


async def test_board_notes_the_last_day_of_a_registration_in_the_admin(
    client: httpx.AsyncClient,
) -> None:
    board, anna = await factories.carla(), await factories.anna()
    await sign_in(client, board)
    path = f"/admin/api/tables/registration_number/{await claimed(SYSTEM, anna.id)}/"
    last = clock.today() + timedelta(days=90)
    revision = (await client.get(path)).json()["revision"]

    sent = {"state": "verified", "valid_until": str(last), "revision": revision}
    answer = await client.patch(path, json=sent)

    found = await one(anna.id)
    assert (answer.status_code, found.state, found.valid_until) == (200, "verified", last)
    assert await numbers.expire(last + timedelta(days=1)) == 1


@pytest.mark.parametrize("state", NumberState)
@pytest.mark.parametrize("action", ["verify", "withdraw"])
async def test_every_move_from_every_state(db: None, state: NumberState, action: str) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.execute("UPDATE registration_number SET state = $1", state.value)
    move = NUMBER.moves[action]

    async def perform() -> None:
        if action == "verify":
            await numbers.verify(actor, number_id, method="x", on=DAY)
        else:
            await numbers.withdraw(actor, number_id)

    if state in move.sources:
        await perform()
        assert (await one(anna.id)).state == move.target
    else:
        with pytest.raises(WrongState):
            await perform()
        assert (await one(anna.id)).state == state


async def test_nobody_verifies_their_own_number(db: None) -> None:
    actor = await carla()
    number_id = await claimed(actor, actor.person_id or 0)

    with pytest.raises(OwnNumber):
        await numbers.verify(actor, number_id, method="x", on=DAY)


async def test_a_number_that_ran_out_is_claimed_once_more(db: None) -> None:
    actor, anna = await carla(), await factories.anna()
    number_id = await claimed(actor, anna.id)
    await numbers.verify(actor, number_id, method="BIG-register", on=DAY)
    await numbers.correct(actor, number_id, {"valid_until": DAY})
    await numbers.expire(DAY + timedelta(days=1))

    await numbers.claim(factories.acting(anna), anna.id, "BIG", BIG)

    found = await one(anna.id)
    assert (found.state, found.title, found.verified_by) == ("claimed", "gz_psychologist", None)
    await numbers.verify(actor, number_id, method="BIG-register", on=DAY + timedelta(days=1))
    assert (await one(anna.id)).valid_until is None
