"""The worker makes the paper of certificates that were given out, and tells their holders.

A few at a time, each few in one transaction: killed at any moment, the next run goes on where it
was, and nobody is told of what is not there. One that cannot be made rests, so that the others are.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from server import clock
from server.certificates import paper, queries, rules, telling
from server.database import execute, transaction
from server.web.log import log

SECONDS_AT_ONCE = 20
AT_ONCE = 8
MINUTES_OF_REST = 10
NEXT = f"""SELECT id, year, number, code, lines FROM certificate
  WHERE made_at IS NULL AND state = 'valid' AND (changed_at = created_at
    OR changed_at <= $1::timestamptz - interval '{MINUTES_OF_REST} minutes')
  ORDER BY id LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED"""
PUT_AWAY = """UPDATE certificate c SET pdf = made.pdf, made_at = $3, changed_at = $3
  FROM unnest($1::int[], $2::bytea[]) AS made(id, pdf) WHERE c.id = made.id"""
REST = "UPDATE certificate SET changed_at = $2 WHERE id = ANY($1::int[])"


async def make(now: datetime) -> int:
    """Make what waits, for at most so many seconds: how many were tried."""
    done, until = 0, clock.now() + timedelta(seconds=SECONDS_AT_ONCE)
    while clock.now() < until and (made := await _few(now)):
        done += made
    return done


async def _few(now: datetime) -> int:
    """How many were looked at: also those that could not be made."""
    async with transaction():
        rows = await execute(NEXT, now)
        tried = await asyncio.gather(*(_paper(row) for row in rows), return_exceptions=True)
        papers: dict[int, bytes | None] = {}
        for row, one in zip(rows, tried, strict=True):
            if not isinstance(one, BaseException):
                papers[row["id"]] = one
            elif isinstance(one, Exception):
                log.error("certificate not made", certificate=row["id"], exc_info=one)
            else:
                raise one
        await execute(PUT_AWAY, list(papers), list(papers.values()), now)
        await execute(REST, [row["id"] for row in rows if row["id"] not in papers], now)
        made = [key for key, one in papers.items() if one is not None]
        await telling.made(await queries.several(made))
    return len(rows)


async def _paper(row: dict[str, Any]) -> bytes | None:
    """The paper; None for who was erased meanwhile: there is nothing to print."""
    printed = queries.as_printed(row)
    return None if rules.is_blank(printed) else await paper.certificate(printed)
