"""How often feeds are fetched, by which kind of program: never by whom.

A fetch that touches no database is counted in this process's memory and written once a minute, in
one statement. A process that is killed loses a minute of statistics, and nothing else.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import asyncpg
from litestar.types import Scope

from server import clock
from server.calendars.rules import client_family
from server.database import execute

PERSONAL = "personal"
SECONDS = 60.0
SEEN_AT_MOST = 100_000
KEPT = timedelta(days=400)
NO_DATABASE = (OSError, RuntimeError, asyncpg.PostgresError, asyncpg.InterfaceError)
ADD = """INSERT INTO feed_fetch (key, client, day, fetches, readers, last_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::int[], $5::int[], $6::timestamptz[])
  ON CONFLICT (key, client, day) DO UPDATE SET fetches = feed_fetch.fetches + excluded.fetches,
    readers = feed_fetch.readers + excluded.readers,
    last_at = greatest(feed_fetch.last_at, excluded.last_at)"""

Line = tuple[str, str, date]  # which feed, fetched by which kind of program, when


@dataclass
class Count:
    """What came together since it was last written."""

    fetches: int = 0
    readers: int = 0
    last_at: float = 0.0

    def add(self, fetches: int, readers: int, at: float) -> None:
        """Some more."""
        self.fetches += fetches
        self.readers += readers
        self.last_at = max(self.last_at, at)


@dataclass
class Fetches:
    """The counts of this process.

    To tell programs apart within a day it keeps hashes of address and name in memory, salted anew
    by Python at every start; they are forgotten at midnight and written nowhere.
    """

    _counts: dict[Line, Count] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _day: date = date.min
    _day_ends: float = 0.0

    def open(self, feed: str, scope: Scope) -> None:
        """An open feed was fetched."""
        if scope.get("method") != "GET":
            return
        agent = next((v for name, v in scope["headers"] if name == b"user-agent"), b"")
        peer, key, at = scope.get("client"), subject(feed), time.time()
        self._turn(at)
        reader = hash((key, peer[0] if peer else "", agent))
        is_new = reader not in self._seen
        if is_new and len(self._seen) < SEEN_AT_MOST:
            self._seen.add(reader)
        self._of((key, family(agent), self._day)).add(1, int(is_new), at)

    def personal(self, client: str, now: datetime, *, is_first: bool) -> None:
        """A secret address was used; `is_first` of that day."""
        at = now.timestamp()
        self._of((PERSONAL, client, clock.day_of(now))).add(1, int(is_first), at)

    async def flush(self) -> None:
        """Write what came together. Without a database it is kept for the next time."""
        counts, self._counts = self._counts, {}
        if not counts:
            return
        lines = sorted(counts)  # in one order, so that two processes never wait for each other
        found = [counts[line] for line in lines]
        try:
            await execute(
                ADD,
                *([line[n] for line in lines] for n in range(3)),
                [one.fetches for one in found],
                [one.readers for one in found],
                [datetime.fromtimestamp(one.last_at, UTC) for one in found],
            )
        except NO_DATABASE:
            for line, one in counts.items():
                self._of(line).add(one.fetches, one.readers, one.last_at)

    def clear(self) -> None:
        """Start with nothing."""
        self._counts.clear()
        self._seen.clear()

    def _of(self, line: Line) -> Count:
        return self._counts.setdefault(line, Count())

    def _turn(self, at: float) -> None:
        """A new day knows nobody yet."""
        if at >= self._day_ends:
            self._day = clock.today()
            self._day_ends = clock.day_bounds(self._day)[1].timestamp()
            self._seen.clear()


@lru_cache(1024)
def subject(feed: str) -> str:
    """What a feed is counted as: both languages together, the files of single events as one."""
    found = feed.rpartition(":")[0]
    return "event" if found.startswith("event:") else found


@lru_cache(1024)
def family(agent: bytes) -> str:
    """Which kind of program this is."""
    return client_family(agent.decode("latin-1"))


FETCHES = Fetches()


@asynccontextmanager
async def writing(_app: object = None) -> AsyncIterator[None]:
    """Write every minute while the application runs, and once more at its end."""
    FETCHES.clear()
    pen = asyncio.create_task(_write(), name="feeds count")
    try:
        yield
    finally:
        pen.cancel()
        await asyncio.gather(pen, return_exceptions=True)
        with suppress(*NO_DATABASE):
            await FETCHES.flush()


async def _write() -> None:
    while True:
        await asyncio.sleep(SECONDS)
        await FETCHES.flush()


async def forget(now: datetime) -> None:
    """Days of long ago."""
    await execute("DELETE FROM feed_fetch WHERE day < $1", clock.day_of(now - KEPT))
