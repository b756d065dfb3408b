"""A course that is held four times: laid out on a telephone without script, and moved together."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.test_tour import serious, sign_in
from tests.launcher.program import Program

Visit = Callable[..., Page]
BOARD = "bestuur@example.org"


def press(page: Page) -> None:
    page.locator("main form button").last.click()


def whole(page: Page) -> None:
    """Nothing sticks out, and nothing is in the way of a screen reader."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(page) == []


def lay_out(page: Page) -> str:
    """From a draft to three drafts more: the path of the series."""
    page.goto("/board/events")
    page.get_by_role("link", name="Basiscursus Pijn").first.click()
    page.get_by_role("link", name="Vaker houden").click()
    page.get_by_label("Elke twee weken op maandag").check()
    page.get_by_label("Hoeveel keer in totaal").fill("5")
    press(page)
    expect(page.locator("h2").first).to_have_text("5 keer")
    page.locator("#days-1").uncheck()
    press(page)
    expect(page.locator("h1")).to_have_text("Basiscursus Pijn")
    expect(page.locator("main tbody tr")).to_have_count(4)
    return page.url


def test_a_course_is_laid_out_and_moved_together(visit: Visit, site: Program) -> None:
    board = visit(390, script=False)
    sign_in(board, site, BOARD)
    series = lay_out(board)

    board.goto(f"{series}/publication")
    board.locator("#slugs-3").uncheck()
    press(board)
    expect(board.locator("main tbody tr").nth(0)).to_contain_text("Gepubliceerd")
    expect(board.locator("main tbody tr").nth(3)).to_contain_text("Concept")

    desk = visit()
    sign_in(desk, site, BOARD)
    desk.goto(series)
    desk.locator("main tbody tr").nth(1).get_by_role("link", name="Wijzigen").click()
    desk.get_by_label("Deze keer en alle volgende").check()
    desk.locator("#room").fill("Zaal 9")
    press(desk)
    expect(desk.locator("h2").first).to_have_text("Dit verandert voor 3 keren")
    whole(desk)
    press(desk)
    expect(desk.locator(".notice")).to_contain_text("De wijziging is bewaard.")

    desk.goto(f"{series}/ending")
    whole(desk)
    board.goto(f"{series}/ending")
    press(board)
    expect(board.locator(".error-summary")).to_be_visible()
    board.get_by_label("Waarom").fill("De docent is met pensioen.")
    press(board)
    expect(board.locator("main tbody tr")).to_have_count(3)
    expect(board.locator("main")).to_contain_text("Deze reeks is beëindigd.")
