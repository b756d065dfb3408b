"""The addresses of feeds behind a small application of their own, and people with rights."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, route
from litestar.datastructures import State

from server import settings
from server.app import DEADLINES
from server.calendars import addresses, feeds
from server.database import execute
from server.settings import Settings

LOCAL = Settings(
    host="127.0.0.1",
    port=8000,
    base_url="https://netwerk.example.org",
    var_dir=Path("/nonexistent"),
    database_url=None,
    mail_url="file:",
    secret_key="k" * 43,
    demo=False,
)
Ask = Callable[..., httpx.AsyncClient]


def application() -> Litestar:
    """Only the feeds, with the fast lane before them: as one process of the product."""
    handlers = {
        "/calendars/public.ics": addresses.public,
        "/calendars/public.atom": addresses.public_atom,
        "/calendars/public.json": addresses.public_json,
        "/calendars/deadlines.ics": addresses.deadlines,
        "/calendars/groups/{file:str}": addresses.group,
        "/calendars/personal/{file:path}": addresses.personal,
        "/events/{slug:str}/event.ics": addresses.event,
        "/calendars/events/{slug:str}/programme.ics": addresses.event_programme,
    }
    app = Litestar(
        [
            route(path, http_method=["GET", "HEAD"], include_in_schema=False)(handler)
            for path, handler in handlers.items()
        ],
        openapi_config=None,
        lifespan=[feeds.listening],
        state=State({"deadlines": DEADLINES}),
        logging_config=None,
    )
    app.asgi_handler = addresses.fast_lane(app.asgi_handler)
    return app


@asynccontextmanager
async def asking(peer: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    """A started process, and somebody who asks it."""
    app = application()
    transport = httpx.ASGITransport(app=app, client=(peer, 40000))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="https://netwerk.example.org") as client,
    ):
        client.headers = httpx.Headers({"accept-encoding": "identity"})
        yield client


@pytest.fixture
async def client(db: None) -> AsyncIterator[httpx.AsyncClient]:
    settings.use(LOCAL)
    async with asking() as client:
        yield client


@pytest.fixture
async def unguarded(db: None) -> AsyncIterator[None]:
    """As after a restore without constraints: the database lets everything through."""
    await execute("ALTER TABLE event DROP CONSTRAINT ends_after_start")
    yield
    await execute("UPDATE event SET starts_at = '2027-01-01', ends_at = '2027-01-02'")
    await execute(
        'ALTER TABLE event ADD CONSTRAINT ends_after_start CHECK ("ends_at" > "starts_at")'
    )
