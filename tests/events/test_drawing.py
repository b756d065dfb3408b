"""The picture that is shared of an event, and its sheet to print."""

import io
import struct
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.events import timetable
from tables.events import Event, Room, Venue
from tests import factories
from tests.clients import sign_in
from tests.factories import NOON

pytestmark = pytest.mark.anyio
LINK = "https://vergaderen.example.org/geheim"


async def shared(client: httpx.AsyncClient, event: Event, **more: Any) -> httpx.Response:
    return await client.get(f"/events/{event.slug}/card.png", **more)


def size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


async def test_a_public_event_has_a_picture_of_the_right_size(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5, title="Pijn en slaap: *wat* #werkt? \\ $x$ " * 5)

    drawn = await shared(client, event)

    assert drawn.headers["content-type"] == "image/png"
    assert size(drawn.content) == (1200, 630)
    assert drawn.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in drawn.headers


async def test_the_picture_is_another_one_only_when_it_shows_something_else(
    client: httpx.AsyncClient,
) -> None:
    event, _ = await factories.open_event(5, title_en="Pain day")
    first = await shared(client, event)
    seen = {"If-None-Match": first.headers["etag"]}

    same = await shared(client, event, headers=seen)
    english = await shared(client, event, params={"lang": "en"}, headers=seen)
    await execute("UPDATE event SET description = 'x', online_url = $1", LINK)
    still = await shared(client, event, headers=seen)
    await execute("UPDATE event SET title = 'Anders'")
    other = await shared(client, event, headers=seen)

    answers = [one.status_code for one in (same, english, still, other)]
    assert answers == [304, 200, 304, 200]
    assert same.content == b""


async def test_the_page_names_its_picture(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5)

    page = (await client.get(f"/events/{event.slug}")).text

    address = page.partition('og:image" content="')[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith(f"http://localhost:8000/events/{event.slug}/card.png?lang=nl&v=")
    assert size((await client.get(address)).content) == (1200, 630)
    assert 'content="summary_large_image"' in page


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": "members"},
        {"visibility": "group"},
        *({"state": state} for state in ("draft", "announced", "archived")),
    ],
)
async def test_no_picture_of_what_not_everybody_may_know(
    client: httpx.AsyncClient, values: dict[str, object]
) -> None:
    _, group = await factories.bram()
    event, _ = await factories.open_event(5, group=group.id, **values)
    nothing = await client.get("/events/is-not-there/card.png")

    hidden = await shared(client, event)
    await sign_in(client, await factories.carla())
    asked_by_the_board = await shared(client, event)
    page = (await client.get(f"/events/{event.slug}")).text

    assert hidden.status_code == asked_by_the_board.status_code == nothing.status_code == 404
    assert hidden.text.replace(event.slug, "is-not-there") == nothing.text
    assert "og:image" not in page


def words(paper: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split()
    )


async def day() -> Event:
    venue = Venue(name="Academie", city="Zwolle", route="Tien minuten lopen.")
    await venue.save()
    room = Room(venue=venue.id, name="Aula", route="Rechtdoor.", accessibility="Met lift.")
    await room.save()
    given = {"venue": venue.id, "booked_room": room.id, "mode": "hybrid", "online_url": LINK}
    event, _ = await factories.open_event(5, **given, title_en="Pain day")
    part = {"title": "Opening", "title_en": "Welcome", "starts_at": NOON, "ends_at": event.ends_at}
    await timetable.add(SYSTEM, event.id, {**part, "booked_room": room.id}, now=clock.now())
    return event


async def test_the_sheet_says_when_where_and_what(client: httpx.AsyncClient) -> None:
    event = await day()

    dutch = await client.get(f"/events/{event.slug}/programme.pdf")
    english = words((await client.get(f"/events/{event.slug}/programme.pdf?lang=en")).content)

    told = words(dutch.content)
    for said in (
        *("Pijndag", "vrijdag 12 maart 2027, 12.00–18.00 uur", "Academie, Aula, Zwolle"),
        *("Opening Aula", "Tien minuten lopen.", "Rechtdoor.", "Met lift."),
        f"http://localhost:8000/events/{event.slug}",
    ):
        assert said in told
    assert "Pain day" in english
    assert "Welcome Aula" in english
    assert "vergaderen" not in told
    assert dutch.headers["content-disposition"].startswith(
        f'attachment; filename="{event.slug}.pdf"'
    )
    seen = {"If-None-Match": dutch.headers["etag"]}
    again = await client.get(f"/events/{event.slug}/programme.pdf", headers=seen)
    assert again.status_code == 304


async def test_the_sheet_of_a_members_event_is_for_members(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5, visibility="members")
    path = f"/events/{event.slug}/programme.pdf"

    stranger = await client.get(path)
    await sign_in(client, await factories.anna())
    member = await client.get(path)

    assert (stranger.status_code, member.status_code) == (404, 200)


async def test_the_sheet_says_first_that_it_is_off(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5, state="cancelled", published_at=NOON)

    told = words((await client.get(f"/events/{event.slug}/programme.pdf")).content)

    assert "Geannuleerd" in told or "geannuleerd" in told
