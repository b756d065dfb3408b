"""The page where people subscribe, as a browser meets it."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from server import clock, settings
from server.accounts import service as accounts
from server.calendars import queries
from tables.calendars import EVERYTHING
from tables.groups import WorkingGroup
from tests import factories
from tests.conftest import product

pytestmark = pytest.mark.anyio

HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before


@pytest.fixture
async def browser(db: None) -> AsyncIterator[httpx.AsyncClient]:
    app = product()
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


async def sign_in(browser: httpx.AsyncClient, surname: str) -> int:
    person = await factories.person(surname)
    url = await accounts.sign_in_url(person.id, now=clock.now())
    answer = await browser.post(url.removeprefix(HOST))
    assert answer.status_code == 303
    return int(person.id)


async def make(browser: httpx.AsyncClient, label: str) -> str:
    """Make an address as a browser does, and read it from the page that shows it."""
    made = await browser.post("/calendars/addresses", data={"label": label, "scopes": EVERYTHING})
    assert (made.status_code, made.headers["location"]) == (303, "/calendars/addresses/new")
    shown = await browser.get(made.headers["location"])
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    found = re.search(r'value="(http[^"]*personal/[^"]*\.ics)"', shown.text)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize(
    ("language", "title"),
    [("nl", "Zet de activiteiten in uw agenda"), ("en", "Put the events in your calendar")],
)
async def test_everybody_sees_how_to_subscribe(
    browser: httpx.AsyncClient, language: str, title: str
) -> None:
    await WorkingGroup(name="Onderzoek & praktijk", slug="onderzoek", mission="*Samen*").save()
    await WorkingGroup(name="Besloten", slug="besloten", is_public=False).save()

    answer = await browser.get(f"/calendars?lang={language}")

    assert answer.status_code == 200
    assert re.findall("<h1>(.*?)</h1>", answer.text) == [title]
    query = "?lang=en" if language == "en" else ""
    for expected in (
        f"webcal://localhost:8000/calendars/public.ics{query}",
        f"{HOST}/calendars/groups/onderzoek.ics{query}",
        "https://calendar.google.com/calendar/u/0/r/settings/addbyurl",
        "https://outlook.office.com/calendar/0/addfromweb?url=http://localhost:8000/",
        "<svg",
        "<em>Samen</em>",
    ):
        assert expected in answer.text
    assert "besloten" not in answer.text.lower()
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert "<style" not in answer.text


async def test_an_address_is_made_shown_once_and_works(browser: httpx.AsyncClient) -> None:
    person_id = await sign_in(browser, "Anna")

    address = await make(browser, "telefoon")
    again = await browser.get("/calendars/addresses/new")
    listed = await browser.get("/calendars")
    feed = await browser.get(address.removeprefix(HOST))

    assert (again.status_code, again.headers["location"]) == (303, "/calendars")
    assert "telefoon" in listed.text
    assert address not in listed.text
    assert feed.status_code == 200
    assert [found.label for found in await queries.addresses_of(person_id)] == ["telefoon"]


async def test_an_address_is_withdrawn(browser: httpx.AsyncClient) -> None:
    person_id = await sign_in(browser, "Anna")
    address = await make(browser, "telefoon")
    (kept,) = await queries.addresses_of(person_id)

    answer = await browser.post(f"/calendars/addresses/{kept.id}/revocation")
    page = await browser.get(answer.headers["location"])
    feed = await browser.get(address.removeprefix(HOST))

    assert answer.status_code == 303
    assert "30 dagen een lege agenda" in page.text
    assert "U heeft nog geen geheim adres" in page.text
    assert "X-WR-CALNAME:Link ingetrokken" in feed.text


async def test_a_form_without_a_name_comes_back(browser: httpx.AsyncClient) -> None:
    person_id = await sign_in(browser, "Anna")

    answer = await browser.post("/calendars/addresses", data={"label": "  "})

    assert answer.status_code == 422
    assert 'id="label-error"' in answer.text
    assert await queries.addresses_of(person_id) == []


async def test_dirk_sees_and_ends_only_his_own(browser: httpx.AsyncClient) -> None:
    anna_id = await sign_in(browser, "Anna")
    await make(browser, "annas telefoon")
    (annas,) = await queries.addresses_of(anna_id)
    browser.cookies.clear()
    await sign_in(browser, "Dirk")

    page = await browser.get("/calendars")
    answer = await browser.post(f"/calendars/addresses/{annas.id}/revocation")

    assert "annas telefoon" not in page.text
    assert answer.status_code == 404
    assert await queries.addresses_of(anna_id) == [annas]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/calendars/addresses"),
        ("GET", "/calendars/addresses/new"),
        ("POST", "/calendars/addresses/1/revocation"),
    ],
)
async def test_strangers_are_asked_to_sign_in(
    browser: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await browser.request(method, path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_the_feed_of_the_whole_application_is_that_of_the_fast_lane(
    browser: httpx.AsyncClient,
) -> None:
    stored = await browser.get("/calendars/public.ics")
    answers = [await browser.get("/calendars/public.ics") for _ in range(6)]
    # Not past the front door; one may be, when two seconds are over or a listener begins.
    kept = next(one for one in answers if "x-request-id" not in one.headers)

    assert stored.content == kept.content
    assert "set-cookie" not in stored.headers
    assert [name for name in kept.headers if kept.headers[name] != stored.headers[name]] == []
