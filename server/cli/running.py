"""`netwerk run`: PostgreSQL, migrations, pages and worker, from start to clean stop."""

import asyncio
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any

from server import database, worker
from server.cli import lock, place, product, serving, welcome
from server.cli.keeper import Keeper
from server.cli.listening import listening
from server.settings import Settings
from server.web.log import log

SECONDS_BETWEEN_CALLS = 0.05


def run(settings: Settings, processes: int) -> int:
    """Everything, until Ctrl-C or SIGTERM. Returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the loop takes signals over
    with ExitStack() as stack:
        sock = stack.enter_context(listening(settings))
        stack.enter_context(lock.held(settings.var_dir))
        keeper = None
        if settings.database_url:
            place.check(settings.database_url)
            database.configure(settings.database_url)
        else:
            keeper = stack.enter_context(Keeper(settings))
            database.configure(keeper.address)
        return asyncio.run(_live(settings, sock, keeper, processes))


async def _live(
    settings: Settings, sock: socket.socket, keeper: Keeper | None, processes: int
) -> int:
    stop = asyncio.Event()
    serving.stop_on_signals(stop)
    await product.prepare(settings)
    beside = [asyncio.create_task(_greet(settings, sock))]
    if keeper is not None:
        beside.append(asyncio.create_task(keeper.watch()))
    for task in beside:
        task.add_done_callback(_tell)
    pages_stop = asyncio.Event()
    if processes == 1:
        pages = serving.serve(product.application(settings), settings, sock, pages_stop)
    else:
        pages = serving.serve_in_processes(
            processes, sock, database.ENGINE.config["dsn"], pages_stop
        )
    try:
        await _work_and_serve(pages, stop, pages_stop)
    finally:
        for task in beside:
            task.cancel()
        await database.close_pool()
    return 0


async def _work_and_serve(
    pages: Coroutine[Any, Any, None], stop: asyncio.Event, pages_stop: asyncio.Event
) -> None:
    """The worker finishes before the pages do: they close the pool that both use."""
    answering = asyncio.create_task(pages)
    working = asyncio.create_task(worker.work(stop))
    answering.add_done_callback(lambda _: stop.set())
    try:
        await working
    finally:
        pages_stop.set()
        await answering


async def _greet(settings: Settings, sock: socket.socket) -> None:
    """Say where to go, once the program answers."""
    while not await serving.answers(sock):  # noqa: ASYNC110  (there is nothing to be told by)
        await asyncio.sleep(SECONDS_BETWEEN_CALLS)
    await welcome.say_hello(settings)


def _tell(task: asyncio.Task[None]) -> None:
    """What goes wrong beside the pages must not go wrong unseen."""
    if not task.cancelled() and task.exception() is not None:
        log.error("background task failed", exc_info=task.exception())
