"""Send what is queued. Claimed in one transaction, sent outside any, marked in another.

A worker killed between sending and marking sends again after the lease, with the same webhook-id:
at least once, normally exactly once. One slow receiver never holds up the others.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server import clock
from server.database import execute, transaction
from server.web import outbound, sealing
from server.web.log import log
from server.web.outbound import NotSent, Outbound
from server.webhooks import collecting, rules, telling

LEASE = timedelta(minutes=5)
AT_ONCE = 20
OF_ONE_HOOK = 4
KEPT = timedelta(days=30)
PURPOSE = "webhook"
CLAIM = f"""
WITH due AS MATERIALIZED (
  SELECT one.id FROM webhook w CROSS JOIN LATERAL (
    SELECT d.id, d.not_before FROM webhook_delivery d WHERE d.webhook = w.id
      AND d.state IN ('queued', 'retry') AND d.not_before <= $1
      AND (w.state = 'active' OR d.audit_entry = 0)
    ORDER BY d.not_before, d.id LIMIT {OF_ONE_HOOK} FOR UPDATE SKIP LOCKED) one
  ORDER BY one.not_before LIMIT {AT_ONCE})
UPDATE webhook_delivery AS d SET state = 'retry', attempts = attempts + 1, not_before = $2
FROM due, webhook w WHERE d.id = due.id AND w.id = d.webhook
RETURNING d.id, d.webhook, d.message_id, d.payload::text AS payload, d.attempts, d.audit_entry,
  w.url, w.encrypted_secret"""
# A pause in the meantime drops what is under way; that it arrived is still worth knowing.
DONE = """UPDATE webhook_delivery SET state = 'delivered', delivered_at = $3, status_code = $4,
  error = '' WHERE id = $1 AND attempts = $2 AND state IN ('retry', 'dropped') RETURNING id"""
NOT_DONE = """UPDATE webhook_delivery SET state = $3, not_before = $4, status_code = $5, error = $6
  WHERE id = $1 AND attempts = $2 AND state = 'retry' RETURNING id"""


async def tick(now: datetime) -> None:
    """What changed becomes messages; what is due is sent. Idempotent; several may run at once."""
    while await collecting.collect(now) == collecting.AT_ONCE:
        pass
    await deliver(now)


async def deliver(now: datetime, way: Outbound | None = None) -> int:
    """Send one batch of due messages. Returns how many were taken up."""
    claimed = await claim(now)
    if claimed:
        out = way or Outbound()
        try:
            await asyncio.gather(*(_deliver(one, out, now) for one in claimed))
        finally:
            if way is None:
                await out.close()
    return len(claimed)


async def claim(now: datetime) -> list[dict[str, Any]]:
    """Take up due messages so that no other worker takes them too; each counts as a try."""
    async with transaction():
        return await execute(CLAIM, now, now + LEASE)


async def _deliver(one: Mapping[str, Any], out: Outbound, now: datetime) -> None:
    """One try at one message, and its mark. What goes wrong here stops no other message."""
    try:
        status, error = await _send(one, out)
        await _mark(one, status, error, now)
    except Exception as problem:  # the lease brings it back
        log.warning("webhook not marked", delivery=one["id"], why=type(problem).__name__)


async def _send(one: Mapping[str, Any], out: Outbound) -> tuple[int | None, str]:
    """The status that was answered, or why there was none."""
    secret = sealing.unseal(PURPOSE, one["encrypted_secret"])
    if secret is None:
        return None, "secret"
    said = rules.body(json.loads(one["payload"]))
    signed = rules.headers(secret, rules.message_name(one["message_id"]), clock.now(), said)
    try:
        answer: outbound.Answer = await out.post(one["url"], said, signed)
    except NotSent as problem:
        return None, problem.why
    return answer.status, "" if 200 <= answer.status < 300 else "status"


async def _mark(one: Mapping[str, Any], status: int | None, error: str, now: datetime) -> None:
    """Delivered, to be tried again, or given up. First the webhook is locked, then the message."""
    async with transaction():
        await telling.lock(one["webhook"])
        if not error:
            await execute(DONE, one["id"], one["attempts"], clock.now(), status)
            await telling.arrived(one["webhook"])
            return
        is_over = _is_over(one, status)
        wait = timedelta() if is_over else rules.WAITS[one["attempts"] - 1]
        state = "failed" if is_over else "retry"
        marked = await execute(
            NOT_DONE, *(one["id"], one["attempts"], state, now + wait, status, error)
        )
        if marked and is_over and one["audit_entry"]:
            await telling.given_up(one["webhook"], is_gone=status == rules.GONE, now=now)


def _is_over(one: Mapping[str, Any], status: int | None) -> bool:
    """A test is tried once; an address that says it is gone is believed."""
    is_last = one["attempts"] > len(rules.WAITS) or not one["audit_entry"]
    return is_last or status == rules.GONE


async def forget(now: datetime) -> None:
    """Remove messages that are over, after a month."""
    await execute(
        "DELETE FROM webhook_delivery WHERE created_at < $1"
        " AND state IN ('delivered', 'failed', 'dropped')",
        now - KEPT,
    )
