"""Never oversold: real commits, many connections, several processes, and a control that fails."""

import asyncio
import multiprocessing
import sys
from datetime import datetime

import pytest

from server import database, postgres, settings
from server.actors import Actor
from server.database import execute, transaction
from server.registrations import service
from server.registrations.wishes import RegistrationForm
from tests import factories
from tests.registrations.cast import EARLY, held, register, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]
SEATS, PROCESSES, EACH = 10, 4, 40


async def test_forty_at_once_take_exactly_the_places(db: None) -> None:
    event, unit = await factories.open_event(SEATS)
    people = [await factories.known(f"P{n}") for n in range(EACH)]

    views = await asyncio.gather(*(register(who, event.id) for who in people))

    assert await held(unit.id) == SEATS
    waiting = sorted(view.rank for view in views if view.rank is not None)
    assert waiting == [*range(1, EACH - SEATS + 1)]


def ask(dsn: str, event_id: int, unit_id: int, people: list[int], is_locked: bool) -> None:
    """What one process does: all its people at once."""

    async def all_of_them() -> None:
        await database.open_pool(size=5)
        now = EARLY
        one = _register if is_locked else _take
        await asyncio.gather(*(one(event_id, unit_id, person, now) for person in people))
        await database.close_pool()

    database.configure(dsn)
    asyncio.run(all_of_them())


async def _register(event_id: int, _unit_id: int, person: int, now: datetime) -> None:
    await service.register(Actor(person_id=person), event_id, RegistrationForm(), now=now)


async def _take(event_id: int, unit_id: int, person: int, now: datetime) -> None:
    """The control: count, then take, with no lock."""
    async with transaction():
        taken = await held(unit_id)
        await asyncio.sleep(0.001)
        made = await execute(
            "INSERT INTO registration (event, person, code) VALUES ($1, $2, $3) RETURNING id",
            event_id,
            person,
            f"control-{person}",
        )
        await execute(
            "INSERT INTO registration_line (registration, unit, person, state, queued_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            made[0]["id"],
            unit_id,
            person,
            "confirmed" if taken < SEATS else "waiting",
            now,
        )


async def storm(server: postgres.Private, *, is_locked: bool) -> tuple[int, int]:
    """Places held, and the event, after every process has asked for all its people."""
    event, unit = await factories.open_event(SEATS)
    people = [(await factories.known(f"Q{n}")).id for n in range(PROCESSES * EACH)]
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    await database.close_pool()
    running = [
        context.Process(
            target=_in_process,
            args=(server.url(), event.id, unit.id, people[n::PROCESSES], is_locked),
        )
        for n in range(PROCESSES)
    ]
    for process in running:
        process.start()
    for process in running:
        await asyncio.to_thread(process.join)
    await database.open_pool(size=8)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    return await held(unit.id), event.id


def _in_process(dsn: str, event_id: int, unit_id: int, people: list[int], is_locked: bool) -> None:
    asyncio.events._set_running_loop(None)  # a fork inherits that of its parent
    assert settings.current()
    ask(dsn, event_id, unit_id, people, is_locked)


async def test_four_processes_take_exactly_the_places(db: None, server: postgres.Private) -> None:
    taken, event_id = await storm(server, is_locked=True)

    assert taken == SEATS
    assert sorted(await states(event_id)) == (
        ["confirmed"] * SEATS + ["waiting"] * (PROCESSES * EACH - SEATS)
    )
    counted = "SELECT count(*) AS n FROM {}"
    owed = (await execute(counted.format("outbox_letter")))[0]["n"]
    audited = (await execute(counted.format("audit_entry")))[0]["n"]
    assert owed == audited == PROCESSES * EACH


async def test_the_control_without_the_lock_oversells(db: None, server: postgres.Private) -> None:
    taken, _ = await storm(server, is_locked=False)

    assert taken > SEATS
