"""At the door, on a telephone: by name, by code, and with the connection gone."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
SERIOUS = ("serious", "critical")


def test_a_scan_without_a_connection_is_sent_later_and_counts_once(
    visit: Visit, site: Program
) -> None:
    page = visit(390)
    page.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    page.locator("main form button").first.click()
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
    expect(page.locator("#queue")).to_have_text("Wacht op verbinding: 1")
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
