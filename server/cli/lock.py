"""One program per VAR_DIR: a lock on `run.lock`, which the system lifts whenever we end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.cli.saying import CannotStart

NAME = "run.lock"


class Running(CannotStart):
    """A program is running on this VAR_DIR already."""

    def __init__(self, var_dir: Path, holder: str) -> None:
        super().__init__(
            f"The program is already running on {var_dir} (process {holder}). Stop that one first, "
            "or give this one a VAR_DIR and a PORT of its own."
        )


@contextmanager
def held(var_dir: Path) -> Iterator[None]:
    """Hold the lock. Raises Running when somebody else does."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(var_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise CannotStart(
            f"VAR_DIR cannot be used: {problem.strerror} ({problem.filename}). "
            "Mend the rights, free some space, or set VAR_DIR to another place."
        ) from problem
    try:
        _take(handle, var_dir)
        yield
    finally:
        os.close(handle)


def _take(handle: int, var_dir: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        holder = os.pread(handle, 20, 0).decode(errors="replace") or "just starting"
        raise Running(var_dir, holder) from problem
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)


def refuse_second(var_dir: Path) -> None:
    """Raise Running when somebody holds the lock; touches nothing."""
    if (var_dir / NAME).exists():
        with held(var_dir):
            return
