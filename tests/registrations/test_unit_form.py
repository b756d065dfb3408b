"""Who made an event on the pages gives it places there as well."""

import httpx
import pytest

from server.database import execute
from tests import factories
from tests.clients import sign_in, statements

pytestmark = pytest.mark.anyio


async def units(event_id: int) -> list[tuple[str, str, int | None, bool]]:
    rows = await execute(
        "SELECT kind, name_nl, capacity, allows_overlap FROM capacity_unit WHERE event = $1"
        " ORDER BY id",
        event_id,
    )
    return [tuple(row.values()) for row in rows]  # type: ignore[misc]


async def test_seats_and_a_workshop_are_added_and_shown(client: httpx.AsyncClient) -> None:
    event = await factories.event(state="published")
    await sign_in(client, await factories.carla())
    path = f"/board/events/{event.slug}/units"
    assert path in (await client.get(f"/board/events/{event.slug}")).text

    seats = await client.post(path, data={"kind": "seat", "name_nl": "Zaal", "capacity": " 2 "})
    free = {"kind": "workshop", "name_nl": "Oefenen", "capacity": "", "allows_overlap": "y"}
    workshop = await client.post(path, data=free)

    assert [seats.status_code, workshop.status_code] == [303, 303]
    assert await units(event.id) == [
        ("seat", "Zaal", 2, False),
        ("workshop", "Oefenen", None, True),
    ]
    desk = await client.get(f"/board/events/{event.slug}")
    assert ["Zaal" in desk.text, "Oefenen" in desk.text] == [True, True]
    assert len(await execute("SELECT 1 FROM audit_entry WHERE entity = 'capacity_unit'")) == 2


@pytest.mark.parametrize("number", ["-1", "veel", "1.5", "999999", "²"])
async def test_an_odd_number_is_refused_in_words_and_kept(
    client: httpx.AsyncClient, number: str
) -> None:
    event = await factories.event(state="published")
    await sign_in(client, await factories.carla())
    typed = {"kind": "seat", "name_nl": "Grote zaal", "capacity": number}

    answer = await client.post(f"/board/events/{event.slug}/units", data=typed)

    assert answer.status_code == 422
    assert [said in answer.text for said in (f'value="{number}"', "Grote zaal")] == [True, True]
    assert await units(event.id) == []


async def test_a_chair_does_so_for_their_own_group_and_nobody_elses(
    client: httpx.AsyncClient,
) -> None:
    chair, group = await factories.bram()
    own, other = await factories.event(state="published"), await factories.event(state="published")
    await execute('UPDATE event SET "group" = $1 WHERE id = $2', group.id, own.id)
    await sign_in(client, chair)
    form = {"kind": "online", "name_nl": "Online", "capacity": "40"}

    assert (await client.post(f"/board/events/{own.slug}/units", data=form)).status_code == 303
    assert (await client.post(f"/board/events/{other.slug}/units", data=form)).status_code == 404
    assert [len(await units(one.id)) for one in (own, other)] == [1, 0]


async def test_the_form_costs_a_fixed_number_of_statements(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5)
    await sign_in(client, await factories.carla())

    assert await statements(client, "GET", f"/board/events/{event.slug}/units") == 2
