"""`/health` tells a machine whether the program can do its work."""

import httpx
import pytest
from litestar import Litestar, get

from server import clock, database
from server.database import execute
from server.health import health

pytestmark = pytest.mark.anyio
APP = Litestar([get("/health")(health)], logging_config=None, openapi_config=None)


async def _ask() -> httpx.Response:
    transport = httpx.ASGITransport(app=APP)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/health")


async def test_it_shows_the_last_beat_of_the_worker(db: None) -> None:
    now = clock.now()
    await execute(
        "INSERT INTO job_run (name, ran_at, failures, error) VALUES ('x', $1, 0, '')", now
    )

    answer = await _ask()

    assert answer.status_code == 200
    assert answer.json() == {
        "database": "answers",
        "worker": {"last_beat": now.isoformat(), "is_late": False},
    }


async def test_a_worker_that_never_ran_is_late(db: None) -> None:
    answer = await _ask()

    assert answer.json()["worker"] == {"last_beat": None, "is_late": True}


async def test_without_a_database_it_is_unwell(db: None) -> None:
    await database.close_pool()

    answer = await _ask()

    assert (answer.status_code, answer.json()) == (503, {"database": "does not answer"})
