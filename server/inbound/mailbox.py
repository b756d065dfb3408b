"""A mailbox that the program looks into: a Maildir on this machine, or a server (IMAP over TLS).

A message is put away only after what it meant was committed: whoever stops in between reads it
once more, and then it changes nothing. What nobody recognised stays unread, for people.
"""

import asyncio
import os
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from server.inbound import service
from server.inbound.imap import Imap
from server.inbound.reading import MOST_BYTES
from server.inbound.service import UNREADABLE, Reader, Taken
from server.web.log import log

AT_ONCE = 200


class Box(Protocol):
    """Something that holds mail. Its methods may block: they run in a thread."""

    def names(self) -> list[str]:
        """What nobody looked at yet, the oldest first."""

    def fetch(self, name: str) -> bytes | None:
        """One message; None when it is too large or gone."""

    def put_away(self, name: str, *, is_done: bool) -> None:
        """Looked at; `is_done`: people need not read it."""

    def close(self) -> None:
        """Go."""


async def look(
    url: str,
    readers: Sequence[Reader],
    *,
    now: datetime,
    tls: ssl.SSLContext | None = None,
) -> list[Taken]:
    """Read what is new in the mailbox of MAILBOX_URL. Raises OSError when it cannot be opened."""
    box = await asyncio.to_thread(_opened, url, tls)
    try:
        names = await asyncio.to_thread(box.names)
        return [
            taken
            for name in names[:AT_ONCE]
            if (taken := await _one(box, name, readers, now)) is not None
        ]
    finally:
        await asyncio.to_thread(box.close)


async def try_out(url: str) -> None:
    """Open it and go. Raises OSError when it cannot be opened."""
    box = await asyncio.to_thread(_opened, url, None)
    await asyncio.to_thread(box.close)


async def _one(box: Box, name: str, readers: Sequence[Reader], now: datetime) -> Taken | None:
    """One message. What goes wrong with it stops no other: it waits for the next look."""
    try:
        raw = await asyncio.to_thread(box.fetch, name)
        taken = Taken("", UNREADABLE) if raw is None else await service.take(raw, readers, now=now)
        await asyncio.to_thread(lambda: box.put_away(name, is_done=bool(taken.reader)))
    except Exception as problem:
        log.warning("mail could not be read", why=type(problem).__name__)
        return None
    return taken


def _opened(url: str, tls: ssl.SSLContext | None) -> Box:
    if url.startswith("maildir:"):
        return Maildir(Path(url.removeprefix("maildir:")))
    return Imap(url, tls or ssl.create_default_context())


class Maildir:
    """A folder with `new` and `cur` (maildir(5)); mail servers put whole files into `new`."""

    def __init__(self, folder: Path) -> None:
        self._new, self._cur = folder / "new", folder / "cur"
        if not (self._new.is_dir() and self._cur.is_dir()):
            raise FileNotFoundError(f"{folder} is no Maildir: it has no folders new and cur")

    def names(self) -> list[str]:
        """By the moment of arrival, with which a name begins."""
        return sorted(path.name for path in self._new.iterdir() if path.is_file())

    def fetch(self, name: str) -> bytes | None:
        """The file, unless it is too large."""
        path = self._new / name
        return path.read_bytes() if path.stat().st_size <= MOST_BYTES else None

    def put_away(self, name: str, *, is_done: bool) -> None:
        """Out of `new`; `S` is seen."""
        os.rename(self._new / name, self._cur / f"{name}:2,{'S' if is_done else ''}")

    def close(self) -> None:
        """Nothing is open."""
