"""The product as a browser meets it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from server import settings
from server.app import create_app

HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before


@pytest.fixture
async def client(db: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(settings.current()))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield browser
