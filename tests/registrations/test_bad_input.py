"""What cannot be, one by one: each has a reason of its own, and nothing that was typed is lost.

The others of this list: a double post and an expired offer in test_line, a stale page in test_pages
and questions/test_questions, a foreign or replayed ticket in attendance/test_door, a question that
is deleted after answers in questions/test_questions.
"""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.events import service as events
from server.registrations import organising, places
from tests import factories
from tests.clients import human, sign_in
from tests.factories import NOON
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
HOUR = timedelta(hours=1)
TYPED = {"remark": "Ik kom met de rolstoel & de trein"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "cancelled"}, "is nu niet open"),
        ({"registration_closes_at": NOON - timedelta(days=900)}, "is nu niet open"),
        ({"registration_opens_at": NOON - HOUR}, "Voor u opent de aanmelding op"),
        ({"members_only_registration": True}, "leden"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
async def test_what_closed_while_it_was_filled_in_says_so_beside_what_was_typed(
    client: httpx.AsyncClient, values: dict[str, object], sentence: str, is_known: bool
) -> None:
    event, _ = await factories.open_event(5)
    if is_known:
        await sign_in(client, await factories.known("Anna"))
    path, typed = f"/events/{event.slug}/registration", {**TYPED}
    if not is_known:
        typed |= human(name="Sam", email="sam@example.net", key="")
    [(name, value)] = values.items()
    await execute(f"UPDATE event SET {name} = $2 WHERE id = $1", event.id, value)

    answer = await client.post(path, data=typed)

    assert answer.status_code == 409
    assert sentence in answer.text
    assert "Ik kom met de rolstoel &amp; de trein" in answer.text
    assert await execute("SELECT 1 FROM registration") == []


async def test_a_place_that_was_taken_out_of_the_form_meanwhile(client: httpx.AsyncClient) -> None:
    event, unit = await factories.open_event(5)
    await sign_in(client, await factories.known("Anna"))

    answer = await client.post(
        f"/events/{event.slug}/registration", data={**TYPED, "unit_id": unit.id + 1000}
    )

    assert (answer.status_code, "rolstoel" in answer.text) == (422, True)


@pytest.mark.parametrize("capacity", [-1, -(2**31), 100_001, 2**31 - 1])
async def test_a_capacity_that_cannot_be(capacity: int) -> None:
    event, unit = await factories.open_event(5)

    with pytest.raises(Invalid) as changed:
        await places.change_unit(SYSTEM, int(unit.id), {"capacity": capacity}, now=EARLY)
    with pytest.raises(Invalid) as added:
        await events.add_unit(SYSTEM, int(event.id), {"capacity": capacity})

    assert changed.value.fields == added.value.fields == {"capacity": "events.invalid.capacity"}


async def test_a_capacity_below_zero_is_a_sentence_in_the_admin_and_on_the_desk(
    client: httpx.AsyncClient,
) -> None:
    event, unit = await factories.open_event(5)
    await sign_in(client, await factories.carla())
    path = f"/admin/api/tables/capacity_unit/{unit.id}/"

    admin = await client.patch(path, json={"capacity": -3, "revision": 1})
    desk = await client.post(f"/board/events/{event.slug}/units/{unit.id}", data={"capacity": "-3"})

    assert (admin.status_code, "van 0 tot 100.000" in admin.text) == (422, True)
    assert (desk.status_code, 'value="-3"' in desk.text) == (422, True)
    assert await execute("SELECT capacity FROM capacity_unit") == [{"capacity": 5}]


@pytest.mark.parametrize("ends", [NOON, NOON - HOUR])
async def test_an_end_before_the_start(ends: object) -> None:
    event, _ = await factories.open_event(5)

    for change in (
        events.create(SYSTEM, {"title": "X", "starts_at": NOON, "ends_at": ends}, now=EARLY),
        organising.change_event(SYSTEM, int(event.id), {"ends_at": ends}, now=EARLY),
    ):
        with pytest.raises(Invalid) as refused:
            await change
        assert refused.value.fields == {"ends_at": "events.invalid.ends_at"}


async def test_an_end_before_the_start_keeps_what_was_typed_on_the_page(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.carla())
    day = clock.today() + timedelta(days=60)
    typed = {"title": "Dag met een fout", "kind": "event_day", "mode": "on_site"}
    typed |= {"starts_at": f"{day}T17:00", "ends_at": f"{day}T09:00", "visibility": "public"}

    answer = await client.post("/board/events", data=typed)

    assert (answer.status_code, "Dag met een fout" in answer.text) == (422, True)


async def test_whoever_has_a_place_is_not_registered_again_by_an_old_page(
    client: httpx.AsyncClient,
) -> None:
    event, _ = await factories.open_event(5)
    anna = await factories.known("Anna")
    await sign_in(client, anna)
    await register(anna, event.id, now=clock.now())

    answer = await client.post(f"/events/{event.slug}/registration", data=TYPED)

    assert (answer.status_code, "al" in answer.text) == (409, True)
    assert len(await execute("SELECT 1 FROM registration_line")) == 1
