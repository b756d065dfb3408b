"""What an operator does beside the running program, and without it."""

from pathlib import Path

import pytest

from server import postgres
from server.cli import lists, main
from tests.launcher.program import Program


def test_a_database_of_ones_own_is_used(place: Path) -> None:
    mine = postgres.start(place / "mine")
    try:
        program = Program(place / "var", settings={"DATABASE_URL": mine.url()})
        answer = program.health()
        worker = Program(place / "var2", ("worker",), settings={"DATABASE_URL": mine.url()})
        worker_said = _first_line(worker)
        stopped = worker.stop()[0], program.stop()[0]
    finally:
        mine.stop()

    assert answer.status_code == 200
    assert worker_said == "The worker runs.  (Ctrl-C stops it)\n"
    assert stopped == (0, 0)
    assert not (place / "var" / "postgres").exists()


def _first_line(program: Program) -> str:
    assert program.process.stdout is not None
    return program.process.stdout.readline()


def test_an_unknown_command_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["fly"])

    assert refused.value.code == 2
    assert "invalid choice: 'fly' (choose from 'run'" in capsys.readouterr().err


def test_the_drawn_states_are_up_to_date() -> None:
    assert lists.STATES.read_text() == lists.states_document()
