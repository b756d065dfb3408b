"""The real program in a process of its own, on a free port and data of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PATIENCE_SECONDS = 120.0  # the first start comes first in a run, beside others that begin
ROOM_FOR_WORDS = 2**20
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def environment(**given: str) -> dict[str, str]:
    """A bare environment: nothing of the developer's own settings leaks into a test."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **given}


@dataclass
class Program:
    """`netwerk COMMAND`, started; whoever starts it stops it."""

    var_dir: Path
    words: tuple[str, ...] = ("run",)
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        given = {"VAR_DIR": str(self.var_dir), "PORT": str(self.port), "DEMO": "0", **self.settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", *self.words],
            env=environment(**given),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pipesize=ROOM_FOR_WORDS,  # nobody reads until the end: a full pipe would hold it up
        )

    def health(self) -> httpx.Response:
        """Wait for the first answer."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                return httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=PATIENCE_SECONDS)
            except httpx.TransportError:
                time.sleep(0.02)
        self.process.kill()
        raise AssertionError(f"no answer: {self.process.communicate()[0]}")

    def seconds_of_work(self) -> float:
        """Processor time it has used so far (proc(5): utime and stime of `stat`)."""
        fields = Path("/proc", str(self.process.pid), "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, wanted: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Stop it: exit code and everything it said."""
        self.process.send_signal(wanted)
        return self.end()

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code and everything it said."""
        try:
            said, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said


def processes_of(var_dir: Path) -> list[str]:
    """The command lines that name this folder, or sit in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().replace("\0", " ")
            place = str((process / "cwd").readlink())
        except OSError:
            continue
        if words and (str(var_dir) in words or place.startswith(str(var_dir))):
            found.append(words)
    return found


def wait_until_gone(var_dir: Path) -> list[str]:
    """What is left of it after a moment of patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while processes_of(var_dir) and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes_of(var_dir)
