"""A talk: proposed by a stranger, accepted in the admin, confirmed by its speaker."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys import admin
from tests.journeys.conftest import Postbox, as_a_human, link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
TITLE = "Slapen met pijn: wat werkt"
EMAIL = "els@example.net"


def test_a_stranger_proposes_and_the_board_accepts_in_the_admin(
    visit: Visit, post: Postbox, site: Program
) -> None:
    speaker = visit(390)
    propose(speaker)
    speaker.goto(link_in(post.wait_for(EMAIL, "Dien uw voorstel nog in")))
    speaker.locator("main form button").first.click()
    speaker.get_by_role("button", name="Dien").first.click()
    post.wait_for(EMAIL, "Uw voorstel is binnen")

    board = visit()
    board.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    board.locator("main form button").first.click()
    accept(board)

    text = post.wait_for(EMAIL, "Geaccepteerd:")
    speaker.goto(link_in(text))
    speaker.locator("main button.primary").first.click()
    post.wait_for(EMAIL, "Bevestigd:")


def propose(page: Page) -> None:
    page.goto("/calls")
    page.locator("main h2 a, main h3 a").first.click()
    page.locator("main a.primary").first.click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=abstract]", "Wat helpt tegen slecht slapen bij **pijn**, en wat niet.")
    page.fill("[name=name]", "Els Ekster")
    page.fill("[name=email]", EMAIL)
    as_a_human(page)
    page.locator("main form button").last.click()


def accept(board: Page) -> None:
    board.goto("/admin/#/voorstellen/")
    board.get_by_text(TITLE).first.click()
    board.wait_for_selector('[name="state"]')
    board.wait_for_load_state("networkidle")
    board.select_option('[name="state"]', label="Geaccepteerd")
    admin.save(board)
