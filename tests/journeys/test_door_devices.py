"""The devices of the door: hand scanner, keyboard, camera, and a browser that is killed."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from server import clock, language
from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.test_door import SERIOUS, UNKNOWN, sign_in
from tests.launcher.program import Program

Visit = Callable[..., Page]
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError") };
"""
WIDTH, HEIGHT = 640, 480


def desk_of(site: Program) -> str:
    """The desk of the next event."""
    [event, *_] = httpx.get(f"http://localhost:{site.port}/api/events").json()
    return f"/board/events/{event['slug']}/check-in"


def at_the_desk(page: Page, site: Program) -> str:
    sign_in(page, site)
    page.goto(desk := desk_of(site))
    return desk


def test_by_keyboard_alone_with_a_hand_scanner(visit: Visit, site: Program) -> None:
    page = visit(390)
    at_the_desk(page, site)
    expect(page.locator("#code")).to_be_focused()

    # a scanner types fast and ends with Enter, three tickets on end
    for n in range(3):
        page.keyboard.type(f"ZZZZ111{n + 2}")
        page.keyboard.press("Enter")
    expect(page.locator("#latest")).to_contain_text("ZZZZ1114")
    expect(page.locator("#latest")).to_contain_text("ZZZZ1112")
    expect(page.locator("#queue")).to_be_hidden()
    expect(page.locator("#code")).to_be_focused()

    page.locator("h1").click()  # somebody touched the page beside the field
    expect(page.locator("#code")).not_to_be_focused()
    page.keyboard.type("ZZZZ5555")
    page.keyboard.press("Enter")
    expect(page.locator("#latest")).to_contain_text("ZZZZ5555")

    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.locator("#code").focus()
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")  # the camera
    page.keyboard.press("Tab")
    expect(page.get_by_text("kies anders")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("select").first).to_be_focused()


def test_without_script_a_name_and_a_code_work_by_keyboard(visit: Visit, site: Program) -> None:
    page = visit(390, script=False)
    desk = at_the_desk(page, site)
    page.fill("#code", "mulder")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gevonden bij")).to_be_visible()
    assert page.url.endswith("q=mulder")
    page.goto(desk)
    page.fill("#code", "ZZZZ 7777")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_contain_text(UNKNOWN)


def test_a_full_browser_keeps_scans_in_the_page_and_says_so(visit: Visit, site: Program) -> None:
    page = visit(390)
    page.add_init_script(FULL)
    at_the_desk(page, site)

    page.context.set_offline(True)
    page.fill("#code", "ZZZZ 8888")
    page.keyboard.press("Enter")
    expect(page.locator("#queue")).to_contain_text("Scans die op verbinding wachten: 1.")
    expect(page.locator("#queue")).to_contain_text("sluit deze pagina pas")
    asks = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert page.evaluate(asks)

    page.context.set_offline(False)
    expect(page.locator("#outcome")).to_contain_text(UNKNOWN)
    expect(page.locator("#queue")).to_be_hidden()
    assert not page.evaluate(asks)
    expect(page.locator("#latest")).to_contain_text("ZZZZ8888")


def test_a_device_whose_clock_is_an_hour_fast_scans_now(visit: Visit, site: Program) -> None:
    page = visit(390)
    page.clock.set_fixed_time(clock.now() + timedelta(hours=1))
    at_the_desk(page, site)

    before = clock.now()
    page.keyboard.type("ZZZZ2345")
    page.keyboard.press("Enter")

    expect(page.locator("#latest")).to_contain_text("ZZZZ2345")
    moments = {language.clock_time(at, "nl") for at in (before, clock.now())}
    line = page.locator("#latest li", has_text="ZZZZ2345").inner_text()
    assert any(line.startswith(moment) for moment in moments), (line, moments)


