"""Nobody decides about a membership of who died, was erased, or became part of another."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.applications import deciding as applications
from server.applications import service as applying
from server.database import execute
from server.members import farewell
from server.memberships import deciding, notice, reminders, service, suspending
from server.people import ending
from server.people import service as people
from server.people.service import NoLongerHere
from server.privacy import erasing
from tables.memberships import Ground
from tests import factories
from tests.applications.cast import form
from tests.clients import letters, sign_in
from tests.factories import LONG_AGO, NOON
from tests.memberships.test_service import CARLA, DAY, TODAY, kind, member

pytestmark = [pytest.mark.anyio]
END = Callable[[int], Awaitable[object]]


async def die(person_id: int) -> None:
    await farewell.note(CARLA, person_id, TODAY, now=NOON)


async def be_erased(person_id: int) -> None:
    await execute("UPDATE person SET anonymised_at = $2 WHERE id = $1", person_id, NOON)


async def be_merged(person_id: int) -> None:
    await ending.absorb(person_id, (await factories.known("Ander")).id, now=NOON)


@pytest.mark.parametrize("end", [die, be_erased, be_merged])
async def test_no_verb_touches_the_membership_of_who_is_no_longer_here(db: None, end: END) -> None:
    other = await kind("ander")
    anna, membership_id = await member()
    who = anna.person_id or 0
    await execute("UPDATE membership_type SET period_kind = 'rolling'")
    await end(who)
    before = await execute("SELECT * FROM membership")
    verbs: list[Callable[[], Awaitable[object]]] = [
        lambda: service.start(CARLA, who, other, starts_on=LONG_AGO, ends_on=LONG_AGO),
        lambda: notice.give(CARLA, membership_id, now=NOON),
        lambda: notice.withdraw(CARLA, membership_id, now=NOON),
        lambda: notice.renew(CARLA, membership_id, now=NOON),
        lambda: deciding.convert(CARLA, membership_id, other, from_on=TODAY, now=NOON),
        lambda: deciding.end(CARLA, membership_id, Ground.expulsion, "Zo.", now=NOON),
        lambda: deciding.take_back_end(CARLA, membership_id, now=NOON),
        lambda: suspending.suspend(CARLA, who, "Zo.", from_on=TODAY, now=NOON),
    ]

    for verb in verbs:
        with pytest.raises(NoLongerHere):
            await verb()

    assert await execute("SELECT * FROM membership") == before
    assert await letters() == []


async def test_an_applicant_who_died_is_not_admitted(db: None) -> None:
    dirk = await factories.known("Dirk")
    asked = await form(surname="Dirk", email=dirk.email)
    await applying.apply(factories.acting(dirk), asked, now=NOON)
    application_id = (await execute("SELECT id FROM membership_application"))[0]["id"]
    await die(dirk.id)

    with pytest.raises(NoLongerHere):
        await applications.approve(CARLA, application_id, starts_on=TODAY, now=NOON)

    assert await execute("SELECT 1 FROM membership") == []


async def test_a_page_that_stood_open_does_not_bring_the_erased_back(
    client: httpx.AsyncClient,
) -> None:
    anna, carla = await factories.anna(), await factories.carla()
    board, now = factories.acting(carla, roles=("board",)), clock.now()
    (row,) = await execute("SELECT id FROM membership WHERE person = $1", anna.id)
    await deciding.end(board, row["id"], Ground.expulsion, "Zo.", now=now - timedelta(days=3))
    await erasing.erase(board, anna.id, now=now)
    told = await letters()
    await sign_in(client, carla)

    back = await client.post(f"/board/people/{anna.id}/ending-withdrawal")
    values = {"person": anna.id, "type": 1, "starts_on": str(clock.today())}
    made = await client.post("/admin/api/tables/membership/", json=values)

    assert (back.status_code, made.status_code) == (409, 422)
    assert await execute("SELECT ended_by FROM membership WHERE person = $1", anna.id) == [
        {"ended_by": "association"}
    ]
    assert await letters() == told


async def test_the_erased_are_not_reminded(db: None) -> None:
    anna, _ = await member("Anna", await kind(period_kind="calendar", grace_days=60))
    then = NOON.replace(year=2026, month=1)
    await erasing.erase(CARLA, anna.person_id or 0, now=then.replace(day=4))

    assert await reminders.tick(then.replace(day=5)) == 0


async def test_a_death_waits_for_the_decision_that_came_first(db: None) -> None:
    anna, membership_id = await member()
    who = anna.person_id or 0

    done = await asyncio.gather(
        deciding.convert(CARLA, membership_id, await kind("ander"), from_on=TODAY, now=NOON),
        farewell.note(CARLA, who, TODAY - DAY, now=NOON),
        return_exceptions=True,
    )

    assert done[1] is None
    assert isinstance(done[0], int | NoLongerHere)
    with pytest.raises(NoLongerHere):
        await people.require_living(who)
