"""A mail server for each test, and the outbox pointed at it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from server import settings
from tests.outbox import owing
from tests.outbox.mailbox import Mailbox, listening


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    used = settings.load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env")
    with listening() as box:
        settings.use(msgspec.structs.replace(used, mail_url=box.url))
        yield box
    settings.use(used)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder that `file:` writes to."""
    owing.send_by("file:", settings.load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env"))
    return tmp_path / "mail"
