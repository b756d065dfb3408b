"""Every form in which somebody types an hour: one that is missing, and one that comes twice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.events import timetable
from server.series import laying_out
from server.series.rules import Every, Layout
from tests import factories
from tests.clients import sign_in

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]

NIGHT_OF_MARCH, NIGHT_OF_OCTOBER = "2087-03-30", "2087-10-26"
MISSING, TWICE = f"{NIGHT_OF_MARCH}T02:30", f"{NIGHT_OF_OCTOBER}T02:30"
FIRST = datetime(2087, 10, 26, 0, 30, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
NO_SUCH_HOUR = "Op 30 maart 2087 bestaat 02.30 uur niet: de klok gaat dan van 02.00 naar 03.00 uur."
WHICH = "Op 26 oktober 2087 is het twee keer 02.30 uur"


class Fields(HTMLParser):
    """What a page would post as it stands: every value of every name, in their order."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        choices = given.get("type") in ("radio", "checkbox")
        if tag == "input" and "name" in given and (not choices or "checked" in given):
            self.sent.setdefault(given["name"], []).append(given.get("value", ""))
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.sent.setdefault(self.select, []).append(given["value"])
        elif tag == "textarea":
            self.area = given["name"]
            self.sent[self.area] = [""]

    def handle_endtag(self, tag: str) -> None:
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][-1] += data.removeprefix("\n")


@dataclass(frozen=True)
class Place:
    """A form: where it is sent, the field, what else is filled in, and where the moment ends up."""

    path: str
    field: str
    rest: dict[str, Any]
    kept: str

    async def post(self, client: httpx.AsyncClient, *typed: str) -> httpx.Response:
        return await client.post(self.path, data={**self.rest, self.field: [*typed]})

    async def moment(self) -> datetime | None:
        rows = await execute(self.kept)
        return rows[-1]["at"] if rows else None


async def event(**values: Any) -> Any:
    begins = datetime(2087, 10, 25, 22, tzinfo=UTC)
    given = {"starts_at": begins, "ends_at": begins + timedelta(hours=6), "title": "Nacht"}
    return (await factories.open_event(5, **{**given, **values}))[0]


def new(field: str) -> Callable[[httpx.AsyncClient], Awaitable[Place]]:
    async def place(_client: httpx.AsyncClient) -> Place:
        rest = {
            **{"title": "Nacht", "kind": "event_day", "mode": "on_site", "visibility": "public"},
            **{"venue": "", "group": "", "starts_at": "2087-03-01T09:00"},
            "ends_at": "2087-12-01T17:00",
        }
        kept = f"SELECT {field} AS at FROM event ORDER BY id"
        return Place("/board/events", field, rest, kept)

    return place


async def settings(client: httpx.AsyncClient) -> Place:
    path = f"/board/events/{(await event(starts_at=clock.now())).slug}/settings"
    rest = Fields(await client.get(path)).sent
    kept = "SELECT registration_closes_at AS at FROM event"
    return Place(path, "registration_closes_at", rest, kept)


async def copying(_client: httpx.AsyncClient) -> Place:
    path = f"/board/events/{(await event()).slug}/copies"
    kept = "SELECT starts_at AS at FROM event WHERE state = 'draft'"
    return Place(path, "starts_at", {}, kept)


async def terms(_client: httpx.AsyncClient) -> Place:
    path = f"/board/events/{(await event()).slug}/terms"
    kept = "SELECT opens_at AS at FROM event_class WHERE ticket_class = 'other'"
    return Place(path, "other_opens_at", {"member_price": "5"}, kept)


async def code(_client: httpx.AsyncClient) -> Place:
    path = f"/board/events/{(await event()).slug}/codes"
    rest = {"label": "Gasten", "ticket_class": "other"}
    return Place(path, "expires_at", rest, "SELECT expires_at AS at FROM invitation_code")


