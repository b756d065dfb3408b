"""The interface in a real browser: in Dutch, with nothing that the CSP would stop."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from litestar import Litestar

from server.database import execute
from tests.admin.conftest import Make

playwright = pytest.importorskip("playwright.async_api")
Page = playwright.Page
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        CHROMIUM is None and "CI" not in os.environ, reason="no Chromium on this machine"
    ),
]
ENGLISH = ("Save", "Edit ", "Add Row", "Per Page", "NULL", "Successfully", "True", "None", "All")


@pytest.fixture
async def address(db: None, site: Litestar) -> AsyncIterator[str]:
    """The site as Carla meets it, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(site, port=port, log_level="error", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event to wait for
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}/admin/"
    server.should_exit = True
    await running


@pytest.fixture(scope="module")
async def chromium(anyio_backend: str) -> AsyncIterator[Any]:
    """One browser for all of these tests."""
    async with playwright.async_playwright() as engine:
        browser = await engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


Browsing = Callable[[int], AbstractAsyncContextManager[tuple[Page, list[str]]]]


@pytest.fixture
def browsing(chromium: Any) -> Browsing:
    """A page of this width, as Carla in New York sees it, and everything that goes wrong on it."""

    @asynccontextmanager
    async def browse(width: int) -> AsyncIterator[tuple[Page, list[str]]]:
        wrong: list[str] = []
        context = await chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="nl-NL",
            timezone_id="America/New_York",
            extra_http_headers={"x-visitor": "carla"},
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        yield page, wrong
        await context.close()

    return browse


async def _save(page: Page) -> None:
    async with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        await page.click('[data-uitest="save_button"]')
    await page.wait_for_selector('[data-uitest="save_button"]:enabled')


@pytest.mark.parametrize("width", [1280, 390])
async def test_list_and_form_are_in_dutch_without_violations(
    browsing: Browsing, address: str, an_event: Make, width: int
) -> None:
    event = await an_event()

    async with browsing(width) as (page, wrong):
        await page.goto(f"{address}#/activiteiten/")
        await page.wait_for_selector("text=Pijndag")
        listed = await page.inner_text("#app")
        await page.goto(f"{address}#/activiteiten/{event['id']}/")
        await page.wait_for_selector("text=Bekijk op de site")
        form = await page.inner_text("#app")
        wide = await page.evaluate("document.documentElement.scrollWidth")

    assert wrong == []
    assert [word for word in ENGLISH if word in listed + form] == []
    assert "vr 12 mrt 2027 12:00" in listed
    assert "Bekijk op de site" in form
    assert wide == width


async def test_the_form_keeps_amsterdam_time_and_saves_twice(
    browsing: Browsing, address: str, an_event: Make
) -> None:
    event = await an_event()

    async with browsing(1280) as (page, wrong):
        await page.goto(f"{address}#/activiteiten/{event['id']}/")
        begins = page.locator('div:has(> [name="starts_at"]) input[type="datetime-local"]').first
        await page.wait_for_selector("text=Activiteit bewerken")
        shown = await begins.input_value()
        await page.fill('[name="room"]', "Zaal 2")
        await _save(page)
        await page.fill('[name="room"]', "Zaal 3")
        await page.select_option('[name="state"]', "published")
        await _save(page)
        offered = await page.locator('[name="state"] option').all_inner_texts()
        closed = await page.locator('[name="slug"]').is_disabled()

    (row,) = await execute("SELECT * FROM event")
    assert wrong == []
    assert shown == "2027-03-12T12:00"
    assert row["starts_at"] == event["starts_at"]
    assert (row["room"], row["state"]) == ("Zaal 3", "published")
    assert [option.strip() for option in offered] == ["Gepubliceerd"]
    assert closed


async def test_a_stale_tab_says_so_and_saves_nothing(
    browsing: Browsing, address: str, an_event: Make
) -> None:
    event = await an_event()

    async with browsing(1280) as (page, _wrong):
        await page.goto(f"{address}#/activiteiten/{event['id']}/")
        await page.wait_for_selector("text=Activiteit bewerken")
        await execute("UPDATE event SET room = 'Van een ander', revision = 2")
        await page.fill('[name="room"]', "Van mij")
        await _save(page)
        said = await page.inner_text("#app")

    (row,) = await execute("SELECT room FROM event")
    assert "Deze rij is intussen gewijzigd door een ander." in said
    assert row["room"] == "Van een ander"


async def test_a_new_row_is_made_from_the_form(browsing: Browsing, address: str) -> None:
    async with browsing(1280) as (page, wrong):
        await page.goto(f"{address}#/locaties/add/")
        await page.wait_for_selector("form label")
        await page.wait_for_load_state("networkidle")
        await page.fill('[name="name"]', "Domus Medica")
        await page.fill('[name="city"]', "Utrecht")
        async with page.expect_response(lambda answer: answer.request.method == "POST"):
            await page.click('[data-uitest="create_button"]')
        await page.wait_for_timeout(200)

    rows = await execute("SELECT name, city, revision FROM venue")
    assert wrong == []
    assert rows == [{"name": "Domus Medica", "city": "Utrecht", "revision": 1}]


