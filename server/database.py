"""The engine, its pool, and transaction(): the only way to write.

Piccolo's own `transaction()` joins silently when nested, leaks its connection when a commit
fails or a task is cancelled, and is inherited by tasks started inside it. Ours nests as a
savepoint, always gives its connection back, and refuses use from another task.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

STATEMENTS: ContextVar[list[int] | None] = ContextVar("statements", default=None)


class Transaction:
    """What Piccolo looks for while a transaction is open: its connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.task = asyncio.current_task()


class Engine(PostgresEngine):
    """PostgresEngine that does not connect when imported and guards its transactions."""

    commits = 0  # how many transactions this process has committed: what it read may be old

    async def check_version(self) -> None:
        """Nothing: the server may not have been started yet."""

    async def prep_database(self) -> None:
        """Nothing: we use no extensions."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """Run one statement, counted, inside the current task's transaction if there is one."""
        _current()
        _count()
        return await super().run_querystring(querystring, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """Run one statement of definition, counted."""
        _current()
        _count()
        return await super().run_ddl(ddl, in_pool)


def _count() -> None:
    counter = STATEMENTS.get()
    if counter is not None:
        counter[0] += 1


ENGINE = Engine(config={"dsn": "postgresql://unset/unset"})


def configure(dsn: str) -> None:
    """Point the engine at a database; before the pool is opened."""
    ENGINE.config = {"dsn": dsn, "server_settings": {"timezone": "UTC"}}


async def _leave_as_is(_connection: Any) -> None:
    """Skip the reset query: we keep no session state, and transaction() cleans up itself."""


async def open_pool(size: int = 6) -> None:
    """Open the pool of this process."""
    if ENGINE.pool is None:
        ENGINE.pool = await asyncpg.create_pool(
            **ENGINE.config, min_size=1, max_size=size, reset=_leave_as_is
        )


async def close_pool() -> None:
    """Close the pool of this process."""
    if ENGINE.pool is not None:
        pool, ENGINE.pool = ENGINE.pool, None
        await pool.close()


async def execute(sql: str, *arguments: object) -> list[dict[str, Any]]:
    """Run one raw statement with `$1`-style arguments and return its rows."""
    _count()
    current = _current()
    if current is not None:
        rows: Sequence[Any] = await current.connection.fetch(sql, *arguments)
    elif ENGINE.pool is not None:
        rows = await ENGINE.pool.fetch(sql, *arguments)
    else:
        raise RuntimeError("no pool is open")
    return [dict(row) for row in rows]


async def apart(sql: str, *arguments: object) -> None:
    """Run one statement outside of the open transaction: how far a long work is, nothing else."""
    _count()
    if ENGINE.pool is None:
        raise RuntimeError("no pool is open")
    await ENGINE.pool.execute(sql, *arguments)


def in_transaction() -> bool:
    """Whether the current task is inside a transaction."""
    return _current() is not None


def _current() -> Transaction | None:
    """The open transaction, which must be of this very task.

    Piccolo's own transactions, in migrations, are not ours and know no task.
    """
    current: object = ENGINE.current_transaction.get()
    if not isinstance(current, Transaction):
        return None
    if current.task is not asyncio.current_task():
        raise RuntimeError("this transaction belongs to another task")
    return current


def _set_current(current: Transaction | None) -> None:
    """Piccolo looks for `.connection` only, which ours has."""
    ENGINE.current_transaction.set(cast(Any, current))


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing. Nested: a savepoint, so that an inner failure undoes only itself."""
    current = _current()
    if current is not None:
        async with current.connection.transaction():
            yield
        return
    if ENGINE.pool is None:
        raise RuntimeError("no pool is open")
    connection = await ENGINE.pool.acquire()
    try:
        block = connection.transaction()
        await block.start()
        _set_current(Transaction(connection))
        try:
            yield
        except BaseException:
            _set_current(None)
            await asyncio.shield(_roll_back(connection, block))
            raise
        _set_current(None)
        await block.commit()
        ENGINE.commits += 1
    finally:
        _set_current(None)
        await _give_back(connection)


class _TakenBack(Exception):
    """Ends a rehearsal."""


@asynccontextmanager
async def rehearsal() -> AsyncIterator[None]:
    """A transaction that is always taken back: what would be is seen by doing it.

    Numbers without gaps are counted and not drawn, so that none is lost by this; keys may be.
    """
    with suppress(_TakenBack):
        async with transaction():
            yield
            raise _TakenBack


async def _roll_back(connection: Any, block: Any) -> None:
    if not connection.is_closed():
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await block.rollback()


async def _give_back(connection: Any) -> None:
    """The pool shields its own work from a cancellation; nothing before it waits."""
    pool = ENGINE.pool
    if connection.is_in_transaction() and not connection.is_closed():
        connection.terminate()
    if pool is not None:
        await pool.release(connection)
