"""Only a process that we started is ever ended."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from server import postgres
from server.postgres import postmaster


def test_the_pid_of_another_program_is_forgotten_and_the_program_lives(place: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        pid_file = place / "postmaster.pid"
        pid_file.write_text(f"{other.pid}\n{place}\n0\n5432\n/tmp/netwerk-pg-x\n\n\nready\n")

        postmaster.clear(place)

        assert not pid_file.exists()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_postgres_that_we_did_not_start_is_left_alone(place: Path) -> None:
    stranger = subprocess.Popen(["postgres", "60"], executable="/bin/sleep")
    try:
        pid_file = place / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{place}\n0\n5432\n/tmp/x\n\n\nready\n")
        _wait_for_its_name(stranger.pid)

        with pytest.raises(postgres.PostgresProblem, match=f"process {stranger.pid}"):
            postmaster.clear(place)

        assert pid_file.exists()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def _wait_for_its_name(pid: int) -> None:
    while not Path("/proc", str(pid), "cmdline").read_bytes():
        time.sleep(0.01)


def test_what_runs_is_found_by_its_folder(place: Path) -> None:
    server = postgres.start(place / "postgres")

    found = postgres.at_work(place / "postgres")
    server.stop()

    assert found is not None
    assert (found.pid, found.sockets) == (server.process.pid, server.sockets)
    assert postgres.at_work(place / "postgres") is None


def test_root_may_keep_the_project_where_nobody_may_look(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only root has to step aside; everybody else keeps the data where it was asked for."""
    monkeypatch.setattr("server.postgres.account.SHARED", place / "shared")
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    for _ in range(2):
        postgres.start(closed / "var" / "postgres").stop()

    home = (closed / "var" / "postgres").resolve()
    expected = place / "shared" if os.geteuid() == 0 else closed / "var"
    assert home.parent == expected
    assert (home / "data" / "PG_VERSION").read_text() == "18\n"
    assert len([*home.parent.iterdir()]) == 1
