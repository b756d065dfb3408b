"""The desk at the door without a connection, after signing out, and with a camera."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.journeys.conftest import link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
UNKNOWN = "Deze code kennen wij niet"


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
