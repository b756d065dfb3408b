"""After an event day: minutes corrected, certificates checked on a phone, lists for registers."""

import io
import re
from collections.abc import Callable

import pypdf
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.test_door import SERIOUS, sign_in
from tests.launcher.program import Program

Visit = Callable[..., Page]
DAY = "Eventdag Pijn bij kinderen"


def is_whole(page: Page) -> None:
    """Fits the screen and has no serious fault for who uses it otherwise."""
    page.wait_for_load_state()
    expect(page.locator("h1")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("window.innerWidth"), page.url
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == [], page.url


def test_from_the_list_of_who_was_there_to_the_registers(visit: Visit, site: Program) -> None:
    page = visit(390)
    sign_in(page, site)
    page.goto("/events/past")
    page.get_by_role("link", name=DAY).click()
    base = page.url.replace("/events/", "/board/events/")
    numbers = corrects(page, base)
    code = fetches(page, base, numbers)
    phone = visit(390, script=False)
    page.goto("/verify")
    is_whole(page)
    page.go_back()
    phone.goto("/verify")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Controleer").click()
    expect(phone.get_by_text("Dit certificaat is geldig.")).to_be_visible()
    revokes(page)
    phone.reload()
    expect(phone.get_by_text("Dit certificaat is ingetrokken")).to_be_visible()
    hands_in(page, base)


def corrects(page: Page, base: str) -> str:
    """One person's minutes, with a reason; who already has a certificate gets another."""
    page.goto(f"{base}/presence")
    expect(page.get_by_text("De lijst is vastgesteld op")).to_be_visible()
    is_whole(page)
    page.get_by_role("link", name="O. Aziz").click()
    is_whole(page)
    page.locator("input[type=number]").first.fill("31")
    page.get_by_role("button", name="Pas aan").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("input[type=number]").first.fill("10")
    page.get_by_label("Reden").fill("Kwam later binnen.")
    page.get_by_role("button", name="Pas aan").click()
    expect(page.get_by_text("De minuten zijn aangepast.")).to_be_visible()
    page.goto(f"{base}/certificates")
    is_whole(page)
    return page.get_by_role("row", name="A. Rahmani").get_by_role("link").inner_text()


def fetches(page: Page, base: str, number: str) -> str:
    """The code that stands on the paper."""
    page.get_by_role("link", name=number).click()
    is_whole(page)
    answer = page.request.get(f"{page.url}/paper")
    text = pypdf.PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    found = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}-[0-9A-Z]", text)
    assert found is not None
    return found[0]


def revokes(page: Page) -> None:
    page.get_by_label("Reden").fill("Op verzoek van de deelnemer.")
    page.get_by_role("button", name="Trek in").click()
    expect(page.get_by_text("Het certificaat is ingetrokken.")).to_be_visible()


def hands_in(page: Page, base: str) -> None:
    """The list for one register, and those of whom a number is missing."""
    page.goto("/board/accreditation")
    is_whole(page)
    page.goto(f"{base}/accreditation")
    is_whole(page)
    page.get_by_role("link", name="NIP").click()
    is_whole(page)
    expect(page.get_by_text("geen nummer bekend").first).to_be_visible()
    page.get_by_role("button", name="Vraag hun om het nummer").click()
    expect(page.get_by_text("Zij krijgen een e-mail")).to_be_visible()
    page.get_by_role("button", name="Maak de lijst voor het register").click()
    expect(page.get_by_role("heading", name="Lijst voor NIP")).to_be_visible()
    is_whole(page)