async def once_more(_client: httpx.AsyncClient) -> Place:
    found = await event(starts_at=clock.now() + timedelta(days=3))
    await execute("UPDATE event SET ends_at = starts_at + interval '20 minutes'")
    layout = Layout(Every.week, 2)
    made = await laying_out.create(SYSTEM, found.id, layout, left_out=(), now=clock.now())
    kept = "SELECT starts_at AS at FROM event WHERE starts_at > '2080-01-01' ORDER BY id"
    return Place(f"/board/series/{made}/occurrences", "starts_at", {}, kept)


PLACES = {
    "new: starts": new("starts_at"),
    "new: opens": new("registration_opens_at"),
    "new: closes": new("registration_closes_at"),
    "new: cancel until": new("cancel_until_at"),
    **{"settings": settings, "copy": copying, "terms": terms, "code": code},
    "once more": once_more,
}


@pytest.mark.parametrize("name", [*PLACES])
async def test_a_missing_hour_is_refused_in_words_and_comes_back_as_typed(
    client: httpx.AsyncClient, name: str
) -> None:
    await sign_in(client, await factories.carla())
    place = await PLACES[name](client)
    before = await place.moment()

    refused = await place.post(client, MISSING)

    assert refused.status_code == 422
    assert refused.text.count(NO_SUCH_HOUR) == 2  # on top of the form, and beside its field
    assert Fields(refused).sent[place.field] == [MISSING]
    assert 'class="which"' not in refused.text
    assert await place.moment() == before


@pytest.mark.parametrize("name", [*PLACES])
@pytest.mark.parametrize(("said", "moment"), [("first", FIRST), ("second", SECOND)])
async def test_of_an_hour_that_comes_twice_it_is_asked_which(
    client: httpx.AsyncClient, name: str, said: str, moment: datetime
) -> None:
    await sign_in(client, await factories.carla())
    place = await PLACES[name](client)
    before = await place.moment()

    asked = await place.post(client, TWICE)
    unsaid = await place.moment()
    saved = await place.post(client, TWICE, said)

    assert asked.status_code == 422
    assert asked.text.count(WHICH) == 2
    assert "de eerste (zomertijd)" in asked.text and "de tweede (wintertijd)" in asked.text
    assert Fields(asked).sent[place.field] == [TWICE]
    assert asked.text.count('class="which"') == 1
    assert unsaid == before
    assert saved.status_code == 303
    assert await place.moment() == moment


async def test_a_form_that_nobody_touched_keeps_the_second_hour(
    client: httpx.AsyncClient,
) -> None:
    """Its seconds as well."""
    found = await event(starts_at=SECOND.replace(second=17), ends_at=SECOND.replace(hour=9))
    await sign_in(client, await factories.carla())
    path = f"/board/events/{found.slug}/settings"

    shown = Fields(await client.get(path)).sent
    saved = await client.post(path, data=shown)

    assert shown["starts_at"] == [TWICE, "second"]
    assert saved.status_code == 303
    rows = await execute("SELECT starts_at, revision FROM event")
    assert rows[0]["starts_at"] == SECOND.replace(second=17)


async def test_the_other_of_two_hours_is_an_hour_later(client: httpx.AsyncClient) -> None:
    found = await event(starts_at=FIRST, ends_at=SECOND.replace(hour=9))
    await sign_in(client, await factories.carla())
    path = f"/board/events/{found.slug}/settings"
    shown = Fields(await client.get(path)).sent

    await client.post(path, data={**shown, "starts_at": [TWICE, "second"]})
    page = await client.get(f"/events/{found.slug}")

    assert [row["starts_at"] for row in await execute("SELECT starts_at FROM event")] == [SECOND]
    assert "02.30 uur (wintertijd) – 10.30 uur" in page.text


