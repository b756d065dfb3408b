"""Another number of places: who would get in, seen first and then done."""

import httpx
import pytest

from server.database import execute
from server.registrations import raising
from tests import factories
from tests.clients import sign_in
from tests.registrations.cast import EARLY, crowd, register, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def test_what_is_foretold_writes_nothing_and_is_what_happens(
    client: httpx.AsyncClient,
) -> None:
    event, unit = await factories.open_event(1)
    await crowd(event.id, 3)
    carla = await factories.carla()
    await register(await factories.member("Lid"), event.id)
    path = f"/board/events/{event.slug}/units/{unit.id}"

    foretold = await raising.look(event.id, unit.id, 3, now=EARLY)
    before = await states(event.id)
    await sign_in(client, carla)
    seen = await client.get(path, params={"capacity": "3"})
    wrong = await client.post(path, data={"capacity": "-1"})
    await client.post(path, data={"capacity": "3"})

    names = [one.name for one in foretold.people]
    assert before == ["confirmed", "waiting", "waiting", "waiting"]
    assert all(name in seen.text for name in names)
    assert wrong.status_code == 422
    offered = await execute(
        "SELECT p.display_name AS name FROM registration_line l JOIN person p ON p.id = l.person"
        " WHERE l.state = 'offered' ORDER BY l.class_rank, l.queued_at, l.id"
    )
    assert [row["name"] for row in offered] == names
    assert len(names) == 2
