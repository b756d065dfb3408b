"""A real PostgreSQL for the whole run, and a clean pool for each test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from server import database, migrating, postgres

NOTHING_MAY_BE_SKIPPED = os.environ.get("CI") == "true"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Private]:
    directory = Path(tempfile.mkdtemp(prefix="netwerk-test-"))
    directory.chmod(0o711)
    running = postgres.start(directory / "postgres")
    try:
        database.configure(running.url())
        asyncio.run(migrating.migrate())
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory)


@pytest.fixture
async def db(server: postgres.Private) -> AsyncIterator[None]:
    await database.open_pool(size=8)
    yield
    await database.close_pool()
    connection = await asyncpg.connect(server.url())
    names = ", ".join(f'"{row[0]}"' for row in await connection.fetch(TABLES))
    await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    await connection.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_MAY_BE_SKIPPED and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
