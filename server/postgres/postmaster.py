"""The process that holds a data directory: read its pid file, recognise it, end an orphan.

Only ever a process that we started is ended: its name is postgres, it was told our data
directory, and its socket lies in a folder of our making.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from server.postgres.problem import PostgresProblem

STOP_SECONDS = 20.0
OURS = "netwerk-pg-"
PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    sockets: Path
    is_ready: bool


def read(data: Path) -> Postmaster | None:
    """Who holds the directory according to its pid file; it may have died since."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].lstrip("-").isdigit():
        return None
    sockets = Path(lines[4]) if len(lines) > 4 else Path("/nonexistent")
    is_ready = len(lines) >= 8 and lines[7].strip() == "ready"
    return Postmaster(abs(int(lines[0])), sockets, is_ready)


def at_work(directory: Path) -> Postmaster | None:
    """Our running PostgreSQL on this directory, ready to be used."""
    data = directory.resolve() / "data"
    found = read(data)
    return found if found and found.is_ready and is_ours(found.pid, data) else None


def is_ours(pid: int, data: Path) -> bool:
    """Whether this process is a postgres that we started on this very directory."""
    words = _command(pid)
    return _is_postgres(words) and str(data) in words and any(OURS in word for word in words)


def clear(data: Path) -> None:
    """End the orphan of a program that was killed, and forget a pid that means somebody else."""
    found = read(data)
    if found is None:
        return
    if is_ours(found.pid, data):
        _end(found, data)
    elif _is_postgres(_command(found.pid)):
        raise PostgresProblem(
            f"Another PostgreSQL (process {found.pid}) may be using {data}. "
            "Stop it, or set VAR_DIR to another place."
        )
    _wait_for_the_last(data)
    if _exists(found.pid):  # the number has been given to another process, or nobody buried it
        (data / "postmaster.pid").unlink(missing_ok=True)


def _end(found: Postmaster, data: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    os.kill(found.pid, signal.SIGINT)
    while is_ours(found.pid, data):
        if time.monotonic() > deadline:
            raise PostgresProblem(
                f"The PostgreSQL of an earlier run (process {found.pid}) does not stop. "
                "End it, then start again."
            )
        time.sleep(0.02)
    if found.sockets.name.startswith(OURS):
        shutil.rmtree(found.sockets, ignore_errors=True)


def _wait_for_the_last(data: Path) -> None:
    """Its own processes outlive a killed postmaster for a moment; all of them sit in `data`."""
    deadline = time.monotonic() + STOP_SECONDS
    while any(_sits_in(process, data) for process in PROC.glob("[0-9]*")):
        if time.monotonic() > deadline:
            raise PostgresProblem(
                f"Processes of an earlier PostgreSQL still use {data}. End them, then start again."
            )
        time.sleep(0.05)


def _sits_in(process: Path, data: Path) -> bool:
    try:
        return (process / "cwd").readlink() == data
    except OSError:
        return False


def _is_postgres(words: list[str]) -> bool:
    return bool(words) and Path(words[0]).name == "postgres"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command(pid: int) -> list[str]:
    """The command line of a process; empty when it is gone or only waits to be buried."""
    if PROC.joinpath("self").exists():
        try:
            said = PROC.joinpath(str(pid), "cmdline").read_bytes()
        except OSError:
            return []
        return said.decode(errors="replace").rstrip("\0").split("\0")
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.split()
