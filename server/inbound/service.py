"""Read a message once, whoever brings it and however often."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.database import execute, transaction
from server.inbound import reading
from server.inbound.reading import Inbound, Unreadable
from server.web.log import log

KEPT = timedelta(days=90)
FIRST = """INSERT INTO inbound_message (message_hash, read_at, reader, outcome)
  VALUES ($1, $2, '', '') ON CONFLICT (message_hash) DO NOTHING RETURNING id"""
KNOWN = "SELECT reader, outcome FROM inbound_message WHERE message_hash = $1"
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Reader:
    """What one domain makes of mail.

    `read` answers in one word what became of a message, or None: it is not for this domain. It
    runs inside a transaction and must not believe what it reads.
    """

    name: str
    read: Callable[[Inbound, datetime], Awaitable[str | None]]


@dataclass(frozen=True)
class Taken:
    """What became of a message; without a `reader` it is for people."""

    reader: str
    outcome: str
    is_new: bool = True


async def take(raw: bytes, readers: Sequence[Reader], *, now: datetime) -> Taken:
    """Read a message. Done is done when this returns; again, it changes nothing."""
    try:
        inbound = reading.read(raw)
        taken = await _read(inbound, readers, now)
    except Unreadable:
        taken = Taken("", UNREADABLE)
    log.info("mail came in", reader=taken.reader, outcome=taken.outcome, is_new=taken.is_new)
    return taken


async def _read(inbound: Inbound, readers: Sequence[Reader], now: datetime) -> Taken:
    async with transaction():
        if not await execute(FIRST, inbound.key, now):
            (known,) = await execute(KNOWN, inbound.key)
            return Taken(known["reader"], known["outcome"], is_new=False)
        for reader in readers:
            outcome = await reader.read(inbound, now)
            if outcome is not None:
                await execute(
                    "UPDATE inbound_message SET reader = $2, outcome = $3 WHERE message_hash = $1",
                    *(inbound.key, reader.name, outcome),
                )
                return Taken(reader.name, outcome)
    return Taken("", "")


async def forget(now: datetime) -> None:
    """What was read long ago comes no second time."""
    async with transaction():
        await execute("DELETE FROM inbound_message WHERE read_at < $1", now - KEPT)
