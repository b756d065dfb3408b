"""An office from its invitation to its end, in the browsers of two people."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Postbox, link_in, says
from tests.journeys.factor import connect_app
from tests.launcher.program import Program

Visit = Callable[..., Page]
SARA = "sara.smit@example.net"


def test_a_secretary_is_invited_sees_no_money_and_is_gone_at_once(
    visit: Visit, post: Postbox, site: Program
) -> None:
    board = visit()
    board.goto(link_in(says(site, "sign-in-link", "bestuur@example.org")))
    board.locator("main form button").first.click()
    board.goto("/board/accounts")
    board.get_by_role("link", name="Geef iemand een functie").click()
    board.fill("#email", SARA)
    board.fill("#initials", "S.")
    board.fill("#surname", "Smit")
    board.select_option("#role", label="Secretaris")
    board.get_by_role("button", name="Geef de functie").click()
    expect(board.locator("main")).to_contain_text("Nog niet ingelogd")

    sara = visit(390)
    sara.goto(link_in(post.wait_for(SARA, "U bent uitgenodigd: Secretaris")))
    sara.get_by_role("button", name="Log in", exact=True).click()
    expect(sara.locator("h1")).to_have_text("Beveiliging")
    connect_app(sara)
    expect(sara.locator("h1")).to_contain_text("wachten op u")

    for path, sees in (("/board/applications", True), ("/board/audit", True)):
        answer = sara.goto(path)
        assert answer is not None
        assert answer.ok is sees
    sara.goto("/admin/#/soorten_lidmaatschap")
    sara.wait_for_load_state("networkidle")
    expect(sara.locator("body")).to_contain_text("Gewoon lid")
    expect(sara.locator("body")).not_to_contain_text("7500")

    board.goto("/board/accounts")
    board.get_by_role("link", name="S. Smit").click()
    board.get_by_label("Nu meteen").check()
    board.get_by_role("button", name="Beëindig de functie").click()
    post.wait_for(SARA, "Uw functie eindigt: Secretaris")

    sara.goto("/board/applications")
    expect(sara.locator("h1")).to_have_text("Inloggen")
    sara.goto(link_in(says(site, "sign-in-link", SARA)))
    sara.locator("main form button").first.click()
    gone = sara.goto("/board/applications")
    assert gone is not None
    assert gone.status == 404
