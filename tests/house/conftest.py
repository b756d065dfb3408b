"""The demo story, and somebody of every kind who is signed in."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server import clock, settings
from server.app import create_app
from server.cli import product
from server.demo import story
from tests.house.visitors import VISITORS, sign_in

BASE = "http://localhost:8000"


@pytest.fixture
async def site(db: None, tmp_path: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The demo story, and somebody of every kind who is signed in."""
    using = settings.load({"VAR_DIR": str(tmp_path), "DEMO": "1"}, tmp_path / ".env")
    app = create_app(using)
    now = clock.now()
    async with app.lifespan():
        await product.seed()
        await story.load(now)
        clients = {}
        for kind, email in VISITORS.items():
            transport = httpx.ASGITransport(app=app)
            clients[kind] = httpx.AsyncClient(transport=transport, base_url=BASE)
            if email:
                await sign_in(clients[kind], email)
        yield clients
        for client in clients.values():
            await client.aclose()
