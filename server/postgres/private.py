"""Make the data directory, start PostgreSQL on it, and stop it again."""

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from server.postgres import account, postmaster, programs
from server.postgres.problem import PostgresProblem

START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOG_BYTES = 10_000_000
OPTIONS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # the detail of an error would write people's data to the log
}


@dataclass(frozen=True)
class Private:
    """A running private PostgreSQL. Only the process that we started is ever stopped."""

    process: subprocess.Popen[bytes]
    sockets: Path

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return address(self.sockets, database)

    @property
    def has_died(self) -> bool:
        """It ended without being asked to."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """Shut down fast but cleanly (SIGINT), and wait for it."""
        if not self.has_died:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_SECONDS)
        shutil.rmtree(self.sockets, ignore_errors=True)


def address(sockets: Path, database: str = "postgres") -> str:
    """The address of a database behind the socket in this folder."""
    return f"postgresql://netwerk@/{database}?host={sockets}"


def start(directory: Path, *, chosen: Path | None = None, sockets: Path | None = None) -> Private:
    """Start PostgreSQL on `directory`, which is made when it does not exist.

    `chosen` is the folder of its programs, `sockets` the folder of an earlier socket to use
    again. An orphan of an earlier run is ended first. Raises PostgresProblem.
    """
    try:
        return _start(directory, chosen, sockets)
    except OSError as problem:
        raise PostgresProblem(
            f"PostgreSQL cannot use {directory}: {problem.strerror} ({problem.filename}). "
            "Free some space, mend the rights, or set VAR_DIR to another place."
        ) from problem


def _start(directory: Path, chosen: Path | None, sockets: Path | None) -> Private:
    user = account.chosen()
    place = account.home(directory, user)
    data = place / "data"
    binaries = programs.reachable(programs.find(chosen, data), place, user)
    if not (data / "PG_VERSION").exists():
        _make(binaries, data, user)
    postmaster.clear(data)
    log = place / "log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name("log.old"))
    known = log.stat().st_size if log.exists() else 0
    server = _launch(binaries, data, user, account.sockets(user, sockets))
    try:
        _wait_until_ready(server, data, known)
    except BaseException:
        server.stop()
        raise
    return server


def _make(binaries: Path, data: Path, user: str | None) -> None:
    """Made beside its place and then renamed, so that nothing half-made is ever used."""
    unfinished = data.with_name("data-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    done = subprocess.run(
        [
            str(binaries / "initdb"),
            *("-D", str(unfinished)),
            *("-U", "netwerk"),
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **account.run_as(user),
    )
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise PostgresProblem(
            f"The database directory {data} could not be made: {_reason(done.stderr)}. "
            "Free some space or set VAR_DIR to another place."
        )
    unfinished.rename(data)


def _launch(binaries: Path, data: Path, user: str | None, sockets: Path) -> Private:
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(sockets), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **account.run_as(user),
        )
    return Private(process, sockets)


def _wait_until_ready(server: Private, data: Path, known: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.has_died:
            raise PostgresProblem(f"PostgreSQL stopped while starting: {_last_words(data, known)}")
        found = postmaster.read(data)
        if found and found.pid == server.process.pid and found.is_ready:
            return
        time.sleep(0.02)
    raise PostgresProblem(
        f"PostgreSQL was not ready in {START_SECONDS:.0f} seconds; see {data.parent / 'log'}."
    )


def _last_words(data: Path, known: int) -> str:
    """The reason it gave, and where the rest stands; `known` bytes of the log are older."""
    log = data.parent / "log"
    said = log.read_bytes()[known:].decode(errors="replace")
    return f"{_reason(said)}. Mend that and start again; its log is {log}."


def _reason(said: str) -> str:
    """The first thing that was fatal, else all that was said."""
    fatal = [line.partition("FATAL:")[2].strip() for line in said.splitlines() if "FATAL:" in line]
    return fatal[0] if fatal else said.strip() or "it gave no reason"
