"""The worker makes the paper of certificates that were given out, and tells their holders.

One by one, each in its own transaction: killed at any moment, the next run goes on where it was.
"""

from datetime import datetime, timedelta

from server import clock
from server.certificates import paper, queries, telling
from server.database import execute, transaction
from server.errors import NotFound

SECONDS_AT_ONCE = 20
NEXT = """SELECT id FROM certificate WHERE made_at IS NULL ORDER BY id LIMIT 1
  FOR UPDATE SKIP LOCKED"""


async def make(now: datetime) -> int:
    """Make what waits, for at most so many seconds: how many were made."""
    done, until = 0, clock.now() + timedelta(seconds=SECONDS_AT_ONCE)
    while clock.now() < until and await _next(now):
        done += 1
    return done


async def _next(now: datetime) -> bool:
    async with transaction():
        rows = await execute(NEXT)
        if not rows:
            return False
        certificate_id = rows[0]["id"]
        try:
            made = await paper.certificate(await queries.printed(certificate_id))
        except NotFound:  # erased meanwhile: there is nothing to print
            made = None
        await execute(
            "UPDATE certificate SET pdf = $2, made_at = $3, changed_at = $3 WHERE id = $1",
            *(certificate_id, made, now),
        )
        if made is not None:
            await telling.made(await queries.one(certificate_id))
    return True
