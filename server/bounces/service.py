"""Take what came back: note it, and pause an address that does not work.

An address is paused, consent is not touched: nobody said no. What the person asks for themselves,
such as a link to sign in, still goes; reading it there proves the address.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from server.actors import SYSTEM, Actor
from server.bounces import queries, reading, rules
from server.bounces.reading import Kind, Report
from server.clock import day_of
from server.database import execute, transaction
from server.errors import NotFound
from server.inbound.reading import Inbound
from server.inbound.service import Reader
from server.newsletters import pausing as newsletters
from server.one_by_one import each
from server.people import pausing as people

LOOKED_BACK = timedelta(days=1)
NOTE = """INSERT INTO bounce
  (message_id, email_key, verdict, status, words, came_at, tipped, created_at, changed_at, revision)
  VALUES ($1, $2, $3, $4, $5, $6, false, $6, $6, 1) ON CONFLICT DO NOTHING RETURNING id"""


async def take(inbound: Inbound, now: datetime) -> str | None:
    """What a message that came in means for an address; None when it is nothing that came back.

    Inside a transaction. Only who got a message of ours knows its Message-ID: nobody can pause
    an address with a report they made up.
    """
    report = reading.read(inbound.message)
    if report.letter is None or report.kind is Kind.other:
        return None
    email_key = await queries.address_of(report.letter)
    if email_key is None:
        return None
    await _note(report, email_key, now)
    return report.kind


READER = Reader("bounces", take)


async def count_refusals(now: datetime) -> int:
    """Note what servers refused to our face as what came back: how many. Idempotent."""
    return len(await each(await queries.refused(now - LOOKED_BACK), partial(_refused, now=now)))


async def _refused(one: tuple[UUID, str, str], *, now: datetime) -> None:
    async with transaction():
        await _note(reading.refusal(*one), one[1], now)


async def _note(report: Report, email_key: str, now: datetime) -> None:
    counts_as = rules.verdict(report)
    if counts_as is None:
        return
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"bounce {email_key}")
    said = (report.letter, email_key, counts_as, report.status, report.words, now)
    noted = await execute(NOTE, *said)
    if noted and rules.is_held(await queries.counting(email_key), day_of(now)):
        await execute("UPDATE bounce SET tipped = true WHERE id = $1", noted[0]["id"])
        why = " ".join((counts_as, report.status)).strip()
        await people.pause(SYSTEM, email_key, reason=why, now=now)
        await newsletters.pause(SYSTEM, email_key, reason=why)


async def release(actor: Actor, bounce_id: int, *, now: datetime) -> None:
    """Mail an address again that was paused after this one. Again is harmless. Raises NotFound."""
    async with transaction():
        email_key = await queries.address_paused_by(bounce_id)
        if email_key is None:
            raise NotFound
        await people.resume(actor, email_key, now=now)
        await newsletters.resume(actor, email_key)