async def test_an_end_before_its_beginning_is_refused_within_the_hour(
    client: httpx.AsyncClient,
) -> None:
    """02.45 uur zomertijd is before 02.30 uur wintertijd."""
    await sign_in(client, await factories.carla())
    place = await new("starts_at")(client)
    ends = {"ends_at": [f"{NIGHT_OF_OCTOBER}T02:45", "first"]}

    wrong = await client.post(place.path, data=place.rest | ends | {"starts_at": [TWICE, "second"]})
    good = await client.post(place.path, data=place.rest | ends | {"starts_at": [TWICE, "first"]})

    assert (wrong.status_code, good.status_code) == (422, 303)
    assert "Het einde moet na het begin liggen" in wrong.text


async def test_a_part_of_a_night_says_which_hour(client: httpx.AsyncClient) -> None:
    found = await event()
    await sign_in(client, await factories.carla())
    path = f"/board/events/{found.slug}/programme"
    rest = {"kind": "content", "title": "Soep", "day": NIGHT_OF_OCTOBER, "unit": ""}

    asked = await client.post(path, data={**rest, "starts": "02:30", "ends": "02:45"})
    half = await client.post(path, data={**rest, "starts": ["02:30", "first"], "ends": "02:45"})
    saved = await client.post(
        path, data={**rest, "starts": ["02:30", "first"], "ends": ["02:45", "second"]}
    )
    [part] = await timetable.parts(found.id)
    again = Fields(await client.get(f"{path}/{part.id}")).sent
    kept = await client.post(f"{path}/{part.id}", data={**again, "title": "Bouillon"})

    assert [one.text.count('class="which"') for one in (asked, half)] == [2, 2]
    assert (asked.status_code, half.status_code, saved.status_code) == (422, 422, 303)
    assert Fields(half).sent["starts"] == ["02:30", "first"]
    assert (part.starts_at, part.ends_at) == (FIRST, SECOND + timedelta(minutes=15))
    assert (again["starts"], again["ends"]) == (["02:30", "first"], ["02:45", "second"])
    assert kept.status_code == 303
    [part] = await timetable.parts(found.id)
    assert (part.starts_at, part.title_nl) == (FIRST, "Bouillon")


async def test_a_part_in_the_missing_hour_is_refused(client: httpx.AsyncClient) -> None:
    begins = datetime(2087, 3, 29, 22, tzinfo=UTC)
    found = await event(starts_at=begins, ends_at=begins + timedelta(hours=6))
    await sign_in(client, await factories.carla())
    rest = {"kind": "content", "title": "Soep", "day": NIGHT_OF_MARCH, "unit": ""}

    refused = await client.post(
        f"/board/events/{found.slug}/programme", data={**rest, "starts": "02:30", "ends": "03:15"}
    )

    assert refused.status_code == 422
    assert NO_SUCH_HOUR in refused.text
    assert await timetable.parts(found.id) == []


async def test_an_event_does_not_move_with_a_part_into_the_missing_hour(
    client: httpx.AsyncClient,
) -> None:
    begins = datetime(2087, 3, 22, 22, tzinfo=UTC)
    found = await event(starts_at=begins, ends_at=begins + timedelta(hours=6))
    part = {"kind": "content", "title": "Soep", "starts_at": begins + timedelta(hours=3.5)}
    part["ends_at"] = begins + timedelta(hours=5)
    await timetable.add(SYSTEM, found.id, part, now=clock.now())
    await sign_in(client, await factories.carla())
    path = f"/board/events/{found.slug}/settings"
    shown = Fields(await client.get(path)).sent
    moved = {"starts_at": "2087-03-29T23:00", "ends_at": f"{NIGHT_OF_MARCH}T05:00"}

    told = Fields(await client.post(path, data={**shown, **moved})).sent
    refused = await client.post(path, data=told)

    assert refused.status_code == 422
    assert NO_SUCH_HOUR in refused.text
    assert (await execute("SELECT starts_at FROM event"))[0]["starts_at"] == begins


@pytest.mark.parametrize("said", ["third", "", "first'"])
async def test_another_word_says_nothing(client: httpx.AsyncClient, said: str) -> None:
    await sign_in(client, await factories.carla())
    place = await code(client)

    refused = await place.post(client, TWICE, said)

    assert refused.status_code == 422
    assert await place.moment() is None
