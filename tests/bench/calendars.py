"""Feeds: rebuilding a thousand entries, one change among them, and 5,000 personal feeds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from server import clock
from server.calendars import entries, feeds
from server.calendars.ical import render, vevent
from server.calendars.plain import plain
from server.database import execute, transaction

EVENTS = 1000
PEOPLE = 5000
FETCHED = 200
AT_ONCE = 8
TRIES = 5
MANY_EVENTS = """INSERT INTO event (title, slug, state, starts_at, ends_at, uid, published_at,
    description)
  SELECT 'Dag ' || n, 'bench-feed-' || n, 'published', $1::timestamptz + n * interval '6 hours',
    $1::timestamptz + n * interval '6 hours' + interval '3 hours', gen_random_uuid(), $1,
    repeat('Een *dag* over pijn. ', 12) || E'\\n\\n- een\\n- twee' FROM generate_series(1, $2) n"""
MANY_PEOPLE = """INSERT INTO person (surname, sort_key, display_name, language, created_at,
    changed_at)
  SELECT 'F' || n, 'f' || n, 'F' || n, 'nl', now(), now() FROM generate_series(1, $1) AS n
  RETURNING id"""
ALL_COME = """WITH unit AS (INSERT INTO capacity_unit (event) VALUES ($1) RETURNING id),
  came AS (INSERT INTO registration (event, person, code)
    SELECT $1, p, 'F' || left(md5(p::text), 25) FROM unnest($2::int[]) p RETURNING id, person)
  INSERT INTO registration_line (registration, unit, person, state, queued_at)
  SELECT came.id, unit.id, came.person, 'confirmed', $3 FROM came, unit"""


async def measure() -> dict[str, float]:
    """Milliseconds; the least of a few tries, for a noisy machine only adds."""
    now = clock.now()
    await execute(MANY_EVENTS, now, EVENTS)
    return {**await of_the_agenda(now), **await of_5000_people(now)}


async def of_the_agenda(now: datetime) -> dict[str, float]:
    """The public feed with a thousand entries: its bytes, and the answer as it is asked for."""
    feed = feeds.public("nl")

    async def anew() -> None:
        vevent.cache_clear()
        plain.cache_clear()
        await execute("DELETE FROM feed_state")

    async def change_one() -> None:
        async with transaction():
            await execute("UPDATE event SET title = title || '!' WHERE slug = 'bench-feed-500'")

    whole = await least(lambda: feed.stored(now), before=anew)
    one = await least(lambda: feed.stored(now), before=change_one)
    found = await entries.public_entries("nl", now)
    cold, warm = [], []
    for _ in range(TRIES):
        vevent.cache_clear()
        plain.cache_clear()
        cold.append(spent(partial(render, feed.header, found)))
        await change_one()
        found = await entries.public_entries("nl", now)
        warm.append(spent(partial(render, feed.header, found)))
    return {
        "1,000 entries rebuilt, ms (under 500)": min(cold),
        "the same with reading, gzip and storing": whole,
        "one change among 1,000, ms (under 20)": min(warm),
        "the same, with reading and storing": one,
    }


async def of_5000_people(now: datetime) -> dict[str, float]:
    """One popular event changes: what that costs, and each of its people who asks afterwards."""
    event_id = (await execute("SELECT id FROM event WHERE slug = 'bench-feed-1'"))[0]["id"]
    people = [row["id"] for row in await execute(MANY_PEOPLE, PEOPLE)]
    await execute(ALL_COME, event_id, people, now)

    async def change() -> None:
        async with transaction():
            await execute("UPDATE event SET title = title || '!' WHERE id = $1", event_id)

    alone = await least(change)
    await asyncio.gather(*(_fetch(people[n::AT_ONCE], now) for n in range(AT_ONCE)))
    among = await least(change)
    first = [people[n : n + FETCHED : AT_ONCE] for n in range(AT_ONCE)]
    waits = await asyncio.gather(*(_fetch(some, now) for some in first))
    alike = await asyncio.gather(*(_fetch([people[-1]], now) for _ in range(AT_ONCE)))
    took = sorted(wait for some in waits for wait in some)
    return {
        "a change that 5,000 personal feeds show, ms": among,
        "the same when none of them was stored": alone,
        f"a personal feed after it, {AT_ONCE} at once, ms": took[len(took) // 2],
        f"slowest of {FETCHED}": took[-1],
        f"slowest of {AT_ONCE} who ask for the same one": max(wait for (wait,) in alike),
    }


async def _fetch(people: list[int], now: datetime) -> list[float]:
    """How long each waits for their own feed, one after the other."""
    waits = []
    for person_id in people:
        began = time.perf_counter()
        await feeds.personal(person_id, "nl").stored(now)
        waits.append((time.perf_counter() - began) * 1000)
    return waits


async def least(
    act: Callable[[], Awaitable[object]], *, before: Callable[[], Awaitable[None]] | None = None
) -> float:
    found = []
    for _ in range(TRIES):
        if before:
            await before()
        began = time.perf_counter()
        await act()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


def spent(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
