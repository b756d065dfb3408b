"""One morning at a door: who walks in, the ticket in the mail, two devices, the way back."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server import clock
from tests.journeys import admin
from tests.journeys.conftest import Postbox
from tests.journeys.test_door import SERIOUS, sign_in
from tests.launcher.program import Program

Visit = Callable[..., Page]
POST = """async ([path, values]) => (await fetch(path, {
  method: "POST", body: new URLSearchParams(values) })).url"""
READ = """async (data) => {
  const { BarcodeDetector } = await import(document.getElementById("scan").dataset.decoder);
  const picture = new Image();
  picture.src = "data:image/png;base64," + data;
  const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
  return found.rawValue;
}"""


def event_of_today(board: Page) -> str:
    """An event that begins in half an hour, with one place: its desk."""
    begins = (clock.now() + timedelta(minutes=30)).astimezone(clock.AMSTERDAM)
    values = {
        **{"title": "Deurdag", "kind": "event_day", "mode": "on_site", "visibility": "public"},
        **{"venue": "", "group": "", "starts_at": f"{begins:%Y-%m-%dT%H:%M}"},
        "ends_at": f"{begins + timedelta(hours=5):%Y-%m-%dT%H:%M}",
    }
    made = board.evaluate(POST, ["/board/events", values])
    slug = made.split("/")[-2]
    admin.open_form(board, "plaatsen_per_activiteit")
    admin.choose(board, "event", "Deurdag")
    board.fill('[name="capacity"]', "1")
    admin.create(board)
    board.goto(f"/board/events/{slug}")
    board.evaluate(POST, [f"/board/events/{slug}/publication", {}])
    return f"/board/events/{slug}/check-in"


def has_no_serious_findings(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def walk_in(page: Page, name: str, email: str) -> None:
    """By keyboard alone."""
    page.locator("#name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Enter")


def test_a_morning_at_the_door(visit: Visit, post: Postbox, site: Program) -> None:
    board = visit(390)
    sign_in(board, site)
    desk = event_of_today(board)

    board.goto(f"{desk}/walk-in")
    has_no_serious_findings(board)
    walk_in(board, "Wim Loper", "wim.loper@example.net")
    expect(board.locator("#outcome")).to_have_text("Wim Loper is binnen.")
    expect(board.locator("#numbers")).to_have_text("1 van 1 binnen")
    board.goto(f"{desk}/walk-in")
    walk_in(board, "Vera Vol", "vera.vol@example.net")
    expect(board.locator(".error-summary")).to_contain_text("Er is geen plaats vrij.")
    expect(board.locator("#name")).to_have_value("Vera Vol")
    has_no_serious_findings(board)
    board.fill("#reason", "Spreekt vanmiddag")
    board.keyboard.press("Enter")
    expect(board.locator("#outcome")).to_have_text("Vera Vol is binnen.")

    text = post.wait_for("wim.loper@example.net", "U heeft een plaats: Deurdag")
    [code] = re.findall(r"^[0-9A-Z]{4} [0-9A-Z]{4}\r?$", text, re.MULTILINE)
    [letter] = [one for one in post.letters if "wim.loper" in str(one["To"])]
    [picture] = [one for one in letter.walk() if one.get_content_type() == "image/png"]
    drawn = base64.b64encode(picture.get_content()).decode()
    assert board.evaluate(READ, drawn) == code.strip().replace(" ", "")

    board.goto(f"{desk}/helpers")
    board.fill("#label", "Sam bij de deur")
    board.keyboard.press("Enter")
    helper = visit(390)
    helper.goto(board.locator("#helper-link").input_value())
    at_two_devices(helper, board, code.strip(), desk)


def at_two_devices(helper: Page, board: Page, code: str, desk: str) -> None:
    """The same ticket at both, one of them without a connection; then taken back, and out."""
    helper.keyboard.type(code)
    helper.keyboard.press("Enter")
    expect(helper.locator("#outcome")).to_contain_text("Wim Loper is al binnen.")
    expect(helper.locator("#latest")).to_contain_text("al binnen")
    has_no_serious_findings(helper)
    helper.get_by_role("button", name="Draai terug").last.click()
    expect(helper.locator("#numbers")).to_have_text("1 van 2 binnen")

    board.goto(desk)
    board.context.set_offline(True)
    board.keyboard.type(code)
    board.keyboard.press("Enter")
    expect(board.locator("#outcome")).to_contain_text("is bewaard op dit apparaat")
    helper.keyboard.type(code)
    helper.keyboard.press("Enter")
    expect(helper.locator("#outcome")).to_have_text("Wim Loper is binnen.")
    expect(helper.locator("#numbers")).to_have_text("2 van 2 binnen")
    board.context.set_offline(False)
    expect(board.locator("#outcome")).to_contain_text("Wim Loper is al binnen.")
    expect(board.locator("#numbers")).to_have_text("2 van 2 binnen")

    helper.goto(f"{helper.url.split('?')[0]}?direction=out")
    helper.keyboard.type(code)
    helper.keyboard.press("Enter")
    expect(helper.locator("#outcome")).to_have_text("Wim Loper is weggegaan.")
    board.goto(f"{desk}?missing=1")
    expect(board.locator("main")).to_contain_text("Wim Loper")
