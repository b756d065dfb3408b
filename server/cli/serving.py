"""Serve the pages: in this process, or in several that share one socket."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time

import uvicorn
from litestar import Litestar

from server.cli.saying import CannotStart
from server.settings import Settings
from server.web.log import log

SECONDS_FOR_ANSWERS = 10
SECONDS_TO_STOP = 20.0
SECONDS_BETWEEN_STARTS = 1.0
SHORT_LIFE_SECONDS = 5.0
SHORT_LIVES = 3


async def serve(
    app: Litestar, settings: Settings, sock: socket.socket, stop: asyncio.Event
) -> None:
    """Serve until `stop` is set; what is being answered then is answered."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            forwarded_allow_ips=list(settings.proxies),
            timeout_graceful_shutdown=SECONDS_FOR_ANSWERS,
        )
    )
    # Signals are ours: the order of stopping is worker, pages, database.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment, method-assign]
    answering = asyncio.create_task(server.serve(sockets=[sock]))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({answering, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    server.should_exit = True
    await answering


async def serve_in_processes(
    count: int, sock: socket.socket, dsn: str, stop: asyncio.Event
) -> None:
    """Keep `count` processes serving until `stop` is set. Raises CannotStart if they keep dying."""
    ends = await asyncio.gather(
        *(_keep_one(sock, dsn, stop) for _ in range(count)), return_exceptions=True
    )
    for end in ends:
        if end is not None:
            raise end


async def _keep_one(sock: socket.socket, dsn: str, stop: asyncio.Event) -> None:
    short_lives = 0
    while not stop.is_set():
        began = time.monotonic()
        await _one_life(sock, dsn, stop)
        if stop.is_set():
            return
        lived = time.monotonic() - began
        short_lives = short_lives + 1 if lived < SHORT_LIFE_SECONDS else 0
        log.error("serving process ended", seconds=round(lived, 1))
        if short_lives == SHORT_LIVES:
            stop.set()
            raise CannotStart("The serving processes end as soon as they start; the log says why.")
        await asyncio.sleep(SECONDS_BETWEEN_STARTS)


async def _one_life(sock: socket.socket, dsn: str, stop: asyncio.Event) -> None:
    """A child sees the end of its input when we are killed, and then stops by itself."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "serve", "--socket", str(sock.fileno())),
        stdin=asyncio.subprocess.PIPE,
        pass_fds=[sock.fileno()],
        env={**os.environ, "DATABASE_URL": dsn},
    )
    ended = asyncio.create_task(child.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    _, unfinished = await asyncio.wait({ended}, timeout=SECONDS_TO_STOP)
    if unfinished:
        child.kill()
        await ended


def stop_on_signals(stop: asyncio.Event) -> None:
    """Ctrl-C and a plain kill set `stop`."""
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)


def stop_with_parent(stop: asyncio.Event) -> None:
    """The end of our input is the end of the process that started us."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), look)


async def answers(sock: socket.socket) -> bool:
    """Whether somebody answers behind our socket."""
    host, port = sock.getsockname()[:2]
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(near, port)
            writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            first = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return first.startswith(b"HTTP/")
