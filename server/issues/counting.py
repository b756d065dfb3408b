"""Who would get an issue and who not, counted in the database and kept as a receipt."""

from datetime import datetime

from server import clock
from server.consent.rules import pepper
from server.database import execute
from server.newsletters import rules
from server.newsletters.audience import CANDIDATES
from tables.issues import Counted

TAKE = f"""{CANDIDATES}
INSERT INTO newsletter_receipt (issue, counted, reason, people, created_at, changed_at)
SELECT $5, $6, reason, count(*)::int, $7, $7 FROM candidate GROUP BY reason
RETURNING reason, people"""
# The whole sending in one statement: everybody once, whatever way they are on the list.
QUEUE = f"""{CANDIDATES}
INSERT INTO newsletter_delivery (issue, test, person, subscription, email, email_key, name,
  language, message_id, not_before, created_at, changed_at)
SELECT $5, 0, person_id, subscription_id, email, email_key, left(name, 200), language,
  gen_random_uuid(), $6, $6, $6 FROM candidate WHERE reason = '' ORDER BY key
ON CONFLICT (issue, email_key, test) DO NOTHING"""
BECAME = """
INSERT INTO newsletter_receipt (issue, counted, reason, people, created_at, changed_at)
SELECT issue, 'sent', CASE state WHEN 'sent' THEN '' WHEN 'failed' THEN 'failed'
  ELSE left(reason, 20) END, count(*)::int, $2, $2
FROM newsletter_delivery WHERE issue = $1 AND test = 0 GROUP BY 1, 3
ON CONFLICT DO NOTHING"""


async def take(issue_id: int, list_id: int, at: Counted, *, now: datetime) -> dict[str, int]:
    """Write down how many would get it now, and for each reason how many would not."""
    rows = await execute(TAKE, *_asked(list_id, now), issue_id, at.value, now)
    return {row["reason"]: row["people"] for row in rows}


async def forget(issue_id: int, at: Counted) -> None:
    """What was counted for words that are no more."""
    await execute(
        "DELETE FROM newsletter_receipt WHERE issue = $1 AND counted = $2", issue_id, at.value
    )


async def queue(issue_id: int, list_id: int, *, now: datetime) -> None:
    """A delivery for everybody who gets it."""
    await execute(QUEUE, *_asked(list_id, now), issue_id, now)


async def close(issue_id: int, *, now: datetime) -> None:
    """What became of it in numbers, which stay when the log is forgotten."""
    await execute(BECAME, issue_id, now)


def _asked(list_id: int, now: datetime) -> tuple[object, ...]:
    return (list_id, clock.day_of(now), rules.EVERYTHING, pepper())
