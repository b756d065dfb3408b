"""Own data, the register, and the board's page, over HTTP."""

import argparse
import io
import json

import httpx
import pypdf
import pytest

from server import clock
from server.audit import service as audit
from server.cli import privacy as command
from server.database import execute
from server.duplicates import merging
from server.fees import mandates
from tests import factories
from tests.clients import heading, sign_in, statements
from tests.factories import acting

pytestmark = pytest.mark.anyio


async def test_everybody_reads_the_processing_register(client: httpx.AsyncClient) -> None:
    cost = await statements(client, "GET", "/privacy/register")
    page = await client.get("/privacy/register")
    english = await client.get("/privacy/register?lang=en")

    assert (heading(page), cost) == ("Verwerkingsregister", 0)
    assert ["AWR art. 52" in page.text, "seven years" in english.text] == [True, True]


async def test_member_takes_everything_along_and_reads_it(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.member("Anna", city="Zwolle"))

    page = await client.get("/me/data")
    data = await client.get("/me/data.json")
    paper = await client.get("/me/data.pdf")

    assert heading(page) == "Uw gegevens"
    assert data.headers["content-disposition"].startswith("attachment")
    assert json.loads(data.text)["data"]["person"][0]["city"] == "Zwolle"
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert ["Zwolle" in text, "anna@example.com" in text] == [True, True]
    rows = await execute("SELECT 1 FROM audit_entry WHERE action = 'export'")
    assert len(rows) == 2


async def test_words_in_data_are_never_commands_to_the_printer(client: httpx.AsyncClient) -> None:
    evil = '#read("/etc/passwd") *x* $1/0$ "]'
    await sign_in(client, await factories.member("Anna", city=evil))

    paper = await client.get("/me/data.pdf")

    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert paper.status_code == 200
    assert ["#read" in text, "root:" in text] == [True, False]


async def test_old_session_shows_first_who_it_is(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.member("Anna"))
    await execute(
        "UPDATE session SET created_at = created_at - interval '1 hour',"
        " proved_at = proved_at - interval '1 hour'"
    )

    for path in ("/me/data.json", "/me/data.pdf"):
        assert (await client.get(path)).status_code in (303, 401)


async def test_member_asks_and_the_board_erases(client: httpx.AsyncClient) -> None:
    dirk = await factories.dirk()
    await sign_in(client, dirk)
    assert (await client.post("/me/data/erasure", data={"reason": "Klaar"})).status_code == 303
    assert "antwoordt uiterlijk" in (await client.get("/me/data")).text
    await sign_in(client, await factories.carla())

    assert "Vraagt om wissing: Dirk" in (await client.get("/board")).text
    assert "Klaar" in (await client.get("/board/privacy")).text
    plan = await client.get(f"/board/people/{dirk.id}/erasure")
    assert "Er is nog niets gewist." in plan.text
    answer = await client.post(f"/board/people/{dirk.id}/erasure")

    assert answer.status_code == 303
    card = await client.get(f"/board/people/{dirk.id}")
    assert "De gegevens van deze persoon zijn gewist." in card.text
    assert (await client.get(f"/board/people/{dirk.id}/erasure")).status_code == 404


async def test_what_the_absorbed_asked_is_answered_as_the_kept(client: httpx.AsyncClient) -> None:
    dirk, els = await factories.dirk(), await factories.known("Els")
    await sign_in(client, dirk)
    await client.post("/me/data/erasure", data={"reason": "Klaar"})
    carla = await factories.carla()
    await merging.merge(acting(carla, roles=("board",)), els.id, dirk.id, {}, now=clock.now())
    await sign_in(client, carla)

    asked = await client.get("/board/privacy")
    await client.post(f"/board/people/{els.id}/erasure")

    assert f"/board/people/{els.id}/erasure" in asked.text
    assert "Klaar" not in (await client.get("/board/privacy")).text


async def test_board_hands_out_data_of_others_on_record(client: httpx.AsyncClient) -> None:
    dirk = await factories.dirk()
    await sign_in(client, await factories.carla())

    data = await client.get(f"/board/people/{dirk.id}/data.json")
    paper = await client.get(f"/board/people/{dirk.id}/data.pdf")

    assert data.json()["data"]["person"][0]["surname"] == "Dirk"
    assert paper.content.startswith(b"%PDF")
    rows = await execute("SELECT entity_id FROM audit_entry WHERE action = 'export'")
    assert [row["entity_id"] for row in rows] == [dirk.id] * 2


