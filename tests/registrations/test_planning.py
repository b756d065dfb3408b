"""The board makes, changes, copies and moves an event without the admin."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.admission import terms
from server.clock import AMSTERDAM
from server.database import execute
from server.events.terms import Terms
from server.registrations import steps
from tables.events import Event
from tables.registrations import TicketClass
from tests import factories
from tests.clients import heading, letters, sign_in, statements
from tests.registrations.cast import crowd, register

pytestmark = pytest.mark.anyio
START = "2027-06-11T09:00"
NEW = {
    **{"title": "Pijndag", "kind": "event_day", "starts_at": START, "ends_at": "2027-06-11T17:00"},
    **{"mode": "on_site", "venue": "", "visibility": "public", "group": ""},
}


async def board(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return await sign_in(client, await factories.carla())


async def coming(**values: object) -> Event:
    event, _ = await factories.open_event(5, **values)
    return event


class Filled(HTMLParser):
    """What the forms of a page would post as they stand."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = self.area = ""
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found[given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.found[self.select] = given["value"]
        elif tag == "textarea":
            self.area = given["name"]
            self.found[self.area] = ""

    def handle_endtag(self, tag: str) -> None:
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data.removeprefix("\n")


def filled(page: httpx.Response) -> dict[str, str]:
    return Filled(page).found


async def test_the_board_makes_an_event(client: httpx.AsyncClient) -> None:
    await board(client)

    made = await client.post("/board/events", data=NEW)

    assert made.headers["location"] == "/board/events/pijndag-2027/settings"
    rows = await execute("SELECT state, starts_at, venue FROM event")
    assert rows[0]["state"] == "draft"
    assert rows[0]["starts_at"].isoformat() == "2027-06-11T07:00:00+00:00"
    assert (await client.get("/board/events")).text.count("pijndag-2027/settings") == 1


async def test_every_problem_is_named_at_once_and_what_was_typed_stays(
    client: httpx.AsyncClient,
) -> None:
    await board(client)
    wrong = {
        **NEW,
        **{"ends_at": "2027-06-11T08:00", "visibility": "group", "online_url": "javascript:1"},
        "description": "Een lange tekst",
    }

    refused = await client.post("/board/events", data=wrong)

    assert refused.status_code == 422
    assert "Een lange tekst" in refused.text
    for said in ("Het einde moet na het begin liggen", "Kies de groep", "dat met https:// begint"):
        assert said in refused.text
    assert refused.text.count('class="error"') == 3
    assert await execute("SELECT count(*) AS n FROM event") == [{"n": 0}]


@pytest.mark.parametrize("year", ["0001", "9999"])
async def test_a_year_out_of_reach_is_refused(client: httpx.AsyncClient, year: str) -> None:
    await board(client)

    refused = await client.post("/board/events", data={**NEW, "starts_at": f"{year}-01-01T00:00"})

    assert refused.status_code == 422


async def test_an_hour_that_is_not_there_is_refused(client: httpx.AsyncClient) -> None:
    await board(client)

    refused = await client.post("/board/events", data={**NEW, "starts_at": "2027-03-28T02:30"})

    assert "Op 28 maart 2027 bestaat 02.30 uur niet" in refused.text


@pytest.mark.usefixtures("in_use")
async def test_a_change_is_shown_before_it_is_told(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming()
    await crowd(event.id, 3)
    address = f"/board/events/{event.slug}/settings"
    asked = filled(await client.get(address)) | {"room": "Zaal 2"}

    shown = await client.post(address, data=asked)
    before = [kind for kind, _ in await letters()]
    saved = await client.post(address, data=filled(shown))

    assert "3 mensen krijgen deze brief" in shown.text
    assert "Zaal: was nog niet bekend, wordt Zaal 2" in shown.text
    assert "event_changed" not in before
    assert saved.status_code == 303
    assert [kind for kind, _ in await letters()].count("event_changed") == 3


@pytest.mark.usefixtures("in_use")
async def test_windows_that_move_along_are_shown_before_they_do(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming()
    them = [Terms(one.value) for one in TicketClass if one != TicketClass.other]
    opens_at = clock.now() + timedelta(days=2)
    them.append(Terms("other", opens_at=opens_at))
    await terms.set_all(SYSTEM, event.id, them, now=clock.now())
    address = f"/board/events/{event.slug}/settings"
    asked = filled(await client.get(address))
    moved = {"starts_at": "2087-06-11T09:00", "ends_at": "2087-06-11T17:00"}

    shown = await client.post(address, data=asked | moved)
    before = await terms.of_event(event.id)
    saved = await client.post(address, data=filled(shown))

    assert "De inschrijving schuift mee" in shown.text
    assert "Inschrijving voor anderen: opent " in shown.text
    assert (shown.status_code, saved.status_code) == (200, 303)
    assert before[-1].opens_at == opens_at
    kept = (await terms.of_event(event.id))[-1].opens_at
    assert kept and kept.year > 2080


@pytest.mark.usefixtures("in_use")
async def test_a_typo_is_saved_at_once_and_told_to_nobody(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming()
    await crowd(event.id, 1)
    address = f"/board/events/{event.slug}/settings"
    asked = filled(await client.get(address)) | {"title": "Pijndagen"}

    saved = await client.post(address, data=asked)

    assert saved.status_code == 303
    assert [kind for kind, _ in await letters()] == ["registration_confirmed"]
    assert await execute("SELECT title, sequence FROM event") == [
        {"title": "Pijndagen", "sequence": 0}
    ]


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize(
    ("hours", "by", "warned"), [(20, 1, True), (72, -60, True), (72, 1, False), (20, 0, False)]
)
async def test_who_moves_it_sooner_than_calendars_look_is_warned(
    client: httpx.AsyncClient, hours: int, by: int, warned: bool
) -> None:
    await board(client)
    starts = clock.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    event = await coming(starts_at=starts, ends_at=starts + timedelta(hours=2))
    address = f"/board/events/{event.slug}/settings"
    moved = {
        name: f"{(moment + timedelta(hours=by)).astimezone(AMSTERDAM):%Y-%m-%dT%H:%M}"
        for name, moment in (("starts_at", starts), ("ends_at", starts + timedelta(hours=2)))
    }
    asked = filled(await client.get(address)) | moved | {"room": "Zaal 2"}

    alone = await client.post(address, data=asked)
    told_nobody = (await client.get(alone.headers["location"])).text
    await execute(
        "UPDATE event SET starts_at = $1, ends_at = $2, room = ''", event.starts_at, event.ends_at
    )
    await register(await factories.member("Anna"), event.id, now=clock.now())
    with_others = await client.post(
        address, data=filled(await client.get(address)) | moved | {"room": "Zaal 3"}
    )

    assert ("Google ziet het misschien pas morgen" in told_nobody) is warned
    assert "Zaal 3" in with_others.text
    assert ("Reken niet op agenda’s" in with_others.text) is warned


async def test_who_looked_at_an_older_version_keeps_what_they_typed(
    client: httpx.AsyncClient,
) -> None:
    await board(client)
    event = await coming()
    address = f"/board/events/{event.slug}/settings"
    old = filled(await client.get(address))
    await client.post(address, data=old | {"title": "Van een ander"})

    refused = await client.post(address, data=old | {"title": "Van mij"})
    again = await client.post(address, data=filled(refused))

    assert refused.status_code == 422
    assert "Iemand anders heeft deze activiteit intussen gewijzigd" in refused.text
    assert again.status_code == 303
    assert await execute("SELECT title FROM event") == [{"title": "Van mij"}]


async def test_an_event_that_nobody_touched_does_not_change(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming(description="Eén\n\nTwee", registration_opens_at=clock.now())
    address = f"/board/events/{event.slug}/settings"

    saved = await client.post(address, data=filled(await client.get(address)))

    assert saved.status_code == 303
    assert await execute("SELECT revision, description FROM event") == [
        {"revision": event.revision, "description": "Eén\n\nTwee"}
    ]


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize(
    ("state", "noun", "becomes"),
    [
        ("draft", "announcement", "announced"),
        ("announced", "publication", "published"),
        ("published", "postponement", "postponed"),
        ("postponed", "rescheduling", "published"),
        ("published", "cancellation", "cancelled"),
        ("cancelled", "archiving", "archived"),
    ],
)
async def test_each_step_from_page_and_from_a_program(
    client: httpx.AsyncClient, state: str, noun: str, becomes: str
) -> None:
    await board(client)
    by_page, by_program = await coming(state=state), await coming(state=state)

    seen = await client.get(f"/board/events/{by_page.slug}/{noun}")
    taken = await client.post(f"/board/events/{by_page.slug}/{noun}", data={"reason": "Zaal"})
    told = await client.post(f"/api/events/{by_program.slug}/{noun}", json={"reason": "Zaal"})

    assert (seen.status_code, taken.status_code) == (200, 303)
    assert told.json()["state"] == becomes
    assert await execute("SELECT DISTINCT state FROM event") == [{"state": becomes}]


async def test_cancelling_needs_a_reason_on_the_page_and_from_a_program(
    client: httpx.AsyncClient,
) -> None:
    await board(client)
    event = await coming()

    page = await client.post(f"/board/events/{event.slug}/cancellation", data={"reason": " "})
    told: Any = await client.post(f"/api/events/{event.slug}/cancellation", json={})

    assert page.status_code == 422
    assert "Schrijf op waarom" in page.text
    assert told.status_code == 422
    assert await execute("SELECT state FROM event") == [{"state": "published"}]


async def test_a_step_that_is_not_possible_says_so(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming(state="completed")

    seen = await client.get(f"/board/events/{event.slug}/cancellation")
    taken = await client.post(f"/board/events/{event.slug}/cancellation", data={"reason": "x"})

    assert "Dit kan nu niet" in seen.text
    assert taken.status_code == 409


def test_page_and_program_know_the_same_steps() -> None:
    assert list(steps.API) == list(steps.NOUNS)


async def test_a_chair_makes_events_of_their_own_group_only(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    await sign_in(client, bram)

    own = await client.post("/board/events", data={**NEW, "group": str(group.id)})
    nobodys = await client.post("/board/events", data=NEW)

    assert own.status_code == 303
    assert nobodys.status_code == 422


async def test_a_copy_is_made_from_its_page(client: httpx.AsyncClient) -> None:
    await board(client)
    event = await coming()

    page = await client.get(f"/board/events/{event.slug}/copies")
    made = await client.post(f"/board/events/{event.slug}/copies", data={"starts_at": START})

    assert heading(page) == "Pijndag kopiëren"
    assert made.headers["location"].endswith("/settings")
    assert await execute("SELECT count(*) AS n FROM event WHERE state = 'draft'") == [{"n": 1}]


async def test_the_list_asks_as_much_for_one_event_as_for_many(client: httpx.AsyncClient) -> None:
    await board(client)
    await coming()
    one = await statements(client, "GET", "/board/events")
    for _ in range(8):
        await coming()

    assert await statements(client, "GET", "/board/events") == one
