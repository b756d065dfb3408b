"""Several people, and the site, at the same row at the same time."""

import asyncio

import asyncpg
import httpx
import pytest

from server import postgres
from server.database import execute
from tests.admin.conftest import Make
from tests.admin.test_product import carla  # noqa: F401  a fixture
from tests.factories import event

pytestmark = pytest.mark.anyio


async def test_of_two_who_save_at_once_one_is_told(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    row = await an_event()
    address = f"/admin/api/tables/activiteiten/{row['id']}/"

    answers = await asyncio.gather(
        *(board.patch(address, json={"revision": 1, "room": f"Zaal {n}"}) for n in range(5))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422, 422]
    (saved,) = await execute("SELECT room, revision FROM event")
    assert saved["revision"] == 2
    assert saved["room"] == next(a.json()["room"] for a in answers if a.status_code == 200)


async def test_the_admin_locks_in_the_order_of_the_registrations(
    carla: httpx.AsyncClient,  # noqa: F811
    server: postgres.Private,
) -> None:
    day = await event()
    (unit,) = await execute(
        "INSERT INTO capacity_unit (event, capacity) VALUES ($1, 2) RETURNING id", day.id
    )
    address = f"/admin/api/tables/capacity_unit/{unit['id']}/"
    somebody = await asyncpg.connect(server.url())

    async with somebody.transaction():
        await somebody.execute("UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1", day.id)
        saving = asyncio.create_task(carla.patch(address, json={"revision": 1, "capacity": 3}))
        await asyncio.sleep(0.3)
        await somebody.execute("UPDATE capacity_unit SET position = 7 WHERE id = $1", unit["id"])
    answer = await saving
    await somebody.close()

    (saved,) = await execute("SELECT capacity, position FROM capacity_unit")
    assert answer.status_code == 200
    assert (saved["capacity"], saved["position"]) == (3, 7)
