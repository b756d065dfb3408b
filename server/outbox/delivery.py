"""Send what is owed. Claimed in one transaction, sent outside any, marked in another.

A worker killed between sending and marking sends again after the lease, with the same Message-ID:
at least once, normally exactly once. A refusal of a letter counts as a try; a mail server that
cannot be reached does not, so that no letter fails because of an outage.
"""

import json
import time
from datetime import datetime, timedelta
from email.message import EmailMessage

from emails import gallery
from server import settings
from server.database import execute, transaction
from server.outbox.enclosing import Enclose, Lost, enclosed
from server.outbox.message import Queued, build
from server.outbox.transports import SECONDS, Transport, connect
from server.outbox.trouble import Broken, NotNow, Unreachable
from server.web.log import log

BATCH = 50
LEASE = timedelta(minutes=10)
BATCH_SECONDS = 300  # half the lease: whoever is slower gives the rest back in time
WAIT_MINUTES = (1, 5, 15, 60, 240)
OUTAGE = timedelta(minutes=1)
KEEP_FAILED = timedelta(days=14)
LONGEST_ERROR = 300

EXPIRE = """
UPDATE outbox_letter SET state = 'dropped', values = '{}', last_error = 'expired'
WHERE state IN ('queued', 'retry', 'held') AND expires_at <= $1"""

# Whoever died receives nothing more, whatever is still owed: asked before every batch. A letter
# to nobody in particular, such as to an applicant, is theirs by its address; not that of an
# application made after that day: it is of somebody else who reads the same mailbox.
STOP = """
UPDATE outbox_letter AS letter SET state = 'dropped', values = '{}', last_error = 'deceased'
FROM person WHERE person.deceased_on IS NOT NULL AND (person.id = letter.person
    OR (letter.person IS NULL AND person.email_key = lower(letter.address) AND NOT EXISTS (
      SELECT 1 FROM membership_application a WHERE a.person IS NULL
        AND letter.cause LIKE 'application:' || a.id || ':%'
        AND (a.created_at AT TIME ZONE 'Europe/Amsterdam')::date > person.deceased_on)))
  AND (letter.state IN ('queued', 'retry', 'held')
    OR (letter.state = 'sending' AND letter.claimed_at <= $1))"""

FORGET = """
UPDATE outbox_letter SET values = '{}' WHERE state = 'failed' AND kind = ANY($1::text[])
  AND values <> '{}'::jsonb AND (expires_at <= $2 OR created_at <= $3)"""

# Its reader was erased, or somebody whom it names: nothing of it is kept once it has left.
FORGET_ALL = """
UPDATE outbox_letter SET values = '{}', address = '', last_error = '' WHERE forgets_address
  AND address <> '' AND (state IN ('sent', 'dropped') OR (state = 'failed' AND created_at <= $1))"""

CLAIM = """
WITH due AS MATERIALIZED (
  SELECT id FROM outbox_letter WHERE not_before <= $1
    AND (state IN ('queued', 'retry') OR (state = 'sending' AND claimed_at <= $2))
  ORDER BY category <> 'service', not_before, id LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE outbox_letter AS letter SET state = 'sending', claimed_at = $1, attempts = attempts + 1
FROM due WHERE letter.id = due.id
RETURNING letter.id, kind, category, address, language, values::text AS values, message_id,
  attempts, claimed_at, person, event"""

# Whoever lost its lease in the meantime changes nothing any more.
MINE = "WHERE id = $1 AND state = 'sending' AND claimed_at = $2"


async def deliver(
    now: datetime, *, enclose: Enclose | None = None, seconds: float = SECONDS
) -> int:
    """Send one batch of due letters. Returns how many were taken up.

    `enclose` makes what goes along for calendars; `seconds` is the patience with the mail server.
    Idempotent; several workers may run it at once.
    """
    await tidy(now)
    letters = await claim(now)
    waiting = [*letters]
    if waiting:
        using = settings.current()
        try:
            async with connect(using.mail_url, using.var_dir / "mail", seconds=seconds) as way:
                await _send_all(waiting, way, enclose, now)
        except Unreachable as trouble:
            log.warning("mail server unreachable", why=str(trouble), waiting=len(waiting))
            await _give_back(waiting, str(trouble), now + OUTAGE)
        finally:
            await _give_back(waiting, "", now)
    return len(letters)


