"""The demo story, and somebody of every kind who is signed in."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server import clock, settings
from server.app import create_app
from server.cli import product
from server.database import execute
from server.demo import story
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.house.visitors import OFFICES, VISITORS, sign_in

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
        await give_offices()
        clients = {}
        for kind, email in VISITORS.items():
            transport = httpx.ASGITransport(app=app)
            clients[kind] = httpx.AsyncClient(transport=transport, base_url=BASE)
            if email:
                await sign_in(clients[kind], email)
        yield clients
        for client in clients.values():
            await client.aclose()


async def give_offices() -> None:
    """One person for each office that nobody of the story holds, and a helper at the door."""
    event = (await execute("SELECT id FROM event ORDER BY id LIMIT 1"))[0]["id"]
    for office in OFFICES:
        who = await factories.known(office)
        at = event if office == Role.check_in else None
        await RoleGrant(
            person=who.id, role=Role(office), from_on=factories.LONG_AGO, event=at
        ).save()
