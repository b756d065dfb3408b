"""The settings that links are made with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server import settings


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": "http://localhost:8000", "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before