async def tidy(now: datetime) -> None:
    """Drop what came too late or is for who died; forget the secrets of what failed long ago."""
    secret = [kind for kind in gallery.all_letters() if gallery.forgets(kind)]
    async with transaction():
        await execute(EXPIRE, now)
        await execute(STOP, now - LEASE)
        await execute(FORGET, secret, now, now - KEEP_FAILED)
        await execute(FORGET_ALL, now - KEEP_FAILED)


async def claim(now: datetime) -> list[Queued]:
    """Take up to a batch of letters so that no other worker takes them too."""
    async with transaction():
        rows = await execute(CLAIM, now, now - LEASE, BATCH)
    rows.sort(key=lambda row: (row["category"] != "service", row["id"]))  # RETURNING has no order
    return [Queued(**{**row, "values": json.loads(row["values"])}) for row in rows]


async def _built(letter: Queued, enclose: Enclose | None, now: datetime) -> EmailMessage | None:
    """The message; one that cannot be written is parked, so that the others go on."""
    try:
        whole = await enclosed(letter, enclose, now)
    except Lost:
        return None
    try:
        return build(whole, now)
    except Exception as error:  # whatever is wrong with it, it is wrong with this letter only
        log.warning("letter cannot be written", letter=letter.id, why=type(error).__name__)
        await _mark(letter, "failed", f"{type(error).__name__}: {error}")
        return None


Waiting = list[Queued]


async def _send_all(
    waiting: Waiting, way: Transport, enclose: Enclose | None, now: datetime
) -> None:
    """Send from the front until all went, time is up, or the connection broke."""
    stop_at = time.monotonic() + BATCH_SECONDS
    while waiting and time.monotonic() < stop_at:
        letter = waiting.pop(0)
        message = await _built(letter, enclose, now)
        if message is None:
            continue
        try:
            problem = await _problem(way, message)
        except Unreachable:
            waiting.insert(0, letter)
            raise
        if problem is None:
            await _sent(letter, now)
        elif isinstance(problem, (NotNow, Broken)):
            await _later(letter, str(problem), now)
        else:
            await _mark(letter, "failed", str(problem))
        if isinstance(problem, Broken):
            return


async def _problem(way: Transport, message: EmailMessage) -> Exception | None:
    """Hand one message over; what was wrong with it, if anything."""
    try:
        await way.send(message)
    except Unreachable:
        raise
    except Exception as error:  # a message that no server can be given must not stop the others
        return error
    return None


async def _sent(letter: Queued, now: datetime) -> None:
    """Done; a letter that carried a secret forgets what it said."""
    async with transaction():
        await execute(
            "UPDATE outbox_letter SET state = 'sent', sent_at = $3, last_error = '',"
            f" values = CASE WHEN $4::boolean THEN '{{}}'::jsonb ELSE values END {MINE}",
            letter.id,
            letter.claimed_at,
            now,
            gallery.forgets(letter.kind),
        )


async def _later(letter: Queued, error: str, now: datetime) -> None:
    """Try again after 1, 5, 15, 60 and 240 minutes; then give up and show the board."""
    if letter.attempts > len(WAIT_MINUTES):
        await _mark(letter, "failed", error)
        return
    wait = timedelta(minutes=WAIT_MINUTES[letter.attempts - 1])
    async with transaction():
        await execute(
            f"UPDATE outbox_letter SET state = 'retry', not_before = $3, last_error = $4 {MINE}",
            letter.id,
            letter.claimed_at,
            now + wait,
            error[:LONGEST_ERROR],
        )


async def _mark(letter: Queued, state: str, error: str) -> None:
    async with transaction():
        await execute(
            f"UPDATE outbox_letter SET state = $3, last_error = $4 {MINE}",
            letter.id,
            letter.claimed_at,
            state,
            error[:LONGEST_ERROR],
        )


async def _give_back(waiting: Waiting, error: str, due_at: datetime) -> None:
    """Letters not tried after all: the try does not count."""
    if not waiting:
        return
    async with transaction():
        for letter in waiting:
            await execute(
                "UPDATE outbox_letter SET state = 'retry', attempts = attempts - 1,"
                " not_before = $3,"
                f" last_error = CASE WHEN $4 = '' THEN last_error ELSE $4 END {MINE}",
                letter.id,
                letter.claimed_at,
                due_at,
                error[:LONGEST_ERROR],
            )
    waiting.clear()
