"""Take deliveries up, and write down what came of them; whoever lost the lease changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.database import execute, transaction

LEASE = timedelta(minutes=10)
WAIT_MINUTES = (1, 5, 15, 60, 240)
LONGEST_REASON = 300
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT d.id, i.list AS list_id
  FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue
  WHERE d.not_before <= $1
    AND (d.state IN ('queued', 'retry') OR (d.state = 'sending' AND d.claimed_at <= $2))
    AND (i.state = 'sending' OR d.test > 0)
  ORDER BY d.test = 0, d.not_before, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED)
UPDATE newsletter_delivery AS d
SET state = 'sending', claimed_at = $1, changed_at = $1, attempts = attempts + 1
FROM due WHERE d.id = due.id
RETURNING d.id, d.issue AS issue_id, d.test, d.person AS person_id,
  d.subscription AS subscription_id, d.email, d.email_key, d.name, d.language, d.message_id,
  d.attempts, d.claimed_at, due.list_id"""
MINE = "WHERE id = $1 AND state = 'sending' AND claimed_at = $2"


@dataclass(frozen=True)
class Claimed:
    """One delivery that this worker may send."""

    id: int
    issue_id: int
    test: int
    person_id: int | None
    subscription_id: int | None
    email: str
    email_key: str
    name: str
    language: str
    message_id: UUID
    attempts: int
    claimed_at: datetime
    list_id: int


async def claim(now: datetime, most: int) -> list[Claimed]:
    """Take up to so many, tests first, so that no other worker takes them too."""
    async with transaction():
        rows = await execute(CLAIM, now, now - LEASE, most)
    return sorted((Claimed(**row) for row in rows), key=lambda one: (one.test == 0, one.id))


async def mark(one: Claimed, state: str, reason: str, now: datetime) -> None:
    """What became of it."""
    await execute(
        "UPDATE newsletter_delivery SET state = $3::text, reason = $4, revision = revision + 1,"
        " changed_at = $5::timestamptz,"
        f" sent_at = CASE WHEN $3::text = 'sent' THEN $5::timestamptz END {MINE}",
        *(one.id, one.claimed_at, state, reason[:LONGEST_REASON], now),
    )


async def later(one: Claimed, reason: str, now: datetime) -> None:
    """Try again after 1, 5, 15, 60 and 240 minutes; then give up."""
    if one.attempts > len(WAIT_MINUTES):
        await mark(one, "failed", reason, now)
        return
    due_at = now + timedelta(minutes=WAIT_MINUTES[one.attempts - 1])
    await execute(
        "UPDATE newsletter_delivery SET state = 'retry', not_before = $3, reason = $4,"
        f" changed_at = $5 {MINE}",
        *(one.id, one.claimed_at, due_at, reason[:LONGEST_REASON], now),
    )


async def give_back(waiting: list[Claimed], due_at: datetime) -> None:
    """Not tried after all: the try does not count."""
    if waiting:
        await execute(
            "UPDATE newsletter_delivery SET state = 'queued', attempts = attempts - 1,"
            " not_before = greatest(not_before, $3), claimed_at = NULL"
            " WHERE id = ANY($1::int[]) AND state = 'sending' AND claimed_at = $2",
            *([one.id for one in waiting], waiting[0].claimed_at, due_at),
        )
    waiting.clear()


async def link(pairs: Sequence[tuple[int, int]]) -> None:
    """Delivery, subscription: the one whose links it carries."""
    await execute(
        "UPDATE newsletter_delivery AS d SET subscription = u.subscription"
        " FROM unnest($1::int[], $2::int[]) AS u(id, subscription) WHERE d.id = u.id",
        *([one for one, _ in pairs], [other for _, other in pairs]),
    )


async def move_to(one: Claimed, email: str, email_key: str) -> bool:
    """Follow somebody to the address they proved since; False when that has its own delivery."""
    rows = await execute(
        f"UPDATE newsletter_delivery AS d SET email = $3, email_key = $4 {MINE}"
        " AND NOT EXISTS (SELECT 1 FROM newsletter_delivery o WHERE o.issue = d.issue"
        " AND o.test = d.test AND o.email_key = $4) RETURNING d.id",
        *(one.id, one.claimed_at, email, email_key),
    )
    return bool(rows)
