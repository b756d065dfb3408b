"""Whatever stands in the way is said in a sentence with a next step, never as a traceback."""

import socket
from pathlib import Path

import pytest

from server import postgres
from server.cli import main
from server.cli import place as places
from server.cli.listening import listening
from server.cli.saying import CannotStart
from server.settings import load
from tests.launcher.program import Program, free_port


def test_every_wrong_setting_is_listed(place: Path) -> None:
    wrong = {"PORT": "zero", "DEMO": "ja", "MAIL_URL": "pigeon:", "BASE_URL": "http://[x"}

    code, said = Program(place / "var", settings=wrong).end()

    assert code == 2
    assert [line.split()[0] for line in said.splitlines()] == [
        "The",
        "PORT",
        "BASE_URL",
        "MAIL_URL",
        "DEMO",
    ]
    assert not (place / "var").exists()


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **given: str
) -> str:
    """What `netwerk run` says when it cannot."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["run"]) == 1
    return capsys.readouterr().err


def test_a_taken_port_is_said_before_anything_is_made(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        said = refused(monkeypatch, capsys, PORT=str(port), VAR_DIR=str(place / "var"))

    assert said == (
        f"Port {port} on 127.0.0.1 is taken by another program. Stop it, or set PORT.\n"
    )
    assert not (place / "var" / "postgres").exists()


def test_an_address_of_another_machine_is_said(place: Path) -> None:
    given = {"HOST": "192.0.2.1", "PORT": str(free_port()), "VAR_DIR": str(place / "var")}
    settings = load(given, place / ".env")

    with (
        pytest.raises(CannotStart, match=r"^192\.0\.2\.1 is not an address of this machine\."),
        listening(settings),
    ):
        pass


def test_missing_postgres_programs_are_said(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"PG_BIN": "/nonexistent", "PORT": str(free_port()), "VAR_DIR": str(place / "var")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert main(["run"]) == 2

    said = capsys.readouterr().err
    assert "PG_BIN must be a folder that holds 'postgres': /nonexistent." in said
    assert not (place / "var").exists()


def test_a_failed_initdb_leaves_nothing_half_made(place: Path) -> None:
    programs = place / "bin"
    programs.mkdir(mode=0o755)
    _script(programs / "postgres", "exit 1")
    _script(
        programs / "initdb",
        'mkdir "$2"; echo 18 > "$2/PG_VERSION"; echo "FATAL:  No space left" >&2; exit 1',
    )

    with pytest.raises(postgres.PostgresProblem) as refused:
        postgres.start(place / "postgres", chosen=programs)

    assert str(refused.value) == (
        f"The database directory {place / 'postgres' / 'data'} could not be made: "
        "No space left. Free some space or set VAR_DIR to another place."
    )
    assert [path.name for path in (place / "postgres").iterdir()] == []


def test_a_postgres_that_ends_at_once_is_said(place: Path) -> None:
    programs = place / "bin"
    programs.mkdir(mode=0o755)
    _script(programs / "initdb", 'mkdir "$2"; echo 18 > "$2/PG_VERSION"')
    _script(programs / "postgres", 'echo "FATAL:  could not write: No space left" >&2; exit 1')

    with pytest.raises(postgres.PostgresProblem) as refused:
        postgres.start(place / "postgres", chosen=programs)

    assert str(refused.value) == (
        "PostgreSQL stopped while starting: could not write: No space left. "
        f"Mend that and start again; its log is {place / 'postgres' / 'log'}."
    )


def _script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_data_of_another_version_is_said(place: Path) -> None:
    (place / "postgres" / "data").mkdir(parents=True)
    (place / "postgres" / "data" / "PG_VERSION").write_text("9\n")

    with pytest.raises(postgres.PostgresProblem, match=r"made by PostgreSQL 9, which is not here"):
        postgres.start(place / "postgres")


def test_an_unreachable_database_is_said() -> None:
    url = f"postgresql://somebody:secret@127.0.0.1:{free_port()}/netwerk"

    with pytest.raises(CannotStart) as refused:
        places.check(url)

    said = str(refused.value)
    assert said.startswith("DATABASE_URL leads to no database that can be used: ")
    assert "secret" not in said


def test_a_server_too_old_is_said(
    server: postgres.Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "OLDEST", 990000)

    with pytest.raises(CannotStart, match="version 15 or later is needed"):
        places.check(server.url())
