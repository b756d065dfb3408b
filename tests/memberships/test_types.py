"""Kinds of membership: only while they exist, only for who has what they ask, on fit terms."""

from datetime import date

import httpx
import pytest

from server.applications import deciding as applications
from server.applications import queries as asked
from server.database import execute
from server.errors import Invalid
from server.memberships import deciding, queries, service
from server.people import numbers, own_numbers
from tests import factories
from tests.applications.cast import applied
from tests.clients import sign_in
from tests.factories import NOON
from tests.memberships.test_service import CARLA, DAY, TODAY, kind, member

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.mark.parametrize("over", [{"valid_to": TODAY - DAY}, {"valid_from": TODAY + DAY}])
async def test_nobody_begins_with_a_type_that_does_not_exist(over: dict[str, date]) -> None:
    view = await applied()
    for column, day in over.items():
        await execute(f"UPDATE membership_type SET {column} = $1", day)
    anna = await factories.known("Anna")

    with pytest.raises(Invalid) as started:
        await service.start(CARLA, anna.id, view.type_id, starts_on=TODAY)
    with pytest.raises(Invalid) as admitted:
        await applications.approve(CARLA, view.id, starts_on=TODAY, now=NOON)

    wrong = {"type": "memberships.field.type.over"}
    assert [started.value.fields, admitted.value.fields] == [wrong, wrong]
    assert (await asked.by_id(view.id)).state == "submitted"


async def test_an_old_type_can_be_written_down_for_its_own_days() -> None:
    old = await kind("oud", valid_to=date(2020, 12, 31))
    anna = await factories.known("Anna")

    await service.start(CARLA, anna.id, old, starts_on=date(2018, 1, 1), ends_on=date(2022, 1, 1))

    assert [one.type_id for one in (await queries.standing(anna.id)).periods] == [old]


async def test_conversion_asks_the_number_of_its_type() -> None:
    anna, period = await member()
    needs = await kind("volledig", needs_register=True)

    with pytest.raises(Invalid) as said:
        await deciding.convert(CARLA, period, needs, from_on=TODAY, now=NOON)
    assert said.value.fields == {"type": "memberships.field.type.needs_number"}

    number = await numbers.claim(anna, anna.person_id or 0, "BIG", "09012345625")
    await own_numbers.withdraw(anna, number)
    with pytest.raises(Invalid):
        await deciding.convert(CARLA, period, needs, from_on=TODAY, now=NOON)
    await numbers.claim(anna, anna.person_id or 0, "NIP", "NIP-00123456")
    assert await deciding.convert(CARLA, period, needs, from_on=TODAY, now=NOON)


async def test_admission_to_another_type_asks_its_number() -> None:
    view = await applied()
    needs = await kind("volledig", needs_register=True)

    with pytest.raises(Invalid) as said:
        await applications.approve(CARLA, view.id, starts_on=TODAY, type_id=needs, now=NOON)

    assert said.value.fields == {"type": "memberships.field.type.needs_number"}
    assert await execute("SELECT 1 FROM person") == []


async def test_nobody_is_welcomed_to_a_year_that_is_over() -> None:
    view = await applied()
    await execute("UPDATE membership_type SET period_kind = 'calendar'")

    with pytest.raises(Invalid) as said:
        await applications.approve(CARLA, view.id, starts_on=date(2026, 12, 15), now=NOON)
    assert said.value.fields == {"starts_on": "applications.field.starts_on.over"}

    period = await applications.approve(CARLA, view.id, starts_on=date(2027, 1, 1), now=NOON)
    rows = await execute("SELECT id, ends_on FROM membership")
    assert rows == [{"id": period, "ends_on": date(2027, 12, 31)}]


async def test_a_number_that_was_given_is_not_given_to_another() -> None:
    anna, bram, els = [await factories.known(name) for name in ("Anna", "Bram", "Els")]
    type_id = await kind()
    first = await service.start(CARLA, anna.id, type_id, starts_on=TODAY)
    given = await queries.number_of(first)
    await service.remove(CARLA, first)

    second = await service.start(CARLA, bram.id, type_id, starts_on=TODAY)
    wanted = await service.start(CARLA, els.id, type_id, starts_on=TODAY, number=5000)
    assert [await queries.number_of(one) for one in (second, wanted)] == [given + 1, 5000]

    await service.remove(CARLA, wanted)
    third = await service.start(CARLA, anna.id, type_id, starts_on=TODAY)
    assert await queries.number_of(third) == 5001


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"notice_days": -400}, "Opzegtermijn"),
        ({"grace_days": -9}, "Uitloop"),
        ({"valid_from": "2027-01-01", "valid_to": "2026-01-01"}, "laatste dag"),
    ],
)
async def test_terms_of_a_type_are_fit(
    client: httpx.AsyncClient, odd: dict[str, object], words: str
) -> None:
    type_id = await kind("nieuw")
    await sign_in(client, await factories.carla())
    path = f"/admin/api/tables/membership_type/{type_id}/"
    revision = (await client.get(path)).json()["revision"]

    answer = await client.patch(path, json={**odd, "revision": revision})

    assert (answer.status_code, words in answer.text) == (422, True)
    rows = await execute("SELECT notice_days, grace_days, valid_to FROM membership_type")
    assert {"notice_days": 28, "grace_days": 0, "valid_to": None} in rows