async def test_what_is_closed_is_not_offered(browsing: Browsing, address: str) -> None:
    async with browsing(1280) as (page, wrong):
        await page.goto(f"{address}#/logboek/")
        await page.wait_for_selector("text=Niets gevonden")
        add = await page.locator('a[href$="/add/"]').is_visible()
        await page.click("#user")
        menu = await page.inner_text("#drop_down_menu")

    assert wrong == []
    assert not add
    assert [line.strip() for line in menu.splitlines() if line.strip()] == [
        "Afmelden",
        "Donkere weergave",
        "Over Piccolo",
    ]


async def test_when_the_session_has_ended_one_signs_in_again(
    browsing: Browsing, address: str
) -> None:
    async with browsing(1280) as (page, _wrong):
        await page.goto(address)
        await page.wait_for_selector("text=Activiteiten")
        await page.context.set_extra_http_headers({})
        await page.click('a[href="#/logboek/"]')
        await page.wait_for_url("**/sign-in?next=/admin/")


async def test_signing_out_is_the_sites_own(browsing: Browsing, address: str) -> None:
    sent: list[str] = []

    async with browsing(1280) as (page, _wrong):
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("request", lambda asked: sent.append(f"{asked.method} {asked.url}"))
        await page.route("**/sign-out", lambda route: route.fulfill(status=200, body=""))
        await page.goto(address)
        await page.click("#user")
        await page.click("text=Afmelden")
        await page.wait_for_url("http://127.0.0.1:*/")

    assert [one for one in sent if one.startswith("POST")] == [
        f"POST {address.removesuffix('admin/')}sign-out"
    ]


async def test_a_foreign_key_is_chosen_from_a_list(
    browsing: Browsing, address: str, an_event: Make
) -> None:
    event = await an_event()
    await execute("INSERT INTO venue (name, city) VALUES ('Domus', 'Utrecht')")

    async with browsing(1280) as (page, wrong):
        await page.goto(f"{address}#/activiteiten/{event['id']}/")
        await page.wait_for_selector("text=Bekijk op de site")
        await page.click('div:has(> label:has-text("Locatie")) input[type="text"]')
        await page.click("text=Domus, Utrecht")
        await _save(page)

    (row,) = await execute("SELECT venue FROM event")
    assert wrong == []
    assert row["venue"] == 1


async def test_the_form_asks_which_of_two_hours_and_refuses_one_that_is_missing(
    browsing: Browsing, address: str, an_event: Make
) -> None:
    event = await an_event()

    async with browsing(1280) as (page, _wrong):
        await page.goto(f"{address}#/activiteiten/{event['id']}/")
        field = page.locator('div:has(> [name="starts_at"])').first
        begins, which = field.locator('input[type="datetime-local"]'), field.locator("select")
        await page.wait_for_selector("text=Activiteit bewerken")
        unasked = await which.count()
        ends = page.locator('div:has(> [name="ends_at"]) input[type="datetime-local"]').first
        await ends.fill("2027-12-01T12:00")

        await begins.fill("2027-03-28T02:30")
        await _save(page)
        missing = await page.inner_text("#app")
        await begins.fill("2027-10-31T02:30")
        choices = await which.locator("option").all_inner_texts()
        await _save(page)
        doubled = await page.inner_text("#app")
        before = await execute("SELECT starts_at FROM event")
        await which.select_option("second")
        await _save(page)
        second = await execute("SELECT starts_at FROM event")
        kept = (await begins.input_value(), await which.input_value())
        await page.fill('[name="room"]', "Zaal 2")
        await _save(page)
        unchanged = await execute("SELECT starts_at, room FROM event")
        await which.select_option("first")
        await _save(page)
        first = await execute("SELECT starts_at FROM event")
        await begins.fill("2027-07-04T09:30")
        gone = await which.count()

    moments = [rows[0]["starts_at"].isoformat() for rows in (before, second, unchanged, first)]
    assert (unasked, gone) == (0, 0)
    assert "Op 28 maart 2027 bestaat 02.30 uur niet" in missing
    assert "Op 31 oktober 2027 is het twee keer 02.30 uur" in doubled
    assert choices == [
        "Kies: welke van de twee?",
        "de eerste (zomertijd)",
        "de tweede (wintertijd)",
    ]
    assert kept == ("2027-10-31T02:30", "second")
    assert unchanged[0]["room"] == "Zaal 2"
    assert moments == [
        *("2027-03-12T11:00:00+00:00", "2027-10-31T01:30:00+00:00"),
        *("2027-10-31T01:30:00+00:00", "2027-10-31T00:30:00+00:00"),
    ]
