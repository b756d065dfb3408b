"""The desk for files, as a secretary uses it; and the command."""

import argparse
import re
from pathlib import Path

import httpx
import pytest

from server import clock
from server.cli import imports as command
from server.cli.saying import CannotStart
from server.database import execute
from server.imports import board, reading, working
from tests import factories
from tests.clients import heading, sign_in, statements
from tests.imports.cast import types

pytestmark = pytest.mark.anyio
TEXT = "Naam;E-mail;Plaats\nBerg, A. van der;anna@example.org;Ede\nSmit, B.;geen;Ede\n"
STATEMENTS = 4


@pytest.fixture(autouse=True)
async def desk(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "LOOKS", 0)
    await types()
    await sign_in(client, await factories.carla())


async def brought(client: httpx.AsyncClient, content: bytes = TEXT.encode()) -> httpx.Response:
    return await client.post("/board/import", files={"file": ("leden.csv", content)})


async def looked_at(client: httpx.AsyncClient) -> None:
    assert (await brought(client)).headers["location"] == "/board/import/1"
    given = {"column-0": "name", "column-1": "email", "column-2": "city"}
    assert (await client.post("/board/import/1/columns", data=given)).status_code == 303
    await working.tick(clock.now())


async def taking_in(client: httpx.AsyncClient) -> httpx.Response:
    """The button, as the page of this moment has it."""
    page = (await client.get("/board/import/1")).text
    [given] = re.findall(r'name="revision" value="(\d+)"', page.partition("taking-in")[2])[:1]
    return await client.post("/board/import/1/taking-in", data={"revision": given})


async def test_from_file_to_members_and_back(client: httpx.AsyncClient) -> None:
    await brought(client)
    page = await client.get("/board/import/1")
    assert heading(page) == "leden.csv"
    assert '<option value="email" selected>' in page.text
    await looked_at_again(client)

    page = await client.get("/board/import/1?outcome=error")
    assert "E-mailadres: Dit is geen e-mailadres." in page.text
    errors = (await client.get("/board/import/1/errors.csv")).text
    assert "geen;Ede;E-mailadres: Dit is geen e-mailadres." in errors.replace('"', "")
    exported = "SELECT after ->> 'rows' AS n FROM audit_entry WHERE action = 'export'"
    assert await execute(exported) == [{"n": "1"}]

    assert (await taking_in(client)).status_code == 303
    await working.tick(clock.now())
    assert await execute("SELECT city FROM person WHERE email = 'anna@example.org'") == [
        {"city": "Ede"}
    ]
    page = await client.get("/board/import/1/undoing")
    assert "Alles kan ongedaan gemaakt worden." in page.text
    assert (await client.post("/board/import/1/undoing")).status_code == 303
    assert await execute("SELECT 1 FROM person WHERE email = 'anna@example.org'") == []


async def looked_at_again(client: httpx.AsyncClient) -> None:
    given = {"column-0": "name", "column-1": "email", "column-2": "city", "source": "lijst"}
    await client.post("/board/import/1/columns", data=given)
    page = await client.get("/board/import/1")
    assert "Het bestand wordt nagekeken." in page.text
    await working.tick(clock.now())


async def test_mended_errors_can_be_brought_again(client: httpx.AsyncClient) -> None:
    await looked_at(client)
    errors = (await client.get("/board/import/1/errors.csv")).content

    answer = await brought(client, errors.replace(b"geen;", b"bas@example.org;"))

    assert answer.headers["location"] == "/board/import/2"
    page = await client.get("/board/import/2")
    assert '<option value="name" selected>' in page.text


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", "geen regels onder"), (b"PK\x03\x04", "niet te lezen"), (b"Naam;BSN\n", "geen regels")],
)
async def test_bad_file_is_refused_in_words(
    client: httpx.AsyncClient, content: bytes, fault: str
) -> None:
    answer = await brought(client, content)

    assert (answer.status_code, fault in answer.text) == (422, True)


async def test_no_file_and_a_file_far_too_large_are_said(client: httpx.AsyncClient) -> None:
    none = await client.post("/board/import", data={"source": "x"})
    large = await brought(client, b"a;b\n" * (reading.MOST_BYTES // 4 + 1))
    immense = await brought(client, b"a" * (60 * 1024 * 1024))

    assert (none.status_code, "Kies een bestand." in none.text) == (422, True)
    assert (large.status_code, "groter dan 50 MB" in large.text) == (422, True)
    assert (immense.status_code, "te groot" in immense.text) == (413, True)


async def test_page_of_a_file_has_a_fixed_number_of_statements(client: httpx.AsyncClient) -> None:
    await looked_at(client)

    assert await statements(client, "GET", "/board/import/1") == STATEMENTS


async def test_taking_in_asks_for_a_fresh_second_step(client: httpx.AsyncClient) -> None:
    await looked_at(client)
    await execute("UPDATE session SET proved_at = proved_at - interval '11 minutes'")

    answer = await taking_in(client)

    assert "/second-step" in answer.headers.get("location", "")


async def test_command_looks_and_takes_in_only_when_told(
    client: httpx.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "leden.csv"
    file.write_text(TEXT)

    await command.people(argparse.Namespace(file=str(file), source="", go=False))
    assert "line 3: E-mail address: This is not an e-mail address." in capsys.readouterr().out
    assert await execute("SELECT 1 FROM person WHERE email = 'anna@example.org'") == []

    await command.people(argparse.Namespace(file=str(file), source="", go=True))
    assert len(await execute("SELECT 1 FROM person WHERE email = 'anna@example.org'")) == 1
    with pytest.raises(CannotStart):
        await command.people(argparse.Namespace(file=str(tmp_path / "x"), source="", go=True))
