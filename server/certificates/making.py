"""The worker makes the paper of certificates that were given out, and tells their holders.

A few at a time, each few in one transaction: killed at any moment, the next run goes on where it
was, and nobody is told of what is not there.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from server import clock
from server.certificates import paper, queries, rules, telling
from server.database import execute, transaction

SECONDS_AT_ONCE = 20
AT_ONCE = 8
NEXT = f"""SELECT id, year, number, code, lines FROM certificate WHERE made_at IS NULL
  ORDER BY id LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED"""
PUT_AWAY = """UPDATE certificate c SET pdf = made.pdf, made_at = $3, changed_at = $3
  FROM unnest($1::int[], $2::bytea[]) AS made(id, pdf) WHERE c.id = made.id"""


async def make(now: datetime) -> int:
    """Make what waits, for at most so many seconds: how many were made."""
    done, until = 0, clock.now() + timedelta(seconds=SECONDS_AT_ONCE)
    while clock.now() < until and (made := await _few(now)):
        done += made
    return done


async def _few(now: datetime) -> int:
    async with transaction():
        rows = await execute(NEXT)
        papers = await asyncio.gather(*(_paper(row) for row in rows))
        await execute(PUT_AWAY, [row["id"] for row in rows], papers, now)
        made = [row["id"] for row, one in zip(rows, papers, strict=True) if one is not None]
        await telling.made(await queries.several(made))
    return len(rows)


async def _paper(row: dict[str, Any]) -> bytes | None:
    """The paper; None for who was erased meanwhile: there is nothing to print."""
    printed = queries.as_printed(row)
    return None if rules.is_blank(printed) else await paper.certificate(printed)