def test_two_pages_of_one_browser_send_each_scan_once(visit: Visit, site: Program) -> None:
    first = visit(390)
    desk = at_the_desk(first, site)
    second = first.context.new_page()
    second.goto(desk)

    first.context.set_offline(True)
    for page, code in ((first, "ZZZZ 2222"), (second, "ZZZZ 3333"), (first, "ZZZZ 4444")):
        page.fill("#code", code)
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_have_value("")
    expect(first.locator("#queue")).to_contain_text("wachten: 3.")
    first.context.set_offline(False)
    expect(first.locator("#queue")).to_be_hidden()
    expect(second.locator("#queue")).to_be_hidden()  # whichever of the two has sent them

    first.goto(desk)
    for code in ("ZZZZ2222", "ZZZZ3333", "ZZZZ4444"):
        expect(first.locator("#latest").get_by_text(code)).to_have_count(1)


def processes_of(folder: Path) -> list[int]:
    """The browsers of one profile, by what stands on their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in line:
                found.append(int(entry.name))
    return found


def test_a_killed_browser_has_lost_no_scan(browser: Browser, site: Program, visit: Visit) -> None:
    playwright = browser.browser_type
    with tempfile.TemporaryDirectory(prefix="netwerk-profile-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        common: dict[str, Any] = {
            "executable_path": CHROMIUM,
            "args": ARGUMENTS,
            "base_url": f"http://localhost:{site.port}",
            "viewport": {"width": 390, "height": 800},
            "locale": "nl-NL",
        }
        context = playwright.launch_persistent_context(folder, **common)
        page = context.new_page()
        desk = at_the_desk(page, site)
        context.set_offline(True)
        for n in range(2, 7):
            page.fill("#code", f"ZZZZ 666{n}")
            page.keyboard.press("Enter")
        expect(page.locator("#queue")).to_contain_text("wachten: 5.")
        for process in processes_of(folder):  # at once: nothing is written after this
            os.kill(process, signal.SIGKILL)
        time.sleep(1)

        again = playwright.launch_persistent_context(folder, **common)
        page = again.new_page()
        at_the_desk(page, site)
        for n in range(2, 7):
            expect(page.locator("#latest").get_by_text(f"ZZZZ666{n}")).to_have_count(1)
        expect(page.locator("#queue")).to_be_hidden()
        assert desk in page.url
        again.close()


def film_of(code: str, path: Path) -> None:
    """A camera that sees a ticket: a film of one frame, YUV 4:2:0."""
    matrix = segno.make(code, error="m", micro=False).matrix
    scale, border = 8, 4
    side = (len(matrix) + 2 * border) * scale
    left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
    light = bytearray([200]) * (WIDTH * HEIGHT)
    for y in range(side):
        for x in range(side):
            row, column = y // scale - border, x // scale - border
            inside = 0 <= row < len(matrix) and 0 <= column < len(matrix)
            light[(top + y) * WIDTH + left + x] = 20 if inside and matrix[row][column] else 235
    colours = bytes([128]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + bytes(light) + colours) * 2)


@pytest.fixture
def camera_page(browser: Browser, site: Program) -> Iterator[Page]:
    """A page of a browser whose camera sees a ticket, and which reads no codes itself."""
    with tempfile.TemporaryDirectory(prefix="netwerk-camera-", ignore_cleanup_errors=True) as name:
        film = Path(name) / "ticket.y4m"
        film_of("ZZZZ9999", film)
        seeing = [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
            "--use-fake-ui-for-media-stream",
        ]
        found = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *seeing])
        context = found.new_context(
            base_url=f"http://localhost:{site.port}", viewport={"width": 390, "height": 800}
        )
        context.set_default_timeout(30_000)
        yield context.new_page()
        found.close()


def test_a_camera_reads_a_ticket_where_the_browser_reads_no_codes(
    camera_page: Page, site: Program
) -> None:
    page = camera_page
    page.add_init_script("delete window.BarcodeDetector")
    at_the_desk(page, site)

    page.get_by_role("button", name="Scan met de camera").click()

    expect(page.locator("#outcome")).to_contain_text(UNKNOWN)
    expect(page.locator("#latest")).to_contain_text("ZZZZ9999")
    expect(page.locator("#finder")).to_be_visible()
    page.get_by_role("button", name="Camera uit").click()
    expect(page.locator("#finder")).to_be_hidden()
    page.reload()
    expect(page.locator("#latest").get_by_text("ZZZZ9999")).to_have_count(1)
