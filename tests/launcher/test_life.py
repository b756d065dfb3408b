"""Start, stop, be killed, start again: the data stays and nothing is left behind."""

import os
import signal
import socket
import time
from pathlib import Path

from tests.launcher.program import Program, processes_of


def test_first_start_makes_everything_and_answers(place: Path) -> None:
    program = Program(place / "var")

    answer = program.health()
    code, said = program.stop()

    assert answer.status_code == 200
    assert answer.json()["database"] == "answers"
    assert code == 0
    assert f"The network runs at http://localhost:{program.port}" in said
    assert "Traceback" not in said
    assert processes_of(place) == []


def test_second_start_is_quick_and_keeps_the_data(used: Path) -> None:
    """Measured as work done, so that a busy machine does not decide: 5 s is what is promised."""
    first = Program(used)
    first.health()
    time.sleep(0.3)
    beat = first.health().json()["worker"]["last_beat"]
    first.stop()

    second = Program(used)
    answer = second.health()

    seconds = second.seconds_of_work()
    second.stop()
    assert seconds < 5
    assert beat is not None
    assert answer.json()["worker"]["last_beat"] >= beat


def test_sigterm_answers_the_request_in_flight_and_stops_postgres(used: Path) -> None:
    program = Program(used)
    program.health()
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
    assert processes_of(used) == []


def test_a_killed_program_does_not_hinder_the_next(used: Path) -> None:
    """Its serving processes end by themselves; the PostgreSQL it left is ended by the next."""
    program = Program(used, ("run", "--workers", "2"))
    program.health()
    program.stop(signal.SIGKILL)  # returns when all who hold its output have ended
    orphans = [line for line in processes_of(used) if "postgres -D" in line]

    following = Program(used, port=program.port)
    answer = following.health()

    running = [line for line in processes_of(used) if "postgres -D" in line]
    following.stop()
    assert len(orphans) == 1
    assert answer.status_code == 200
    assert len(running) == 1
    assert running != orphans
    assert processes_of(used) == []


def test_a_killed_postgres_comes_back(used: Path) -> None:
    program = Program(used)
    program.health()
    pid_file = used / "postgres" / "data" / "postmaster.pid"
    first = int(pid_file.read_text().split()[0])

    os.kill(first, signal.SIGKILL)
    time.sleep(1)

    assert _health_until(program, 200) == 200
    assert int(pid_file.read_text().split()[0]) != first
    code, said = program.stop()
    assert code == 0
    assert "postgres runs again" in said


def _health_until(program: Program, status: int) -> int:
    deadline = time.monotonic() + 20
    seen = program.health().status_code
    while seen != status and time.monotonic() < deadline:
        time.sleep(0.2)
        seen = program.health().status_code
    return seen


def test_several_processes_serve_and_stop_together(used: Path) -> None:
    program = Program(used, ("run", "--workers", "2"))
    answer = program.health()

    code, said = program.stop(signal.SIGTERM)

    assert answer.status_code == 200
    assert (code, "Traceback" in said) == (0, False)
    assert processes_of(used) == []
