"""A folder for data that the account of PostgreSQL can reach."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.launcher.program import Program


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="netwerk-launcher-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder of this test alone."""
    folder = _folder()
    yield folder
    shutil.rmtree(folder)


@dataclass(frozen=True)
class FirstStart:
    """What the first start on an empty folder answered and said."""

    var_dir: Path
    answer: httpx.Response
    code: int
    said: str


@pytest.fixture(scope="module")
def first_start() -> Iterator[FirstStart]:
    """The very first start, once stopped; the tests after it use its data one by one."""
    folder = _folder()
    program = Program(folder / "var")
    yield FirstStart(folder / "var", program.health(), *program.stop())
    shutil.rmtree(folder)


@pytest.fixture
def used(first_start: FirstStart) -> Path:
    """A VAR_DIR that has been started before."""
    return first_start.var_dir
