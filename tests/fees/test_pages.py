"""Money over HTTP: the treasurer's pages, one's own, paper and API."""

import io

import httpx
import pypdf
import pytest

from server import clock
from server.database import execute
from server.fees import queries, service
from server.language import long_day
from tests import factories
from tests.clients import heading, sign_in, statements
from tests.factories import LONG_AGO, known
from tests.fees.test_service import PENNING

pytestmark = pytest.mark.anyio
STATEMENTS = 4


async def office(client: httpx.AsyncClient, role: str) -> None:
    who = await known(role.capitalize())
    await execute(
        "INSERT INTO role_grant (person, role, from_on) VALUES ($1, $2, $3)",
        *(who.id, role, LONG_AGO),
    )
    await sign_in(client, who)


async def owed() -> queries.FeeView:
    await factories.member("Anna", city="Ede")
    await execute("UPDATE membership_type SET fee_cents = 7500")
    await service.charge_year(PENNING, clock.today().year, now=clock.now())
    return (await queries.of_year(clock.today().year))[0]


async def test_treasurer_makes_asks_and_marks(client: httpx.AsyncClient) -> None:
    await factories.member("Anna")
    await execute("UPDATE membership_type SET fee_cents = 7500")
    await office(client, "treasurer")
    page = await client.get("/board/fees")
    assert "1 lid heeft voor dit jaar nog geen contributie." in page.text

    for path in ("charges", "invoices"):
        assert (await client.post(f"/board/fees/{path}")).status_code == 303
    page = await client.get("/board/fees")
    [fee] = await queries.of_year(clock.today().year)
    assert ["€\xa075,00" in page.text, fee.invoice in page.text] == [True, True]
    paper = await client.get(f"/board/invoices/{fee.invoice_id}")
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert [w in text for w in (fee.invoice, "75,00", "Anna", "NL91 ABNA")] == [True] * 4

    wrong = await client.post(f"/board/fees/{fee.id}/waiver", data={"reason": ""})
    assert (wrong.status_code, "Schrijf op waarom" in wrong.text) == (422, True)
    assert (await client.post(f"/board/fees/{fee.id}/payment")).status_code == 303
    assert "Betaald" in (await client.get(f"/board/fees/{fee.id}")).text


async def test_list_of_a_year_has_a_fixed_number_of_statements(client: httpx.AsyncClient) -> None:
    await owed()
    await office(client, "treasurer")

    assert await statements(client, "GET", "/board/fees") == STATEMENTS
    assert (await client.get("/board/fees?year=1")).status_code == 404
    export = await client.get("/board/fees.csv")
    assert ";Anna;" in export.text


async def test_chair_looks_and_secretary_finds_nothing(client: httpx.AsyncClient) -> None:
    fee = await owed()
    await office(client, "chair")
    page = await client.get("/board/fees")
    answer = await client.post(f"/board/fees/{fee.id}/payment")
    assert (page.status_code, "Verstuur de facturen" in page.text) == (200, False)
    assert answer.status_code == 404
    await office(client, "secretary")

    for path in (
        "/board/fees",
        f"/board/fees/{fee.id}",
        "/board/fees.csv",
        "/board/invoices/1",
    ):
        assert (await client.get(path)).status_code == 404


async def test_member_sees_pays_and_gives_a_mandate(client: httpx.AsyncClient) -> None:
    fee = await owed()
    invoice_id = await service.invoice(PENNING, fee.id, now=clock.now())
    anna = (await execute("SELECT id FROM person WHERE surname = 'Anna'"))[0]["id"]
    dirk = await factories.dirk()
    await sign_in(client, dirk)
    assert (await client.get(f"/me/invoices/{invoice_id}")).status_code == 404
    assert "/me/fees/mandate" not in (await client.get("/me/fees")).text
    await execute("UPDATE session SET person = $1", anna)

    page = await client.get("/me/fees")
    paper = await client.get(f"/me/invoices/{invoice_id}")
    wrong = await client.post("/me/fees/mandate", data={"iban": "NL00", "holder": "A. Anna"})
    given = await client.post(
        "/me/fees/mandate", data={"iban": "NL91ABNA0417164300", "holder": "A. Anna", "agreed": "y"}
    )

    assert heading(page) == "Uw contributie"
    assert f"uiterlijk {long_day(fee.due_on, 'nl')}" in page.text
    assert paper.content.startswith(b"%PDF")
    assert (wrong.status_code, "Zet een vinkje" in wrong.text, "NL00" in wrong.text) == (
        422,
        True,
        True,
    )
    assert given.status_code == 303
    assert "NL91ABNA0417164300" in (await client.get("/me/fees")).text
    assert (await client.post("/me/fees/mandate-end")).status_code == 303


async def test_api_does_what_the_pages_do(client: httpx.AsyncClient) -> None:
    await factories.member("Anna")
    await execute("UPDATE membership_type SET fee_cents = 7500")
    await office(client, "treasurer")
    year = clock.today().year

    made = await client.post("/api/fees", json={"year": year})
    [fee] = (await client.get(f"/api/fees/{year}")).json()
    path = f"/api/fees/{fee['id']}"
    asked = await client.post(f"{path}/invoice")
    paid = await client.post(f"{path}/payment", json={})
    again = await client.post(f"{path}/payment", json={})
    due = await client.post(f"{path}/reopening")
    waived = await client.post(f"{path}/waiver", json={"reason": "Student"})

    assert made.json() == {"fees": 1, "cents": 7500}
    assert fee["allowed_actions"] == ["pay", "waive"]
    assert [one.json().get("state") for one in (asked, paid, due, waived)] == [
        "due",
        "paid",
        "due",
        "waived",
    ]
    assert again.status_code == 409
    assert (await client.post("/api/fees", json={})).status_code == 422
