"""An event day from the board's first click to the place that came free."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import httpx
import icalendar
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from server import clock
from tests.journeys import admin
from tests.journeys.conftest import Postbox, as_a_human, link_in, says
from tests.journeys.factor import connect_app
from tests.launcher.program import Program

Visit = Callable[..., Page]
DAY = clock.today() + timedelta(days=100)
SLUG = f"proefdag-pijn-{DAY.year}"


def register(page: Page, name: str, email: str) -> None:
    page.goto(f"/events/{SLUG}")
    page.locator("main a.primary").click()
    page.fill("#name", name)
    page.fill("#email", email)
    as_a_human(page)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_have_text("Bevestig uw inschrijving")


def confirm(page: Page, post: Postbox, email: str) -> None:
    page.goto(link_in(post.wait_for(email, "Bevestig uw inschrijving")))
    page.get_by_role("button", name="Bevestig mijn inschrijving").click()


def test_from_draft_to_the_place_that_came_free(visit: Visit, post: Postbox, site: Program) -> None:
    board = visit()
    board.goto(link_in(says(site, "set-up-link")))
    board.fill("#surname", "Bos")
    board.fill("#email", "carla@example.net")
    board.get_by_role("button", name="Maak het account").click()
    connect_app(board)
    expect(board).to_have_url(f"http://localhost:{site.port}/board")

    make_event(board)
    board.goto(f"/events/{SLUG}")
    expect(board.locator("main")).to_contain_text("Dit is een concept")
    assert httpx.get(f"http://localhost:{site.port}/events/{SLUG}").status_code == 404

    publish(board)
    people = {
        "Anna Aal": "anna.aal@example.net",
        "Bram Bos": "bram.bos@example.net",
        "Cor Cup": "cor.cup@example.net",
    }
    pages = {}
    for number, (name, email) in enumerate(people.items()):
        page = pages[name] = visit(390 if number else 1280, script=number != 2)
        register(page, name, email)
        confirm(page, post, email)
    expect(pages["Anna Aal"].locator("h1")).to_have_text("U heeft een plaats")
    expect(pages["Bram Bos"].locator("h1")).to_have_text("U heeft een plaats")
    expect(pages["Cor Cup"].locator("h1")).to_have_text("U staat op de wachtlijst")
    expect(pages["Cor Cup"].locator("main")).to_contain_text("plaats 1 van de wachtlijst")

    pages["Anna Aal"].get_by_role("button", name="Meld mij af").click()
    expect(pages["Anna Aal"].locator("h1")).to_have_text("U bent afgemeld")
    pages["Cor Cup"].goto(link_in(post.wait_for(people["Cor Cup"], "Er is een plaats voor u")))
    pages["Cor Cup"].get_by_role("button", name="Ja, ik kom").click()
    expect(pages["Cor Cup"].locator("h1")).to_have_text("U heeft een plaats")
    post.wait_for(people["Cor Cup"], "U heeft een plaats")

    the_feed_tells_the_same(site)
    moving_it_raises_the_sequence(board, post, site)
    the_list_leaves_the_house(board)


def make_event(board: Page) -> None:
    admin.open_form(board, "activiteiten")
    board.fill('[name="title"]', "Proefdag pijn")
    admin.moment(board, 0, f"{DAY}T09:30")
    admin.moment(board, 1, f"{DAY}T17:00")
    admin.create(board)
    admin.open_form(board, "plaatsen_per_activiteit")
    admin.choose(board, "event", "Proefdag pijn")
    board.fill('[name="capacity"]', "2")
    admin.create(board)


def open_event(board: Page) -> None:
    board.goto(f"/events/{SLUG}")
    board.get_by_role("link", name="Wijzig in het beheer").click()
    board.wait_for_selector('[name="state"]')
    board.wait_for_load_state("networkidle")


def publish(board: Page) -> None:
    open_event(board)
    board.select_option('[name="state"]', label="Gepubliceerd")
    admin.save(board)


def feed(site: Program, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(f"http://localhost:{site.port}/calendars/public.ics", headers=headers)


def entry(answer: httpx.Response) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(answer.content)
    [found] = [e for e in calendar.walk("VEVENT") if e["SUMMARY"] == "Proefdag pijn"]
    return found


def the_feed_tells_the_same(site: Program) -> None:
    first = feed(site)
    again = feed(site)
    unchanged = feed(site, {"If-None-Match": first.headers["etag"]})

    assert entry(first)["DTSTART"].dt.isoformat() == f"{DAY}T09:30:00{utc_offset()}"
    assert first.content == again.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def utc_offset() -> str:
    local = (
        clock.now()
        .astimezone(clock.AMSTERDAM)
        .replace(year=DAY.year, month=DAY.month, day=DAY.day, hour=9)
    )
    return f"{local:%z}"[:3] + ":00"


def moving_it_raises_the_sequence(board: Page, post: Postbox, site: Program) -> None:
    before = int(entry(feed(site))["SEQUENCE"])
    open_event(board)
    admin.moment(board, 0, f"{DAY}T10:00")
    admin.save(board)

    after = entry(feed(site))

    assert int(after["SEQUENCE"]) == before + 1
    assert "10.00" in post.wait_for("bram.bos@example.net", "Gewijzigd: Proefdag pijn")


def the_list_leaves_the_house(board: Page) -> None:
    board.goto(f"/board/events/{SLUG}")
    with board.expect_download() as download:
        board.get_by_role("link", name="XLSX").click()
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(download.value.path().read_bytes()))
        .get_sheet_by_index(0)
        .to_python()
    )

    assert rows[0][:3] == ["Naam", "E-mailadres", "Stand"]
    assert sorted((row[0], row[2]) for row in rows[1:]) == [
        ("Anna Aal", "Afgemeld"),
        ("Bram Bos", "Heeft een plaats"),
        ("Cor Cup", "Heeft een plaats"),
    ]
