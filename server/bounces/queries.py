"""What came back, and which addresses are paused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.bounces.rules import Bounce
from server.clock import day_of
from server.database import execute
from tables.bounces import Verdict

SHOWN = timedelta(days=30)
# Only what came back since the address was paused last, or since ever.
SINCE = """SELECT came_at, verdict FROM bounce b WHERE email_key = $1 AND came_at > coalesce(
  (SELECT max(came_at) FROM bounce WHERE email_key = $1 AND tipped), '-infinity')"""
MAILED = """SELECT lower(address) AS key FROM outbox_letter WHERE message_id = $1
  UNION ALL SELECT email_key FROM newsletter_delivery WHERE message_id = $1"""
# What a mail server refused while we stood there: no report comes of it.
REFUSED = """
SELECT * FROM (
  SELECT d.message_id, d.email_key AS key, d.reason AS words FROM newsletter_delivery d
    JOIN newsletter_issue i ON i.id = d.issue AND coalesce(i.ended_at, $1) >= $1
    WHERE d.state = 'failed' AND d.changed_at >= $1
  UNION ALL SELECT message_id, lower(address), last_error FROM outbox_letter
    WHERE state = 'failed' AND created_at >= $1 AND address <> '') failed
WHERE words ~ '^[45][0-9][0-9] '
  AND NOT EXISTS (SELECT 1 FROM bounce b WHERE b.message_id = failed.message_id)
ORDER BY message_id"""
IS_PAUSED = """(p.email_state = 'hold' OR EXISTS (SELECT 1 FROM subscription s
  WHERE s.email_key = b.email_key AND s.state = 'hold'))"""
PAUSED = f"""
SELECT * FROM (SELECT DISTINCT ON (b.email_key) b.id, b.email_key, b.verdict, b.status, b.words,
    b.came_at, p.id AS person_id, p.display_name
  FROM bounce b LEFT JOIN person p ON p.email_key = b.email_key
  WHERE b.tipped AND {IS_PAUSED} ORDER BY b.email_key, b.came_at DESC) newest
ORDER BY came_at DESC LIMIT 200"""
OURS = """
SELECT words, status, count(*) AS times, max(came_at) AS last_at FROM bounce
WHERE verdict = 'policy' AND came_at > $1 GROUP BY words, status ORDER BY last_at DESC LIMIT 20"""


@dataclass(frozen=True)
class Paused:
    """An address that gets no mail it did not ask for, and the last that came back."""

    id: int
    email_key: str
    verdict: str
    status: str
    words: str
    came_at: datetime
    person_id: int | None
    display_name: str | None


@dataclass(frozen=True)
class Policy:
    """How we are refused, how often, and when last."""

    words: str
    status: str
    times: int
    last_at: datetime


async def address_of(message_id: UUID) -> str | None:
    """To which address a message of ours went, as it is compared; None when we do not know."""
    rows = await execute(MAILED, message_id)
    return str(rows[0]["key"]) or None if rows else None


async def refused(since: datetime) -> list[tuple[UUID, str, str]]:
    """Message-ID, address and the server's words of what was refused and is not noted yet."""
    rows = await execute(REFUSED, since)
    return [(row["message_id"], row["key"], row["words"]) for row in rows]


async def counting(email_key: str) -> list[Bounce]:
    """What counts against an address now."""
    rows = await execute(SINCE, email_key)
    return [Bounce(day_of(row["came_at"]), Verdict(row["verdict"])) for row in rows]


async def paused() -> list[Paused]:
    """The addresses that are paused because mail came back, the newest first."""
    return [Paused(**row) for row in await execute(PAUSED)]


async def refused_as_sender(now: datetime) -> list[Policy]:
    """How servers refused us in the last month, for what we are or sent."""
    return [Policy(**row) for row in await execute(OURS, now - SHOWN)]


async def address_paused_by(bounce_id: int) -> str | None:
    """The address that was paused after this one."""
    rows = await execute("SELECT email_key FROM bounce WHERE id = $1 AND tipped", bounce_id)
    return str(rows[0]["email_key"]) if rows else None
