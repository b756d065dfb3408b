"""The board's page of the calendars, and feeds as a person reads them, as a browser meets them."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from server import clock, settings
from server.accounts import service as accounts
from server.app import create_app
from server.calendars import service
from server.calendars.counting import FETCHES
from server.calendars.reading import months
from server.database import execute
from tables.accounts import Role, RoleGrant
from tables.calendars import FeedFetch
from tables.events import Event, EventPart
from tables.groups import WorkingGroup
from tables.people import Person
from tables.registrations import LineState
from tests import factories
from tests.calendars.samples import lasting
from tests.calendars.test_moves import coming_event, letters, move, reader
from tests.calendars.test_personal import path, registered, signed_in
from tests.clients import statements

pytestmark = pytest.mark.anyio

HOST = "http://localhost:8000"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before


@pytest.fixture
async def browser(db: None) -> AsyncIterator[httpx.AsyncClient]:
    FETCHES.clear()
    app = create_app(settings.current())
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


async def sign_in(browser: httpx.AsyncClient, person: Person) -> None:
    url = await accounts.sign_in_url(person.id, carries_proof=True, now=clock.now())
    assert (await browser.post(url.removeprefix(HOST))).status_code == 303


async def of_office(browser: httpx.AsyncClient, role: Role) -> None:
    person = await factories.member(f"Office {role}")
    await RoleGrant(person=person.id, role=role, from_on=factories.LONG_AGO).save()
    await sign_in(browser, person)


def words(answer: httpx.Response) -> str:
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", main)).split())


async def test_an_empty_house_says_so(browser: httpx.AsyncClient) -> None:
    await of_office(browser, Role.board)

    page = words(await browser.get("/board/calendars"))

    assert "Er is niets verplaatst dat nog moet komen." in page
    assert page.count("Nog niet opgehaald.") == 3
    assert "Adressen die werken 0" in page
    assert "Wat in geen agenda staat" not in page
    assert "Bij ons gemeten" not in page


async def test_the_board_sees_who_fetches_and_who_is_behind(browser: httpx.AsyncClient) -> None:
    event = await coming_event()
    anna, token = await reader("Anna")
    await registered(event, anna, LineState.confirmed)
    await browser.get(path(token), headers={"user-agent": "Google-Calendar-Importer"})
    await browser.get("/calendars/public.ics", headers={"user-agent": "iOS/26 dataaccessd/1.0"})
    await FETCHES.flush()
    for days in range(1, 4):
        day = clock.today() - days * DAY
        await FeedFetch(
            key="personal", client="Google", day=day, fetches=20, readers=10, last_at=clock.now()
        ).save()
    await move(event, HOUR)
    await execute(
        "UPDATE event SET ends_at = '3000-01-01' WHERE id = $1", (await coming_event(2)).id
    )
    await execute("UPDATE feed_state SET dirty = true")
    await browser.get("/calendars/public.ics")
    await of_office(browser, Role.board)

    page = words(await browser.get("/board/calendars"))

    assert "Oude tijd bij" in page
    assert "1 persoon" in page
    assert "Alle openbare activiteiten Apple" in page
    assert "Geheime adressen Google" in page
    assert "Bij ons gemeten: gemiddeld elke 12 uur." in page
    assert "Wat in geen agenda staat" in page
    assert "De datum kan niet: vóór 1990 of na 2099." in page


async def test_one_button_writes_to_exactly_them(browser: httpx.AsyncClient) -> None:
    event = await coming_event()
    for name in ("Anna", "Bram"):
        person, token = await reader(name)
        await registered(event, person, LineState.confirmed)
        await browser.get(path(token))
    await execute("UPDATE person SET language = 'en' WHERE surname = 'Bram'")
    await move(event, HOUR)
    await of_office(browser, Role.editor)

    page = await browser.get("/board/calendars")
    (link,) = re.findall(r'href="(/board/calendars/moves/\d+)"', page.text)
    shown = await browser.get(link)
    assert await letters() == []  # looking writes to nobody
    sent = await browser.post(f"{link}/letters")
    again = await browser.post(f"{link}/letters")
    after = await browser.get(link)

    for expected in (
        "Anna",
        "Bram",
        "Stuur 2 e-mails",
        "Uw agenda toont nog de oude tijd: Pijndag",
        "Your calendar still shows the old time: Pijndag",
    ):
        assert expected in words(shown)
    assert (sent.status_code, sent.headers["location"]) == (303, "/board/calendars")
    assert again.status_code == 409
    assert "Er is niemand meer om te schrijven" in words(again)
    assert sorted(await letters()) == ["anna@example.com", "bram@example.com"]
    assert "Stuur" not in words(after)
    assert words(after).count("al geschreven") == 2


async def test_who_may_look_and_not_write_sees_no_names(browser: httpx.AsyncClient) -> None:
    event = await coming_event()
    anna, token = await reader("Anna")
    await registered(event, anna, LineState.confirmed)
    await browser.get(path(token))
    await move(event, HOUR)
    await of_office(browser, Role.treasurer)

    page = await browser.get("/board/calendars")
    (row,) = await execute("SELECT id FROM event_move")

    assert "1 persoon" in words(page)
    assert "Anna" not in words(page)
    assert "/board/calendars/moves/" not in page.text
    for method in ("GET", "POST"):
        at = f"/board/calendars/moves/{row['id']}{'/letters' * (method == 'POST')}"
        assert (await browser.request(method, at)).status_code == 404


async def test_a_chair_writes_about_an_event_of_their_group(browser: httpx.AsyncClient) -> None:
    chair, group = await factories.bram()
    event = await coming_event(group=group.id)
    anna, token = await reader("Anna")
    await registered(event, anna, LineState.confirmed)
    await browser.get(path(token))
    await move(event, HOUR)
    (row,) = await execute("SELECT id FROM event_move")
    await sign_in(browser, chair)

    at = f"/board/calendars/moves/{row['id']}"
    assert "Anna" in words(await browser.get(at))
    sent = await browser.post(f"{at}/letters")

    assert (sent.status_code, sent.headers["location"]) == (303, at)
    assert await letters() == ["anna@example.com"]


async def test_pages_ask_as_many_statements_for_many(browser: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    await of_office(browser, Role.board)
    pages = {
        "/board/calendars": 12,
        "/calendars": 7,
        "/calendars/read/public": 4,
        "/calendars/read/groups/onderzoek": 5,
    }
    few = {at: await statements(browser, "GET", at) for at in pages}

    await one_who_is_behind(browser, "Anna", 1)
    (row,) = await execute("SELECT id FROM event_move")
    of_one = await statements(browser, "GET", f"/board/calendars/moves/{row['id']}")
    for number in range(2, 6):
        await one_who_is_behind(browser, f"Reader{number}", number)
        await WorkingGroup(name=f"G{number}", slug=f"g{number}").save()
    bram, token = await reader("Bram")
    await registered(await Event.objects().get(Event.id == 1), bram, LineState.confirmed)
    await browser.get(path(token))
    await execute("UPDATE feed_token SET served_at = now() - interval '1 hour'")
    many = {at: await statements(browser, "GET", at) for at in pages}

    assert many == few
    assert {at: few[at] <= most for at, most in pages.items()} == dict.fromkeys(pages, True), few
    assert await statements(browser, "GET", f"/board/calendars/moves/{row['id']}") == of_one


async def one_who_is_behind(browser: httpx.AsyncClient, name: str, number: int) -> None:
    """Somebody, their event, and its move since they fetched."""
    event = await coming_event(number)
    person, token = await reader(name)
    await registered(event, person, LineState.confirmed)
    await browser.get(path(token))
    await move(event, HOUR)


async def test_an_address_is_changed_on_a_page_of_its_own(browser: httpx.AsyncClient) -> None:
    anna = await factories.member("Anna")
    await service.create_token(signed_in(anna), "telefoon", ["talks"], now=clock.now())
    await sign_in(browser, anna)
    (row,) = await execute("SELECT id FROM feed_token")
    at = f"/calendars/addresses/{row['id']}"

    listed = await browser.get("/calendars")
    shown = await browser.get(at)
    nothing = await browser.post(at, data={"label": "Mijn <telefoon>"})
    saved = await browser.post(at, data={"label": "tablet", "scopes": ["meetings", "deadlines"]})
    after = words(await browser.get("/calendars"))

    assert f'href="{at}"' in listed.text
    assert re.findall(r'value="(\w+)" checked', shown.text) == ["talks"]
    assert nothing.status_code == 422
    assert "Kies ten minste één soort." in words(nothing)
    assert 'value="Mijn &lt;telefoon&gt;"' in nothing.text  # nothing typed is lost
    assert (saved.status_code, saved.headers["location"]) == (303, "/calendars")
    assert "Bijeenkomsten van mijn werkgroepen; Mijn deadlines" in after
    assert "tablet" in after


async def test_dirk_cannot_change_annas(browser: httpx.AsyncClient) -> None:
    anna, dirk = await factories.known("Anna"), await factories.known("Dirk")
    await service.create_token(signed_in(anna), "telefoon", now=clock.now())
    await sign_in(browser, dirk)
    (row,) = await execute("SELECT id FROM feed_token")
    at = f"/calendars/addresses/{row['id']}"

    answers = [
        await browser.get(at),
        await browser.post(at, data={"label": "x", "scopes": "talks"}),
    ]

    assert [one.status_code for one in answers] == [404, 404]
    assert await execute("SELECT label FROM feed_token") == [{"label": "telefoon"}]


async def test_a_feed_is_read_by_month_with_what_was_on_demand(browser: httpx.AsyncClient) -> None:
    await coming_event(1, title="Straks & later")
    await coming_event(2, title="Afgelast", state="cancelled")
    past = clock.now() - 30 * DAY
    await coming_event(3, title="Toen", starts_at=past, ends_at=past + HOUR, state="completed")

    page = await browser.get("/calendars/read/public")
    earlier = await browser.get("/calendars/read/public?when=past")

    assert re.findall("<h1>(.*?)</h1>", page.text) == ["Netwerk Pijnpsychologie: Agenda"]
    assert "Straks & later" in words(page)
    assert "Geannuleerd" in words(page)
    assert "Toen" not in words(page)
    assert "Toen" in words(earlier)
    assert "Straks" not in words(earlier)
    assert page.headers["content-type"].startswith("text/html")


async def test_a_program_that_asks_for_html_gets_a_calendar_all_the_same(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/calendars/public.ics", headers={"accept": "text/html"})

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize("at", ["public", "deadlines", "groups/onderzoek"])
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_every_open_feed_can_be_read_empty(
    browser: httpx.AsyncClient, at: str, language: str
) -> None:
    await WorkingGroup(name="Onderzoek", slug="onderzoek").save()

    answer = await browser.get(f"/calendars/read/{at}?lang={language}")

    assert answer.status_code == 200
    empty = {"nl": "Er staat nu niets in deze agenda.", "en": "There is nothing in this calendar"}
    assert empty[language] in words(answer)


async def test_a_programme_can_be_read(browser: httpx.AsyncClient) -> None:
    event = await coming_event(1, slug="pijndag")
    await EventPart(
        event=event.id, title="Slaap", starts_at=event.starts_at, ends_at=event.starts_at + HOUR
    ).save()

    page = await browser.get("/calendars/read/events/pijndag")
    offered = await browser.get("/calendars")
    none = await browser.get("/calendars/read/events/nergens")

    assert "Slaap" in words(page)
    assert "/calendars/read/events/pijndag" in offered.text
    assert none.status_code == 404


async def test_what_was_fetched_and_is_gone_is_named_by_what_it_was(
    browser: httpx.AsyncClient,
) -> None:
    for key in ("group:99", "programme:99", "atom", "json"):
        await FeedFetch(
            key=key, client="", day=clock.today(), fetches=1, readers=1, last_at=clock.now()
        ).save()
    await of_office(browser, Role.board)

    page = words(await browser.get("/board/calendars"))

    assert "Een werkgroep die er niet meer is" in page
    assert "Programma van een activiteit die er niet meer is" in page
    assert "Agenda als nieuws (Atom)" in page


async def test_a_group_that_is_not_open_has_no_list(browser: httpx.AsyncClient) -> None:
    await WorkingGroup(name="Dicht", slug="dicht", is_public=False).save()

    answers = [await browser.get(f"/calendars/read/groups/{one}") for one in ("dicht", "nergens")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_ones_own_calendar_is_read_by_oneself(browser: httpx.AsyncClient) -> None:
    anna = await factories.member("Anna")
    await registered(await coming_event(title="Van Anna"), anna, LineState.waiting)
    stranger = await browser.get("/calendars/read/own")
    await sign_in(browser, anna)

    page = await browser.get("/calendars/read/own")

    assert stranger.headers["location"].startswith("/sign-in")
    assert "Van Anna" in words(page)
    assert "Onder voorbehoud" in words(page)
    assert page.headers["cache-control"] == "no-store"


async def test_a_row_that_would_break_a_calendar_breaks_no_page(browser: httpx.AsyncClient) -> None:
    await coming_event(1, title="Gaaf")
    await execute(
        "UPDATE event SET ends_at = 'infinity' WHERE id = $1",
        (await coming_event(2, title="Stuk")).id,
    )

    page = await browser.get("/calendars/read/public")

    assert page.status_code == 200
    assert "Gaaf" in words(page)
    assert "Stuk" not in words(page)


def test_months_are_those_of_amsterdam() -> None:
    eve = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)  # 23.30 on New Year's Eve
    found = months([lasting(eve + HOUR), lasting(eve), lasting(eve + 40 * DAY)], "nl")
    back = months([lasting(eve), lasting(eve + HOUR)], "en", latest_first=True)

    assert [(one.name, len(one.entries)) for one in found] == [
        ("december 2026", 1),
        ("januari 2027", 1),
        ("februari 2027", 1),
    ]
    assert [one.name for one in back] == ["January 2027", "December 2026"]
