"""A folder for data that the account of PostgreSQL can reach."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A VAR_DIR that has been started before; its tests run one after the other."""
    folder = _folder()
    program = Program(folder / "var")
    program.health()
    program.stop()
    yield folder / "var"
    shutil.rmtree(folder)
