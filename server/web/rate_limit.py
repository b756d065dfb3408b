"""How often may one ask: counters in PostgreSQL, shared by every process.

A window opens with the first question and counts until it ends. Keys are stored as hashes,
because they hold addresses of people.
"""

import hashlib
from datetime import datetime, timedelta

from server.database import execute
from server.errors import TooMany

MAILS_AN_HOUR = 3
HOUR_SECONDS = 3600
COUNT = """
INSERT INTO rate_limit AS r (key, window_ends_at, hits) VALUES ($1, $2, 1)
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN r.window_ends_at <= $3 THEN 1 ELSE LEAST(r.hits + 1, 1000000) END,
    window_ends_at = CASE WHEN r.window_ends_at <= $3
                          THEN excluded.window_ends_at ELSE r.window_ends_at END
RETURNING hits, window_ends_at
"""


async def allow(key: str, limit: int, seconds: int, now: datetime) -> None:
    """Count one question under `key`; at most `limit` in a window of `seconds`.

    Call it outside a transaction, or a rollback forgets the question. Refuses: TooMany, with the
    seconds to wait.
    """
    hits, ends_at = await _count(key, seconds, now)
    if hits > limit:
        raise TooMany(seconds=max(1, round((ends_at - now).total_seconds())))


async def may_mail(email_key: str, now: datetime) -> bool:
    """Whether a public form may still cause a letter to this address; counts as one.

    All public forms share it: at most three letters an hour to one address. It says no instead
    of refusing, because the page must answer alike.
    """
    hits, _ = await _count(f"mail:{email_key}", HOUR_SECONDS, now)
    return hits <= MAILS_AN_HOUR


async def forget(now: datetime) -> None:
    """Remove the counters whose window has ended; the worker does this."""
    await execute("DELETE FROM rate_limit WHERE window_ends_at <= $1", now)


async def _count(key: str, seconds: int, now: datetime) -> tuple[int, datetime]:
    name, _, rest = key.partition(":")
    hashed = f"{name[:40]}:{hashlib.sha256(rest.encode(errors='surrogatepass')).hexdigest()}"
    rows = await execute(COUNT, hashed, now + timedelta(seconds=seconds), now)
    return rows[0]["hits"], rows[0]["window_ends_at"]
