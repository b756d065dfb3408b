"""Start, stop, be killed, start again: the data stays and nothing is left behind."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from server.cli import lock
from server.cli.listening import listening
from server.settings import load
from tests.launcher.conftest import FirstStart
from tests.launcher.program import Program, processes_of


def test_first_start_makes_everything_and_answers(first_start: FirstStart) -> None:
    assert first_start.answer.status_code == 200
    assert first_start.answer.json()["database"] == "answers"
    assert first_start.code == 0
    assert "The network runs at http://localhost:" in first_start.said
    assert "Traceback" not in first_start.said
    assert processes_of(first_start.var_dir) == []


def test_commands_start_the_database_for_the_moment(used: Path) -> None:
    code, said = Program(used, ("set-up-link",)).end()

    assert code == 0
    assert said.startswith("http://localhost:")
    assert processes_of(used) == []


def test_second_start_is_quick_and_keeps_the_data(used: Path) -> None:
    """Measured as work done, so that a busy machine does not decide: 5 s is what is promised."""
    first = Program(used)
    first.health()
    time.sleep(0.3)
    beat = first.health().json()["worker"]["last_beat"]
    _sigterm_answers_the_request_in_flight(first)

    second = Program(used)
    answer = second.health()

    seconds = second.seconds_of_work()
    assert seconds < 5
    assert beat is not None
    assert answer.json()["worker"]["last_beat"] >= beat
    _commands_use_its_database(second)
    _a_second_program_on_the_same_data_is_refused(second)
    _a_killed_postgres_comes_back(second)


def _sigterm_answers_the_request_in_flight(program: Program) -> None:
    with socket.create_connection(("127.0.0.1", program.port)) as caller:
        caller.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n"
        )
        assert caller.recv(100).startswith(b"HTTP/1.1 100 ")  # it is being handled

        program.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        caller.sendall(b"email=x")

        assert caller.recv(12).startswith(b"HTTP/1.1 ")
    code, _ = program.end()
    assert code == 0
    assert processes_of(program.var_dir) == []


def _commands_use_its_database(program: Program) -> None:
    link = Program(program.var_dir, ("sign-in-link", "nobody@example.org")).end()

    assert link == (1, "Nobody has the address nobody@example.org.\n")


def _a_second_program_on_the_same_data_is_refused(program: Program) -> None:
    code, said = Program(program.var_dir).end()
    settings = load(
        {"PORT": str(program.port), "VAR_DIR": str(program.var_dir)}, program.var_dir / ".env"
    )
    with pytest.raises(lock.Running) as same_port, listening(settings):
        pass

    sentence = (
        f"The program is already running on {program.var_dir} (process {program.process.pid}). "
        "Stop that one first, or give this one a VAR_DIR and a PORT of its own.\n"
    )
    assert (code, said) == (1, sentence)
    assert f"{same_port.value}\n" == sentence


def _a_killed_postgres_comes_back(program: Program) -> None:
    pid_file = program.var_dir / "postgres" / "data" / "postmaster.pid"
    first = int(pid_file.read_text().split()[0])

    os.kill(first, signal.SIGKILL)
    time.sleep(1)

    assert _health_until(program, 200) == 200
    assert int(pid_file.read_text().split()[0]) != first
    code, said = program.stop()
    assert code == 0
    assert "postgres runs again" in said


def test_several_processes_stop_together_and_killed_ones_do_not_hinder_the_next(used: Path) -> None:
    """Its serving processes end by themselves; the PostgreSQL it left is ended by the next."""
    program = Program(used, ("run", "--workers", "2"))
    program.health()
    program.stop(signal.SIGKILL)  # returns when all who hold its output have ended
    orphans = _postgres_of(used)

    following = Program(used, ("run", "--workers", "2"), port=program.port)
    answer = following.health()

    running = _postgres_of(used)
    code, said = following.stop(signal.SIGTERM)
    assert (code, "Traceback" in said) == (0, False)
    assert len(orphans) == 1
    assert answer.status_code == 200
    assert len(running) == 1
    assert running != orphans
    assert processes_of(used) == []


def _postgres_of(var_dir: Path) -> set[str]:
    """Each PostgreSQL once: for a moment a process it forked still bears its name."""
    return {line for line in processes_of(var_dir) if "postgres -D" in line}


def _health_until(program: Program, status: int) -> int:
    deadline = time.monotonic() + 20
    seen = program.health().status_code
    while seen != status and time.monotonic() < deadline:
        time.sleep(0.2)
        seen = program.health().status_code
    return seen
