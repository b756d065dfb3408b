"""Certificates: how long one takes to give, to make, and to put away, in the worker."""

import time
from datetime import timedelta

from server import clock
from server.actors import SYSTEM
from server.attendance import drawing_up
from server.certificates import making, service
from server.database import execute

MANY = 1000
PEOPLE = """INSERT INTO person (surname, sort_key, display_name, language, created_at, changed_at)
  SELECT 'P' || n, 'p' || n, 'P' || n, 'nl', now(), now() FROM generate_series(1, $1) AS n
  RETURNING id"""
EVENT = """INSERT INTO event (title, slug, state, starts_at, ends_at, uid)
  VALUES ('Pijndag', 'bench-certificates', 'published', $1, $2, gen_random_uuid()) RETURNING id"""
COME = """
WITH unit AS (INSERT INTO capacity_unit (event) VALUES ($1) RETURNING id),
came AS (INSERT INTO registration (event, person, code)
  SELECT $1, p, left(md5(p::text), 26) FROM unnest($2::int[]) AS p RETURNING id, person),
line AS (INSERT INTO registration_line (registration, unit, person, state, queued_at)
  SELECT came.id, unit.id, came.person, 'confirmed', $3 FROM came, unit)
INSERT INTO scan (event, registration, direction, result, device, nonce, at)
SELECT $1, came.id, 'in', 'ok', gen_random_uuid(), gen_random_uuid(), $3 FROM came"""


async def thousand() -> dict[str, float]:
    """Milliseconds for each of a thousand: giving them out at once, and making the paper."""
    now = clock.now()
    starts = clock.day_bounds(clock.today() - timedelta(days=1))[0] + timedelta(hours=9)
    people = [row["id"] for row in await execute(PEOPLE, MANY)]
    event_id = (await execute(EVENT, starts, starts + timedelta(hours=7)))[0]["id"]
    await execute(COME, event_id, people, starts)
    await drawing_up.draw_up(SYSTEM, event_id, now=now)
    await drawing_up.show(SYSTEM, event_id, now=now)
    await drawing_up.settle(SYSTEM, event_id, now=now + timedelta(days=8))
    began = time.perf_counter()
    given = await service.give_all(SYSTEM, event_id, now=now)
    gave = time.perf_counter()
    made = 0
    while made < given:
        made += await making.make(now)
    done = time.perf_counter()
    return {
        "a certificate given, ms": (gave - began) * 1000 / given,
        "a certificate made, ms (reach 20)": (done - gave) * 1000 / made,
    }
