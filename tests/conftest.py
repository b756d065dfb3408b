"""A real PostgreSQL for the whole run, and a clean pool for each test."""

import asyncio
import fcntl
import gc
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from litestar import Litestar
from xdist.scheduler import LoadFileScheduling

from server import database, migrating, postgres, settings
from server.app import create_app

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
HOST = "http://localhost:8000"

# What takes longest begins first, so that no process goes on alone at the end. The first two
# each stay together: they share a program and a browser.
TOGETHER = ("tests/journeys/test_tour.py", "tests/journeys/")
LONGEST = (*TOGETHER, "tests/house/", "tests/launcher/", "tests/registrations/test_machine.py")
NOTHING_MAY_BE_SKIPPED = os.environ.get("CI") == "true"
# Only what a test filled is emptied. DELETE, with the triggers off, is many times quicker here
# than TRUNCATE, which makes new files for a table, its indexes and all that refers to it.
EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE name regclass; is_filled boolean;
BEGIN
  FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname <> 'migration'
    AND pg_relation_size(oid) > 0
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', name) INTO is_filled;
    IF is_filled THEN EXECUTE format('DELETE FROM %s', name); END IF;
  END LOOP;
END $$;
SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'
  AND relname <> 'migration_id_seq' AND pg_sequence_last_value(oid) > 0"""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


async def hurry(dsn: str) -> None:
    """What a test writes need not outlive a power cut: the disk is not waited for."""
    connection = await asyncpg.connect(dsn)
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {name} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Private]:
    """A PostgreSQL of this process."""
    directory = Path(tempfile.mkdtemp(prefix="netwerk-test-"))
    directory.chmod(0o711)
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else None
    lay(directory / "postgres", shared)
    running = postgres.start(directory / "postgres")
    try:
        database.configure(running.url())
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory)


def lay(directory: Path, shared: Path | None) -> None:
    """A migrated database: of several processes the first migrates, and the others copy that."""
    if shared is None:
        return migrate(directory)
    with (shared / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "migrated").exists():
            migrate(directory)
            return copy(directory / "data", shared / "migrated")
    directory.mkdir()
    return copy(shared / "migrated", directory / "data")


def migrate(directory: Path) -> None:
    running = postgres.start(directory)
    try:
        database.configure(running.url())
        asyncio.run(hurry(running.url()))
        asyncio.run(migrating.migrate())
    finally:
        running.stop()


def copy(data: Path, to: Path) -> None:
    """As it is: whose it is, and who may read it."""
    subprocess.run(["cp", "-a", str(data), str(to)], check=True)


@pytest.fixture(scope="session")
async def pool(server: postgres.Private) -> AsyncIterator[asyncpg.Connection]:
    """One loop, one pool and one broom for the whole run: connections know their tables by then."""
    named = {"application_name": "broom"}
    connection = await asyncpg.connect(server.url(), server_settings=named)
    yield connection
    await database.close_pool()
    await connection.close()


@pytest.fixture
async def db(pool: asyncpg.Connection) -> AsyncIterator[None]:
    await database.open_pool(size=8)
    yield
    await pool.execute(EMPTY)


def product(using: settings.Settings | None = None) -> Litestar:
    """The whole product under these settings; every test enters its lifespan."""
    settings.use(using or settings.current())
    return _at(settings.current().base_url)


@cache
def _at(_base_url: str) -> Litestar:
    """Made once for each address: of the other settings an application keeps nothing."""
    return create_app(settings.current())


@pytest.fixture(autouse=True)
def in_use() -> Iterator[None]:
    """Settings as in development."""
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": tempfile.gettempdir()}
    settings.use(settings.load(given, Path("/nonexistent/.env")))
    yield
    settings._IN_USE[:] = before


@pytest.fixture
async def client(db: None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the whole product; `tests.clients.sign_in` gives it a session."""
    app = product()
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place_in(LONGEST, item.nodeid))


def pytest_collection_finish() -> None:
    """What was imported is no garbage, and is not looked through again."""
    gc.freeze()


def place_in(folders: tuple[str, ...], nodeid: str) -> int:
    """The first of these that it lies in; their number when it lies in none."""
    within = (number for number, folder in enumerate(folders) if nodeid.startswith(folder))
    return next(within, len(folders))


class Turns(LoadFileScheduling):
    """A file is for one process, and so is what stays together."""

    def _split_scope(self, nodeid: str) -> str:
        at = place_in(TOGETHER, nodeid)
        return TOGETHER[at] if at < len(TOGETHER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns:
    return Turns(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_MAY_BE_SKIPPED and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
