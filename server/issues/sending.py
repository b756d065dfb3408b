"""Begin what is due, and send it: a batch at a time over one connection, each reader once.

Claimed in one transaction, sent outside any, marked in another, as the outbox does. Consent is
looked up again for each reader, right before they are mailed. A worker that is killed leaves what
it had claimed to the next one, after the lease; only whom it was mailing at that very moment can
get the issue twice, with the same Message-ID.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from server import settings
from server.actors import SYSTEM
from server.database import execute, transaction
from server.errors import WrongState
from server.issues import checking, counting, queries, rules, service
from server.issues.claims import Claimed, claim, give_back, later, mark
from server.issues.composing import Composer
from server.issues.states import ISSUE
from server.one_by_one import each
from server.outbox.transports import SECONDS, Transport, connect
from server.outbox.trouble import Broken, NotNow, Unreachable
from server.web.log import log
from tables.issues import Counted

Step = Callable[[datetime], Awaitable[int]]
BATCH = 50
BATCH_SECONDS = 240  # below half the lease: whoever is slower gives the rest back in time
OUTAGE = timedelta(minutes=1)
DUE = """SELECT id, list, scheduled_at FROM newsletter_issue
  WHERE state = 'scheduled' AND scheduled_at <= $1 ORDER BY scheduled_at, id"""
NUMBER = "SELECT coalesce(max(number), 0) + 1 AS n FROM newsletter_issue WHERE list = $1"
DONE = """SELECT id FROM newsletter_issue i WHERE state = 'sending' AND NOT EXISTS (
  SELECT 1 FROM newsletter_delivery d WHERE d.issue = i.id AND d.test = 0
    AND d.state IN ('queued', 'retry', 'sending'))"""


async def tick(now: datetime, *, seconds: float = SECONDS) -> int:
    """Begin what is due, send one batch, close what is done. Returns how many were taken up.

    Idempotent; several workers may run it at once. `seconds` is the patience with the mail server.
    An issue that cannot begin keeps no other waiting.
    """
    steps: tuple[Step, ...] = (begin, partial(_send_some, seconds=seconds), _close)
    return (await each(steps, lambda step: step(now)))[1]


async def begin(now: datetime) -> int:
    """Queue every issue whose moment came; one that is half a day late waits for a person."""
    return len(await each(await execute(DUE, now), partial(_begin, now=now)))


async def _begin(row: dict[str, Any], *, now: datetime) -> None:
    with suppress(WrongState):  # another worker was first, or somebody took it back
        if rules.is_late(row["scheduled_at"], now):
            await service.unschedule(SYSTEM, row["id"], reason="late")
        else:
            await _start(row["id"], row["list"], now)


async def _send_some(now: datetime, *, seconds: float) -> int:
    claimed = await claim(now, BATCH)
    if claimed:
        await _send_batch([*claimed], now, seconds)
        await _stop_where_refused({one.issue_id for one in claimed if not one.test})
    return len(claimed)


async def _close(now: datetime) -> int:
    done = [row["id"] for row in await execute(DONE)]
    return len(await each(done, partial(_finish, now=now)))


async def _start(issue_id: int, list_id: int, now: datetime) -> None:
    """All at once: its number, who gets it, and how many that are."""
    async with transaction():
        await execute("SELECT 1 FROM newsletter_list WHERE id = $1 FOR UPDATE", list_id)
        number = (await execute(NUMBER, list_id))[0]["n"]
        set_also = {"number": number, "started_at": now}
        await ISSUE.move(issue_id, "start", actor=SYSTEM, set_also=set_also)
        counted = await counting.take(issue_id, list_id, Counted.sending, now=now)
        await counting.queue(issue_id, list_id, now=now)
        approved = (await queries.receipts(issue_id))[Counted.approved]
        if rules.is_another_audience(approved.get("", 0), counted.get("", 0)):
            await service.pause(SYSTEM, issue_id, reason="audience")


async def _finish(issue_id: int, *, now: datetime) -> None:
    try:
        async with transaction():
            await ISSUE.move(issue_id, "finish", actor=SYSTEM, set_also={"ended_at": now})
            await counting.close(issue_id, now=now)
    except WrongState:
        return


async def _send_batch(waiting: list[Claimed], now: datetime, seconds: float) -> None:
    using = settings.current()
    try:
        async with connect(using.mail_url, using.var_dir / "mail", seconds=seconds) as way:
            await _send_all(waiting, way, now)
    except Unreachable as trouble:
        log.warning("mail server unreachable", why=str(trouble), waiting=len(waiting))
        await give_back(waiting, now + OUTAGE)
    finally:
        await give_back(waiting, now)


async def _send_all(waiting: list[Claimed], way: Transport, now: datetime) -> None:
    """Send from the front until all went, time is up, or the connection broke."""
    composer = await Composer.of(waiting, now)
    stop_at = time.monotonic() + BATCH_SECONDS
    pause = 1 / settings.current().mail_rate if settings.current().mail_rate else 0
    while waiting and time.monotonic() < stop_at:
        one = waiting[0]
        verdict = await checking.verdict(one, now)
        waiting.pop(0)
        if verdict.waits:
            await give_back([one], now)
        elif verdict.reason:
            await mark(one, "skipped", verdict.reason, now)
        if verdict.one is None:
            continue
        one = verdict.one
        try:
            await _send(one, composer, way, now)
        except Unreachable:
            waiting.insert(0, one)
            raise
        except Broken as problem:
            await later(one, str(problem), now)
            return
        if pause:
            await asyncio.sleep(pause)


async def _send(one: Claimed, composer: Composer, way: Transport, now: datetime) -> None:
    """Hand one message over and write down what came of it."""
    try:
        await way.send(composer.message(one))
    except (Unreachable, Broken):
        raise
    except NotNow as problem:
        await later(one, str(problem), now)
    except Exception as problem:  # what no server can be given must not stop the others
        await mark(one, "failed", str(problem) or type(problem).__name__, now)
    else:
        await mark(one, "sent", "", now)


async def _stop_where_refused(issue_ids: set[int]) -> None:
    """More than a few refused for good: the list is not what we think; a person looks first."""
    for issue_id in issue_ids:
        if rules.is_refused_too_often(await queries.tried(issue_id)):
            try:
                await service.pause(SYSTEM, issue_id, reason="refused")
            except WrongState:
                continue
