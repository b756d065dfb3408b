"""A mail server that takes letters, and a folder into which what comes back is put."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from server import settings
from tests.outbox.mailbox import Mailbox, listening

SETTINGS = {"AGENDA_ADDRESS": "agenda@example.org", "MAIL_RATE": "0"}


@pytest.fixture
def mailbox(tmp_path: Path, maildir: Path) -> Iterator[Mailbox]:
    given = {"VAR_DIR": str(tmp_path), "MAILBOX_URL": f"maildir:{maildir}", **SETTINGS}
    used = settings.load(given, tmp_path / ".env")
    with listening() as box:
        settings.use(msgspec.structs.replace(used, mail_url=box.url))
        yield box
    settings.use(used)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    folder = tmp_path / "Maildir"
    for name in ("new", "cur"):
        (folder / name).mkdir(parents=True)
    return folder
