"""From application to farewell: a newcomer on a telephone, the board at a desk."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from server import clock
from tests.journeys.conftest import Postbox, link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
NOUR = "nour.bakker@example.net"
THREE_MINUTES = 180
LIST = "Naam;E-mail;Plaats\nVeen, A. van der;anna.vanderveen@example.net;Ede\nFout, B.;geen;Ede\n"


def test_a_newcomer_applies_is_admitted_suspended_and_remembered(
    visit: Visit, post: Postbox, site: Program
) -> None:
    began = time.monotonic()
    nour = visit(390)
    nour.goto("/join")
    nour.get_by_label("Aspirant-lid").check()
    nour.fill("#initials", "N.")
    nour.fill("#surname", "Bakker")
    nour.fill("#email", NOUR)
    nour.wait_for_timeout(1100)  # no human fills this in within a second
    nour.locator("main form button").last.click()
    nour.goto(link_in(post.wait_for(NOUR, "Bevestig uw aanmelding")))
    nour.locator("main form button").first.click()
    assert time.monotonic() - began < THREE_MINUTES

    board = visit()
    board.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    board.locator("main form button").first.click()
    board.goto("/board/applications")
    board.get_by_role("link", name="N. Bakker").click()
    board.get_by_role("button", name="Laat toe").click()
    post.wait_for(NOUR, "Welkom bij het netwerk")

    board.goto("/board/members?q=bakker")
    board.get_by_role("link", name="N. Bakker").click()
    decide(board, "Schorsen")
    board.fill("#why", "De contributie is niet betaald.")
    board.get_by_role("button", name="Schors dit lid").click()
    expect(board.locator("main")).to_contain_text("Geschorst")
    post.wait_for(NOUR, "U bent geschorst als lid")
    board.get_by_role("button", name="Hef de schorsing op").click()
    expect(board.locator("main")).not_to_contain_text("Geschorst")
    post.wait_for(NOUR, "Uw schorsing is opgeheven")

    decide(board, "Overlijden melden")
    board.fill("#died_on", clock.today().isoformat())
    board.get_by_role("button", name="Meld het overlijden").click()
    board.get_by_role("button", name="Handel alles af").click()
    expect(board.get_by_text("Alles is afgehandeld.")).to_be_visible()
    assert len([one for one in post.letters if NOUR in str(one["To"])]) == 5


def decide(page: Page, what: str) -> None:
    """Open one of the decisions of a card."""
    page.locator("details.decision > summary", has_text=what).click()


def test_a_file_is_looked_at_taken_in_and_undone_in_the_browser(
    visit: Visit, site: Program
) -> None:
    board = visit()
    board.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    board.locator("main form button").first.click()
    board.goto("/board/import")
    board.set_input_files(
        "#file", {"name": "leden.csv", "mimeType": "text/csv", "buffer": LIST.encode("utf-16")}
    )
    board.get_by_role("button", name="Bekijk het bestand").click()
    board.get_by_role("button", name="Kijk het bestand na").click()
    expect(board.locator("main")).to_contain_text("Dit is geen e-mailadres.")
    board.get_by_role("button", name="Lees in").click()
    expect(board.locator("main")).to_contain_text("Ingelezen")
    board.goto("/board/import")
    board.get_by_role("link", name="leden.csv").first.click()
    board.get_by_role("link", name="Maak ongedaan").click()
    expect(board.locator("main")).to_contain_text("Alles kan ongedaan gemaakt worden.")
    board.get_by_role("button", name="Maak ongedaan").click()
    expect(board.locator("main")).to_contain_text("Ongedaan gemaakt")