async def test_command_counts_and_forgets_only_when_told(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await factories.dirk()
    await execute("UPDATE person SET created_at = now() - interval '3 years'")

    await command.retention(argparse.Namespace(go=False))
    assert "Nothing was forgotten." in capsys.readouterr().out
    await command.retention(argparse.Namespace(go=True))

    assert "Forgotten: 0 rows." in capsys.readouterr().out
    assert await execute("SELECT 1 FROM person WHERE anonymised_at IS NOT NULL") == []


async def test_secretary_hands_out_no_money_and_its_owner_gets_all(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.member("Anna")
    await execute("UPDATE membership_type SET fee_cents = 7500")
    await mandates.give(acting(anna), "NL91ABNA0417164300", "A. Anna", now=clock.now())
    secretary = await factories.known("Schrijver")
    await execute(
        "INSERT INTO role_grant (person, role, from_on) VALUES ($1, 'secretary', $2)",
        *(secretary.id, factories.LONG_AGO),
    )
    await sign_in(client, secretary)

    handed_out = (await client.get(f"/board/people/{anna.id}/data.json")).text
    paper = await client.get(f"/board/people/{anna.id}/data.pdf")
    await sign_in(client, anna)
    own = (await client.get("/me/data.json")).text

    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert ["ABNA" in words for words in (handed_out, text, own)] == [False, False, True]


async def test_lines_about_others_are_in_nobodys_own_data(client: httpx.AsyncClient) -> None:
    carla, anna = await factories.carla(), await factories.member("Anna", city="Zwolle")
    await audit.record(acting(carla), "change", ("person", anna.id), after={"city": "Zwolle"})
    await sign_in(client, carla)

    own = await client.get("/me/data.json")

    lines = own.json()["data"]["audit_entry"]
    assert [line["after"] for line in lines if line["entity_id"] == anna.id] == [None]
    assert "Zwolle" not in own.text


async def test_any_words_can_be_handed_out(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.known("Dirk"))
    await client.post("/me/data/erasure", data={"reason": "[" * 2000})

    assert (await client.get("/me/data.json")).json()["data"]["erasure"][0]["reason"] == "[" * 2000
    paper = await client.get("/me/data.pdf")
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert "[[[[" in text


async def test_paper_is_in_words(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.member("Anna"))

    paper = await client.get("/me/data.pdf")

    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    kind = (await execute("SELECT name_nl FROM membership_type ORDER BY id LIMIT 1"))[0]["name_nl"]
    assert kind in text
    assert [word for word in ("neutral", "signed_in", "2020-01-01") if word in text] == []


async def test_request_is_answered_in_the_browser(client: httpx.AsyncClient) -> None:
    dirk = await factories.dirk()
    await sign_in(client, dirk)
    await client.post("/me/data/erasure", data={"reason": "Klaar"})
    await client.post("/me/data/erasure/withdrawal")
    assert "antwoordt uiterlijk" not in (await client.get("/me/data")).text
    await client.post("/me/data/erasure", data={"reason": "Toch"})
    await sign_in(client, await factories.carla())

    empty = await client.post(f"/board/people/{dirk.id}/erasure/refusal", data={"answer": ""})
    assert empty.status_code == 422
    answer = {"answer": "Eerst betalen"}
    await client.post(f"/board/people/{dirk.id}/erasure/refusal", data=answer)

    assert "Eerst betalen" not in (await client.get("/board/privacy")).text
    await sign_in(client, dirk)
    assert "Eerst betalen" in (await client.get("/me/data")).text


async def test_only_the_idle_who_were_shown_are_erased(client: httpx.AsyncClient) -> None:
    dirk, els = await factories.dirk(), await factories.known("Els")
    await sign_in(client, await factories.carla())
    await execute("UPDATE person SET created_at = now() - interval '3 years' WHERE id IN ($1, $2)",
                  *(dirk.id, els.id))  # fmt: skip

    shown = await client.get("/board/privacy")
    assert f'value="{dirk.id},{els.id}"' in shown.text
    await client.post("/board/privacy/idle", data={"people": f"{dirk.id},x,999"})

    rows = await execute("SELECT id FROM person WHERE anonymised_at IS NOT NULL")
    assert [row["id"] for row in rows] == [dirk.id]
