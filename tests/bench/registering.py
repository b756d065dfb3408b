"""Registering beside a bare transaction that writes the same rows, and a run without a lock."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from server import clock
from server.actors import SYSTEM, Actor
from server.database import ENGINE, execute, transaction
from server.events import service as events
from server.registrations import service
from server.registrations.wishes import RegistrationForm

AT_ONCE = 64
CONNECTIONS = 8
PEOPLE = 400
SEATS = 100


async def event(seats: int | None) -> int:
    now = clock.now()
    values = {
        "title": "Meetdag",
        "starts_at": now + timedelta(days=60),
        "ends_at": now + timedelta(days=60, hours=6),
    }
    event_id = await events.create(SYSTEM, values, now=now)
    await events.add_unit(SYSTEM, event_id, {"capacity": seats})
    await events.publish(SYSTEM, event_id, now=now)
    return event_id


async def people(count: int) -> list[int]:
    rows = await execute(
        "INSERT INTO person (surname, sort_key, display_name, email, email_key, created_at,"
        " changed_at) SELECT 'P' || n, 'p' || n, 'P' || n, x || '@example.org', x ||"
        " '@example.org', now(), now() FROM (SELECT n, 'bench' || n || '-' || random() AS x"
        " FROM generate_series(1, $1) n) s RETURNING id",
        count,
    )
    return [row["id"] for row in rows]


async def measure(ask: Callable[[int], Awaitable[object]], ids: list[int]) -> float:
    """How many a second, a few at a time."""
    waiting = list(ids)

    async def keep_asking() -> None:
        while waiting:
            await ask(waiting.pop())

    began = time.perf_counter()
    await asyncio.gather(*(keep_asking() for _ in range(AT_ONCE)))
    return len(ids) / (time.perf_counter() - began)


LOCK = "UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1"
REGISTRATION = """INSERT INTO registration (event, person, code, created_at, changed_at)
  VALUES ($1, $2, $3, now(), now()) RETURNING id"""
LINE = """INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at,
  created_at, changed_at) VALUES ($1, $2, $3, $4, 3, now(), now(), now()) RETURNING id"""
TICKET = "INSERT INTO ticket (registration, code) VALUES ($1, $2)"
AUDIT = """INSERT INTO audit_entry (at, actor_id, actor, action, entity, entity_id, after, reason)
  VALUES (now(), $1, 'P', 'register', 'registration_line', $2, '{"state": "waiting"}', '')"""
LETTER = """INSERT INTO outbox_letter (kind, category, cause, person, address, language, values,
  message_id, state, created_at, not_before) VALUES ('registration_waiting', 'service', $1, $2,
  'p@example.org', 'nl', $3, gen_random_uuid(), 'queued', now(), now())"""
WORDS = json.dumps({"event": "Meetdag", "when": "x" * 60, "url": "x" * 60, "rank": 3, "name": "P"})


async def bare() -> float:
    """The same rows, one insert each, and commit: asyncpg and nothing else. It reads nothing."""
    event_id = await event(None)
    unit = (await execute("SELECT id FROM capacity_unit WHERE event = $1", event_id))[0]["id"]
    pool, left = ENGINE.pool, SEATS
    if pool is None:
        raise RuntimeError("no pool is open")

    async def ask(person_id: int) -> None:
        nonlocal left
        left -= 1
        state = "confirmed" if left >= 0 else "waiting"
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK, event_id)
            key = f"bare-{event_id}-{person_id}"
            made = await connection.fetchval(REGISTRATION, event_id, person_id, key)
            line = await connection.fetchval(LINE, made, unit, person_id, state)
            if state == "confirmed":
                await connection.execute(TICKET, made, f"{made:08d}")
            await connection.execute(AUDIT, person_id, line)
            await connection.execute(LETTER, f"{key}:letter", person_id, WORDS)

    return await measure(ask, await people(PEOPLE))


async def product() -> tuple[float, int]:
    """(a second, people with a place beyond the seats): the verb with audit and letter."""
    event_id = await event(SEATS)

    async def ask(person_id: int) -> None:
        actor = Actor(person_id=person_id, name="P")
        await service.register(actor, event_id, RegistrationForm(), now=clock.now())

    rate = await measure(ask, await people(PEOPLE))
    return rate, await _taken(event_id) - SEATS


async def control() -> int:
    """People with a place beyond the seats when seats are counted without the lock."""
    event_id = await event(SEATS)
    unit = (await execute("SELECT id FROM capacity_unit WHERE event = $1", event_id))[0]["id"]

    async def ask(person_id: int) -> None:
        async with transaction():
            held = await _taken(event_id)
            await asyncio.sleep(0.002)  # the others count meanwhile, as they do on a busy evening
            rows = await execute(
                "INSERT INTO registration (event, person, code) VALUES ($1, $2, $3) RETURNING id",
                event_id,
                person_id,
                f"c-{event_id}-{person_id}",
            )
            await execute(
                "INSERT INTO registration_line (registration, unit, person, state, class_rank,"
                " queued_at) VALUES ($1, $2, $3, $4, 3, now())",
                rows[0]["id"],
                unit,
                person_id,
                "confirmed" if held < SEATS else "waiting",
            )

    await measure(ask, await people(PEOPLE))
    return await _taken(event_id) - SEATS


async def _taken(event_id: int) -> int:
    rows = await execute(
        "SELECT count(*) AS n FROM registration_line l JOIN capacity_unit u ON u.id = l.unit"
        " WHERE u.event = $1 AND l.state = 'confirmed'",
        event_id,
    )
    return int(rows[0]["n"])
