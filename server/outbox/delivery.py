"""Send what is owed. Claimed in one transaction, sent outside any, marked in another.

A worker killed between sending and marking sends again after the lease, with the same Message-ID:
at least once, normally exactly once.
"""

import json
from datetime import datetime, timedelta

import jinja2

from emails import gallery
from server import settings
from server.database import execute, transaction
from server.outbox.message import BadAddress, Queued, build
from server.outbox.transports import NotNow, Refused, Transport, connect

BATCH = 50
LEASE = timedelta(minutes=10)
WAIT_MINUTES = (1, 5, 15, 60, 240)
LONGEST_ERROR = 300

CLAIM = """
UPDATE outbox_letter SET state = 'sending', claimed_at = $1, attempts = attempts + 1
WHERE id IN (SELECT id FROM outbox_letter WHERE not_before <= $1
  AND (state IN ('queued', 'retry') OR (state = 'sending' AND claimed_at < $2))
  ORDER BY not_before, id LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, category, address, language, values::text AS values, message_id, attempts,
  expires_at"""


async def deliver(now: datetime) -> int:
    """Send one batch of due letters. Returns how many were taken up."""
    letters = await claim(now)
    if not letters:
        return 0
    using = settings.current()
    try:
        async with connect(using.mail_url, using.var_dir / "mail") as transport:
            for letter in letters:
                await _send(letter, transport, now)
    except NotNow as nobody:
        for letter in letters:
            await _later(letter, str(nobody), now)
    return len(letters)


async def claim(now: datetime) -> list[Queued]:
    """Take up to a batch of letters so that no other worker takes them too."""
    async with transaction():
        rows = await execute(CLAIM, now, now - LEASE, BATCH)
    return [Queued(**{**row, "values": json.loads(row["values"])}) for row in rows]


async def _send(letter: Queued, transport: Transport, now: datetime) -> None:
    if letter.expires_at is not None and letter.expires_at <= now:
        await _mark(letter, "dropped", "expired before it could be sent")
        return
    try:
        message = build(letter, now)
    except (BadAddress, jinja2.TemplateError) as error:
        await _mark(letter, "failed", f"{type(error).__name__}: {error}")
        return
    try:
        await transport.send(message)
    except Refused as error:
        await _mark(letter, "failed", str(error))
    except NotNow as error:
        await _later(letter, str(error), now)
    else:
        await _sent(letter, now)


async def _sent(letter: Queued, now: datetime) -> None:
    """Done; a letter that carried a secret forgets what it said."""
    values = {} if gallery.forgets(letter.kind) else letter.values
    await execute(
        "UPDATE outbox_letter SET state = 'sent', sent_at = $2, last_error = '',"
        " values = $3::jsonb WHERE id = $1",
        letter.id,
        now,
        json.dumps(values, ensure_ascii=False),
    )


async def _later(letter: Queued, error: str, now: datetime) -> None:
    """Try again after 1, 5, 15, 60 and 240 minutes; then give up and show the board."""
    if letter.attempts > len(WAIT_MINUTES):
        await _mark(letter, "failed", error)
        return
    wait = timedelta(minutes=WAIT_MINUTES[letter.attempts - 1])
    await execute(
        "UPDATE outbox_letter SET state = 'retry', not_before = $2, last_error = $3"
        " WHERE id = $1 AND state = 'sending'",
        letter.id,
        now + wait,
        error[:LONGEST_ERROR],
    )


async def _mark(letter: Queued, state: str, error: str) -> None:
    await execute(
        "UPDATE outbox_letter SET state = $2, last_error = $3 WHERE id = $1",
        letter.id,
        state,
        error[:LONGEST_ERROR],
    )
