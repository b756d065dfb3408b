"""Where the database is: yours, the private one that runs, or one started for the moment."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from server import postgres
from server.cli import lock
from server.cli.saying import CannotStart
from server.postgres.private import address
from server.settings import Settings

OLDEST = 150000
PATIENCE_SECONDS = 10.0
START_SECONDS = 60.0


@contextmanager
def database_address(settings: Settings) -> Iterator[str]:
    """The address for one command. Raises CannotStart or PostgresProblem."""
    if settings.database_url:
        check(settings.database_url)
        yield settings.database_url
        return
    try:
        with lock.held(settings.var_dir), private(settings) as server:
            yield server.url()
    except lock.Running:
        yield _of_the_running_program(settings)


@contextmanager
def private(settings: Settings) -> Iterator[postgres.Private]:
    """The private PostgreSQL for as long as it is needed; hold the lock around it."""
    server = postgres.start(settings.var_dir / "postgres", chosen=settings.pg_bin)
    try:
        yield server
    finally:
        server.stop()


def _of_the_running_program(settings: Settings) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = postgres.at_work(settings.var_dir / "postgres")
        if found:
            return address(found.sockets)
        time.sleep(0.1)
    raise CannotStart("The running program has no database yet. Try again when it answers.")


def check(database_url: str) -> None:
    """Whether a PostgreSQL that we can use answers there. Raises CannotStart."""
    try:
        version = asyncio.run(_version(database_url))
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as no:
        reason = str(no).partition("\n")[0] or "it did not answer in time"
        raise CannotStart(
            f"DATABASE_URL leads to no database that can be used: {reason}. Start it or mend "
            "DATABASE_URL; leave it empty to use the private PostgreSQL."
        ) from no
    if version < OLDEST:
        raise CannotStart(
            f"DATABASE_URL leads to PostgreSQL {version // 10000}; version 15 or later is needed."
        )


async def _version(database_url: str) -> int:
    connection = await asyncpg.connect(database_url, timeout=PATIENCE_SECONDS)
    try:
        return int(await connection.fetchval("SHOW server_version_num"))
    finally:
        await connection.close()
