"""The calendar part of a letter: made when the letter first leaves, and kept with it.

The calendars stand above the outbox: the worker hands their `Enclose` to the delivery. A letter
says only which event it is about.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime

import asyncpg

from server.database import execute, transaction
from server.outbox.calendar_part import KEY, Enclosed
from server.outbox.message import Queued
from server.web.log import log

NO_DATABASE = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
Enclose = Callable[[Queued, datetime], Awaitable[Enclosed | None]]

# Of several letters about one event that wait together only the newest changes a calendar.
LATER = """SELECT 1 FROM outbox_letter WHERE person = $1 AND event = $2 AND id > $3
  AND (state = 'sending' OR (state IN ('queued', 'retry') AND not_before <= $4)) LIMIT 1"""
KEEP = """UPDATE outbox_letter SET values = values || jsonb_build_object($3::text, $4::jsonb)
  WHERE id = $1 AND state = 'sending' AND claimed_at = $2 RETURNING address"""


class Lost(Exception):
    """The letter is another worker's by now."""


class Erased(Exception):
    """Its reader was erased since it was taken up: nothing more is remembered of them."""


async def enclosed(letter: Queued, enclose: Enclose | None, now: datetime) -> Queued:
    """The letter with what belongs to it for its reader's calendar. Raises Lost.

    Part and memory of it are committed together, before the letter leaves. One that cannot be
    made is logged and never keeps a letter back.
    """
    if enclose is None or letter.person is None or letter.event is None or KEY in letter.values:
        return letter
    try:
        async with transaction():
            if await execute(LATER, letter.person, letter.event, letter.id, now):
                return letter
            made = await enclose(letter, now)
            return letter if made is None else await _kept(letter, made)
    except (Lost, *NO_DATABASE):
        raise
    except Exception as problem:
        log.error("invitation left out", letter=letter.id, why=type(problem).__name__)
        return letter


async def _kept(letter: Queued, made: Enclosed) -> Queued:
    said = asdict(made)
    rows = await execute(KEEP, letter.id, letter.claimed_at, KEY, json.dumps(said))
    if not rows:
        raise Lost
    if not rows[0]["address"]:
        raise Erased
    return replace(letter, values={**letter.values, KEY: said})
