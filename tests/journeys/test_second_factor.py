"""The second step in a real browser: an app without script, a passkey with a device."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Postbox, as_a_human, link_in, says
from tests.journeys.factor import code_of, connect_app, give_device
from tests.launcher.program import Program

Visit = Callable[..., Page]
MEMBER, SPEAKER = "lid@example.org", "spreker@example.org"


def come_in(page: Page, site: Program, who: str) -> None:
    """Sign in by an operator's link."""
    page.goto(link_in(says(site, "sign-in-link", who)))
    page.locator("main form button").first.click()


def by_mail(page: Page, post: Postbox) -> None:
    """Sign in by a mailed link."""
    page.goto("/sign-in?next=/me/security")
    page.fill("#email", MEMBER)
    as_a_human(page)
    page.get_by_role("button", name="Stuur mij een inloglink").click()
    page.goto(link_in(post.wait_for(MEMBER, "Uw inloglink")))
    page.locator("main form button").first.click()


def test_an_app_and_its_recovery_codes_without_script(
    visit: Visit, post: Postbox, site: Program
) -> None:
    page = visit(390, script=False)
    come_in(page, site, MEMBER)
    page.goto("/me/security")
    secret, codes = connect_app(page)
    assert len(codes) == 10

    page.get_by_role("button", name="Maak nieuwe herstelcodes").click()
    expect(page.locator("h1")).to_have_text("Uw herstelcodes")
    fresh = page.locator("ul.codes code").all_inner_texts()
    assert not set(codes) & set(fresh)
    post.wait_for(MEMBER, "beveiliging")

    other = visit(1280, script=False)
    by_mail(other, post)
    other.get_by_role("button", name="Ontkoppel de app").click()
    expect(other.locator("h1")).to_have_text("Bevestig dat u het bent")
    other.fill("#code", "000000")
    other.get_by_role("button", name="Ga verder").click()
    expect(other.locator(".error-summary")).to_contain_text("Deze code klopt niet")
    other.fill("#code", fresh[0])
    other.get_by_role("button", name="Ga verder").click()
    expect(other.locator("h1")).to_have_text("Beveiliging")
    post.wait_for(MEMBER, "herstelcode")
    other.get_by_role("button", name="Ontkoppel de app").click()
    expect(other.locator("main")).to_contain_text("Koppel een authenticator-app")
    assert code_of(secret)


def test_a_passkey_is_a_whole_sign_in(visit: Visit, site: Program) -> None:
    page = visit()
    give_device(page)
    come_in(page, site, SPEAKER)
    page.goto("/me/security")
    page.fill("#label", "Mijn laptop")
    page.get_by_role("button", name="Voeg een passkey toe").click()
    expect(page.locator("h1")).to_have_text("Uw herstelcodes")
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.locator("main")).to_contain_text("Mijn laptop")

    page.get_by_role("button", name="Uitloggen").first.click()
    page.goto("/sign-in?next=/me/security")
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.locator("h1")).to_have_text("Beveiliging")
    expect(page.locator("main")).to_contain_text("Laatst gebruikt")

    page.get_by_role("button", name="Verwijder").click()
    expect(page.locator("main")).not_to_contain_text("Mijn laptop")
    page.get_by_role("button", name="Uitloggen").first.click()
    page.goto("/sign-in")
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.locator("h1")).to_have_text("Dit kan nu niet")
