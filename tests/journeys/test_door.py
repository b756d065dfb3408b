"""The desk at the door: by name, by code, by a helper, without a connection, after signing out."""

from collections.abc import Callable

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
SERIOUS = ("serious", "critical")
UNKNOWN = "Deze code kennen wij niet"


def test_a_scan_without_a_connection_is_sent_later_and_counts_once(
    visit: Visit, site: Program
) -> None:
    page = visit(390)
    sign_in(page, site)
    page.goto("/events/past")
    page.get_by_role("link", name="Eventdag Pijn bij kinderen").click()
    desk = page.url.replace("/events/", "/board/events/") + "/check-in"
    page.goto(desk)
    expect(page.locator("#code")).to_be_focused()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []

    page.keyboard.type("mulder")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gevonden bij")).to_be_visible()

    page.context.set_offline(True)
    page.fill("#code", "7kq2 m4xd")
    page.keyboard.press("Enter")
    expect(page.locator("#queue")).to_have_text("Scans die op verbinding wachten: 1.")
    page.context.set_offline(False)
    expect(page.locator("#outcome")).to_contain_text("Deze code kennen wij niet.")
    expect(page.locator("#queue")).to_be_hidden()

    page.goto(desk)
    expect(page.get_by_text("7KQ2M4XD")).to_have_count(1)
    page.goto(f"{desk}/helpers")
    page.fill("#label", "Te laat")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Deze dag is voorbij")
    page.goto("/events")
    page.get_by_role("link", name="Eventdag Samen beslissen").click()
    page.goto(page.url.replace("/events/", "/board/events/") + "/check-in/helpers")
    page.fill("#label", "Sam bij de deur")
    page.keyboard.press("Enter")
    helper = visit(390, script=False)
    helper.goto(page.locator("#helper-link").input_value())
    helper.fill("#code", "ZZZZ 2222")
    helper.get_by_role("button", name="Laat binnen").click()
    expect(helper.locator("#outcome")).to_contain_text("Deze code kennen wij niet.")


def sign_in(page: Page, site: Program) -> None:
    page.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    page.locator("main form button").first.click()


def scan(page: Page, code: str) -> None:
    page.fill("#code", code)
    page.keyboard.press("Enter")


def test_a_desk_keeps_what_it_cannot_send(visit: Visit, site: Program) -> None:
    [event, *_] = httpx.get(f"http://localhost:{site.port}/api/events").json()
    desk = f"/board/events/{event['slug']}/check-in"
    page = visit(390)
    sign_in(page, site)
    page.goto(desk)
    assert page.evaluate("document.featurePolicy.allowsFeature('camera')")

    page.context.set_offline(True)
    scan(page, "0000 0001")
    scan(page, "0000 0002")
    expect(page.locator("#queue")).to_have_text("Scans die op verbinding wachten: 2.")
    page.context.set_offline(False)
    expect(page.locator("#outcome")).to_contain_text(UNKNOWN)
    expect(page.locator("#queue")).to_be_hidden()

    page.context.clear_cookies()
    scan(page, "0000 0003")
    expect(page.locator("#outcome")).to_contain_text("bewaard")
    expect(page.locator("#queue")).to_have_text("Scans die op verbinding wachten: 1.")
    sign_in(page, site)
    page.goto(desk)
    expect(page.locator("#outcome")).to_contain_text(UNKNOWN)
    expect(page.locator("#queue")).to_be_hidden()
    page.reload()
    expect(page.locator("#latest")).to_contain_text("00000003")
