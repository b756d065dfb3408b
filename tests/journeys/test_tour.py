"""Every kind of page, as its readers see it: whole, quiet, accessible, and from nobody else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request

from tests.journeys.conftest import link_in, says
from tests.launcher.program import Program

Visit = Callable[..., Page]
NOWHERE = "/nergens"
OPEN = [
    *("/", "/events", "/events/past", "/groups", "/calls", "/library", "/calendars"),
    *(
        "/newsletters",
        "/newsletters/archive/newsletter",
        "/newsletters/archive/newsletter/1",
        "/membership",
        "/privacy",
        "/privacy/register",
        "/sign-in",
        "/sign-in/password",
        "/join",
        "/api",
    ),
    *("/directory", "/directory?intervention=cbt&province=UT", NOWHERE),
    *("/calendars/read/public", "/calendars/read/public?when=past", "/calendars/read/deadlines"),
    "/calendars/read/groups/onderzoek",
]
OWN = [
    *(
        "/me",
        "/me/membership",
        "/me/fees",
        "/me/data",
        "/me/newsletters",
        "/me/devices",
        "/calendars",
        "/calendars/invitations",
    ),
    *("/me/directory", "/me/directory/workplaces/new", "/calendars/read/own"),
]
BOARD = [
    *("/board/newsletters/newsletter", "/board/newsletters/newsletter/issues"),
    *("/board/why-mailed?email=lid@example.org", "/board/issues/1", "/board/issues/1/log"),
    *("/board/issues/2", "/board/issues/2/text"),
    *(
        "/board",
        "/board/newsletters",
        "/board/letters",
        "/board/deliverability",
        "/board/talks",
        "/board/applications",
    ),
    *("/board/accreditation", "/board/events", "/board/series", "/board/calendars"),
    *("/board/accounts", "/board/accounts/new", "/board/audit", "/board/webhooks"),
    *(
        "/board/members",
        "/board/import",
        "/board/privacy",
        "/board/profiles",
        "/board/profiles?state=published",
    ),
    *("/me/security", "/me/security/app", "/me/tokens", "/me/profile", "/me/account-events"),
    *("/me/profile/changes", "/me/profile/numbers", "/me/certificates"),
]
READERS = [
    ("", OPEN),
    ("lid@example.org", OWN),
    ("bestuur@example.org", BOARD),
]
DEEPER = {
    "": [(path, path) for path in ("/events", "/groups", "/calls", "/library", "/directory")],
    "lid@example.org": [("/calendars", "/calendars/addresses")],
    "bestuur@example.org": [
        ("/board/calendars", "/board/calendars/moves"),
        *((path, "/board/people") for path in ("/board/members", "/board")),
        *((path, path) for path in ("/board/import", "/board/duplicates", "/board/series")),
        ("/groups/scholing", "/groups/scholing/seats"),
    ],
}
# What stands behind the desk of an event; the masterclass of the story has something of each.
DESK = ("/terms", "/codes", "/registration", "/registration/list", "/questions", "/settings",
        "/programme", "/documents", "/copies", "/series", "/cancellation", "/numbers",
        "/units")  # fmt: skip
# Where forms and links of the house lead; a slip in a template shows here.
ODD_ADDRESSES = r"""[...document.querySelectorAll('form[action], a[href^="/"]')]
  .map((one) => one.getAttribute('action') ?? one.getAttribute('href'))
  .filter((at) => !/^[/?][-\w/.?=&%+~:,@#]*$/.test(at))"""
PHONE = 390
AXE = Axe()
SERIOUS = ("serious", "critical")
PICTURE = Path(__file__).parents[2] / "docs" / "home.png"


def sign_in(page: Page, site: Program, email: str) -> None:
    page.goto(link_in(says(site, "sign-in-link", email)))
    page.locator("main form button").first.click()


def of_ones_own(page: Page) -> list[str]:
    """One's own registrations, and where one hands the place over."""
    page.goto("/me")
    links = page.locator('main a[href^="/registrations/"]').all()
    own = sorted({str(link.get_attribute("href")).split("#")[0] for link in links})
    assert own
    found = []
    for path in own:
        page.goto(path)
        behind = page.locator('main a[href$="/hand-over"]').all()
        found += [path, *(str(link.get_attribute("href")) for link in behind)]
    return found


def deeper(page: Page, email: str) -> list[str]:
    """One event, one group, a member, somebody who died: found as a reader finds them."""
    found = []
    for path, below in DEEPER.get(email, ()):
        page.goto(path)
        link = page.locator(f'main a[href^="{below}/"]:not([href$="past"])').first
        found.append(str(link.get_attribute("href")))
    if email == "lid@example.org":
        found += of_ones_own(page)
    return found + (of_the_desk(page) if email == "bestuur@example.org" else [])


def of_the_desk(page: Page) -> list[str]:
    """The desk of one event, everything behind it, and one of who registered."""
    page.goto("/events")
    link = page.locator('main a[href^="/events/masterclass"]').first.get_attribute("href")
    page.goto(f"/board{link}")
    one = page.locator(f'main a[href^="/board{link}/registrations/"]').first
    return [f"/board{link}", str(one.get_attribute("href")), *(f"/board{link}{at}" for at in DESK)]


@pytest.mark.parametrize(("email", "paths"), READERS)
def test_pages_are_whole(visit: Visit, site: Program, email: str, paths: list[str]) -> None:
    """Each in Dutch on a telephone, with axe, and in English on a desk."""
    page = visit()
    foreign: list[str] = []
    page.on("request", lambda request: note_foreign(request, foreign))
    if email:
        sign_in(page, site, email)
    for path in [*paths, *deeper(page, email)]:
        page.set_viewport_size({"width": 1280, "height": 900})
        asks = "&" if "?" in path else "?"
        answer = page.goto(f"{path}{asks}lang=en")
        assert answer and answer.ok is (path != NOWHERE), page.url
        check(page, "en")
        page.set_viewport_size({"width": PHONE, "height": 900})
        page.goto(f"{path}{asks}lang=nl")
        check(page, "nl")
        assert serious(page) == [], page.url
    assert foreign == []


def note_foreign(request: Request, foreign: list[str]) -> None:
    if not request.url.startswith(("http://localhost:", "data:")):
        foreign.append(request.url)


def check(page: Page, said: str) -> None:
    assert page.locator("html").get_attribute("lang") == said
    assert page.locator("h1").count() == 1, page.url
    assert page.evaluate(ODD_ADDRESSES) == [], page.url
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{page.url} is {wider} px too wide"


def serious(page: Page) -> list[tuple[str, str]]:
    return [
        (violation["id"], violation["nodes"][0]["html"])
        for violation in AXE.run(page, options={"resultTypes": ["violations"]}).response[
            "violations"
        ]
        if violation["impact"] in SERIOUS
    ]


def test_the_front_page_can_be_walked_by_keyboard(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")

    assert first == "Naar de inhoud"
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_front_page_is_light(visit: Visit) -> None:
    page = visit()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/", wait_until="networkidle")

    assert sum(sizes) < 100_000


def test_the_picture_of_the_readme(visit: Visit, tmp_path: Path) -> None:
    """`PICTURES=1 make test` takes it anew."""
    page = visit(1280, 860)
    page.goto("/")
    taken = page.screenshot(path=PICTURE if "PICTURES" in os.environ else tmp_path / "home.png")

    assert PICTURE.read_bytes()[16:24] == taken[16:24], "the picture has another size"


def test_a_psychologist_is_found_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.goto("/directory")

    def reach(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"{selector} is not reached by keyboard")

    reach("main input[type=search]")
    page.keyboard.type("slaap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/directory?q=slaap*")
    reach("main h2 a, main h3 a")
    name = page.evaluate("document.activeElement.textContent.trim()")
    page.keyboard.press("Enter")
    page.wait_for_url("**/directory/*")

    assert page.locator("h1").inner_text().strip() == name
