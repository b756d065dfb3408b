"""A mail server, and newsletters as fast as it takes them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from server import settings
from tests.outbox.mailbox import Mailbox, listening


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    using = settings.current()
    with listening() as box:
        settings.use(
            msgspec.structs.replace(using, mail_url=box.url, mail_rate=0, var_dir=tmp_path)
        )
        yield box
