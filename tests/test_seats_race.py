"""Why the row touched first is the lock: the same storm with it and without it."""

import asyncio

import pytest

from server.database import execute, transaction
from tests import factories

pytestmark = pytest.mark.anyio

SEATS = 5
ASKING = 40


async def held(event_id: int) -> int:
    rows = await execute("SELECT count(*) AS n FROM registration WHERE event = $1", event_id)
    return int(rows[0]["n"])


async def take(event_id: int, person_id: int, *, locked: bool) -> None:
    async with transaction():
        if locked:
            await execute("UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1", event_id)
        if await held(event_id) < SEATS:
            await asyncio.sleep(0.002)
            await execute(
                "INSERT INTO registration (event, person, code) VALUES ($1, $2, $3)",
                event_id,
                person_id,
                f"code-{person_id}",
            )


async def storm(*, locked: bool) -> int:
    event = await factories.event()
    people = [await factories.person(f"P{n}") for n in range(ASKING)]
    await asyncio.gather(*(take(event.id, person.id, locked=locked) for person in people))
    return await held(event.id)


async def test_with_the_lock_exactly_the_seats_are_taken(db: None) -> None:
    assert await storm(locked=True) == SEATS


async def test_the_control_without_the_lock_oversells(db: None) -> None:
    assert await storm(locked=False) > SEATS
