"""What people read and may do on the pages of events and registrations."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.errors import Stale
from server.events import service as events
from server.registrations import organising, places, queries, service
from tables.events import Event
from tables.registrations import CapacityUnit
from tests import factories
from tests.clients import heading, human, last_letter, letters, sign_in, statements

pytestmark = pytest.mark.anyio
SECRET_ROOM = "https://meet.example/secret-room"


async def soon(capacity: int | None = 1, **values: Any) -> tuple[Event, CapacityUnit]:
    """A published event in a month."""
    starts_at = clock.now().replace(microsecond=0) + timedelta(days=30)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=6)}
    return await factories.open_event(capacity, **{**times, **values})


@pytest.fixture
async def anna(client: httpx.AsyncClient) -> AsyncIterator[Any]:
    who = await factories.anna()
    await sign_in(client, who)
    yield who


@pytest.mark.parametrize(
    ("said", "title", "first", "second"),
    [
        ("nl", "Pijndag", "U heeft een plaats", "U staat op de wachtlijst"),
        ("en", "Pain day", "You have a place", "You are on the waiting list"),
    ],
)
async def test_a_member_registers_and_the_next_waits(
    client: httpx.AsyncClient, said: str, title: str, first: str, second: str
) -> None:
    event, _ = await soon(title_en="Pain day")
    client.cookies.set("lang", said)
    assert heading(await client.get(f"/events/{event.slug}?lang={said}")) == title
    headings = []

    for who in (await factories.anna(), await factories.member("Bram")):
        await sign_in(client, who)
        client.cookies.set("lang", said)
        made = await client.post(f"/events/{event.slug}/registration")
        assert made.status_code == 303
        headings.append(heading(await client.get(made.headers["location"])))

    assert headings == [first, second]


@pytest.mark.parametrize(
    "action", ["", "/verification", "/acceptance", "/decline", "/cancellation"]
)
async def test_an_unknown_code_opens_nothing(client: httpx.AsyncClient, action: str) -> None:
    path = f"/registrations/{'0' * 26}{action}"

    answer = await (client.post(path) if action else client.get(path))

    assert answer.status_code == 404


async def test_a_page_with_a_code_tells_nobody(client: httpx.AsyncClient, anna: Any) -> None:
    event, _ = await soon()
    made = await client.post(f"/events/{event.slug}/registration")

    page = await client.get(made.headers["location"])

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


async def test_members_only_and_closed_are_said(client: httpx.AsyncClient) -> None:
    guest = {"name": "Gast", "email": "gast@example.com"}
    only, _ = await soon(members_only_registration=True)
    closed, _ = await soon(registration_closes_at=clock.now() - timedelta(days=1))
    hidden, _ = await soon(visibility="members")

    answers = [
        await client.post(f"/events/{event.slug}/registration", data=human(**guest))
        for event in (only, closed, hidden)
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 404]
    assert await execute("SELECT 1 FROM person") == []


async def test_a_stranger_goes_the_whole_way(client: httpx.AsyncClient) -> None:
    event, _ = await soon()
    guest = {"name": "Gerda van den Gast", "email": "gast@example.com"}

    asked = await client.post(f"/events/{event.slug}/registration", data=human(**guest))
    url = (await last_letter())["url"]
    seen = await client.get(url)
    state_after_looking = (await execute("SELECT state FROM registration_line"))[0]["state"]
    confirmed = await client.post(f"{url}/verification")
    cancelled = await client.post(f"{url}/cancellation")

    assert asked.headers["location"] == f"/events/{event.slug}/registration/asked"
    assert (seen.status_code, state_after_looking) == (200, "unverified")
    assert [a.headers["location"] for a in (confirmed, cancelled)] == [
        url.removeprefix("http://localhost:8000")
    ] * 2
    assert await letters() == [
        ("registration_to_verify", "gast@example.com"),
        ("registration_confirmed", "gast@example.com"),
        ("registration_cancelled", "gast@example.com"),
    ]


async def test_known_unknown_and_registered_strangers_read_the_same(
    client: httpx.AsyncClient,
) -> None:
    event, _ = await soon(9)
    await factories.anna()
    who = ("anna@example.com", "anna@example.com", "nemo@example.com")

    answers = [
        await client.post(
            f"/events/{event.slug}/registration", data=human(**{"name": "X", "email": email})
        )
        for email in who
    ]

    same = {(a.status_code, a.text.replace(e, "…")) for a, e in zip(answers, who, strict=True)}
    assert len(same) == 1
    assert "set-cookie" not in answers[0].headers


async def test_every_mistake_is_said_at_once_and_kept(client: httpx.AsyncClient) -> None:
    event, _ = await soon()
    wrong = {"name": " ", "email": "a@x, b@x", "remark": "x" * 1001, "unit_id": "boe"}

    answer = await client.post(f"/events/{event.slug}/registration", data=human(**wrong))

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'value="a@x, b@x"' in answer.text
    assert "x" * 1001 in answer.text
    assert await execute("SELECT 1 FROM registration") == []


async def test_the_meeting_address_is_for_confirmed_people_only(
    client: httpx.AsyncClient, anna: Any
) -> None:
    event, _ = await soon(mode="online", online_url=SECRET_ROOM)
    mine = (await client.post(f"/events/{event.slug}/registration")).headers["location"]
    assert SECRET_ROOM in (await client.get(mine)).text
    assert SECRET_ROOM in (await client.get(f"/api{mine}")).text
    await sign_in(client, await factories.member("Bram"))
    waiting = (await client.post(f"/events/{event.slug}/registration")).headers["location"]

    shown = [
        await client.get(path)
        for path in (
            *("/", "/events", f"/events/{event.slug}", f"/events/{event.slug}/registration"),
            *(f"/events/{event.slug}/event.ics", "/calendars/public.ics", "/me", "/api/events"),
            *(f"/api/events/{event.slug}", waiting, f"/api{waiting}"),
        )
    ]
    await client.post(f"{mine}/cancellation")
    shown += [await client.get(mine), await client.get(waiting), await client.get(f"/api{waiting}")]

    assert [str(page.url) for page in shown if "secret-room" in page.text] == []
    assert {page.status_code for page in shown} <= {200, 303}
    owed = await execute('SELECT "values" FROM outbox_letter')
    assert "secret-room" not in json.dumps([row["values"] for row in owed])


async def test_a_list_costs_as_many_statements_with_one_event_as_with_thirty(
    client: httpx.AsyncClient, anna: Any
) -> None:
    await soon()
    paths = ("/events", "/events/past", "/", "/api/events", "/me")
    few = [await statements(client, "GET", path) for path in paths]
    for _ in range(29):
        event, _ = await soon(5)
    for days in range(5):
        starts_at = clock.now() - timedelta(days=9 + days)
        await soon(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    many = [await statements(client, "GET", path) for path in paths]

    assert many == few
    assert max(many) <= 15
    assert await statements(client, "POST", f"/events/{event.slug}/registration") <= 12


async def test_the_past_turns_its_pages(client: httpx.AsyncClient) -> None:
    for days in range(21):
        starts_at = clock.now() - timedelta(days=9 + days)
        await soon(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), title=f"Dag {days}")

    first = (await client.get("/events/past")).text
    following = first.split("before=")[1].split('"')[0]
    second = (await client.get(f"/events/past?kind=&before={following}")).text

    assert ("Dag 19<" in first, "Dag 20<" in first) == (True, False)
    assert ("Dag 19<" in second, "Dag 20<" in second) == (False, True)


async def test_events_that_begin_together_stand_on_one_page_each(
    client: httpx.AsyncClient,
) -> None:
    over, coming = clock.now() - timedelta(days=9), clock.now() + timedelta(days=9)
    for number in range(21):
        for starts_at in (over, coming):
            ends_at = starts_at + timedelta(hours=1)
            await soon(starts_at=starts_at, ends_at=ends_at, title=f"Dag {number}.")

    for path, word in (("/events", "after="), ("/events/past", "before=")):
        first = (await client.get(path)).text
        following = first.split(word)[1].split('"')[0]
        second = (await client.get(f"{path}?{word}{following}")).text

        titles = [sorted(re.findall(r">(Dag \d+)\.<", page)) for page in (first, second)]
        assert [len(found) for found in titles] == [20, 1]
        assert len({*titles[0], *titles[1]}) == 21
        assert 'rel="next"' not in second


async def test_the_api_leads_to_the_next_events(client: httpx.AsyncClient) -> None:
    for _ in range(21):
        await soon()

    first = await client.get("/api/events")
    address = first.headers["link"].split("<")[1].split(">")[0]
    second = await client.get(address)

    slugs = [[event["slug"] for event in answer.json()] for answer in (first, second)]
    assert [len(found) for found in slugs] == [20, 1]
    assert len({*slugs[0], *slugs[1]}) == 21
    assert "link" not in second.headers


@pytest.mark.parametrize("path", ["", "/registrations.csv", "/registrations.xlsx"])
async def test_the_desk_is_for_who_manages_the_event(client: httpx.AsyncClient, path: str) -> None:
    bram, group = await factories.bram()
    event, _ = await soon(group=group.id)
    people = (bram, await factories.carla(), await factories.anna(), await factories.dirk())

    codes = []
    for who in people:
        await sign_in(client, who)
        codes.append((await client.get(f"/board/events/{event.slug}{path}")).status_code)
    client.cookies.clear()
    codes.append((await client.get(f"/board/events/{event.slug}{path}")).status_code)

    assert codes == [200, 200, 404, 404, 303]


async def test_a_line_of_another_event_cannot_be_reached(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    own, _ = await soon(group=group.id)
    other, _ = await soon()
    await sign_in(client, await factories.anna())
    await client.post(f"/events/{other.slug}/registration")
    await sign_in(client, bram)

    answers = [
        await client.post(f"/board/events/{own.slug}/lines/1/{what}")
        for what in ("place", "cancellation")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def three_people(client: httpx.AsyncClient) -> tuple[Event, CapacityUnit]:
    event, unit = await soon(1)
    for name in ("Anna", "Bram", "Cor"):
        await sign_in(client, await factories.member(name))
        await client.post(f"/events/{event.slug}/registration")
    return event, unit


async def test_a_cancelled_event_tells_everybody_once(client: httpx.AsyncClient) -> None:
    event, unit = await three_people(client)

    await organising.cancel_event(SYSTEM, event.id, reason="Ziek", now=clock.now())
    await places.change_unit(SYSTEM, unit.id, {"capacity": 9}, now=clock.now())
    await places.tick(clock.now() + timedelta(days=9))

    told = [f"{name}@example.com" for name in ("anna", "bram", "cor")]
    assert (await letters())[3:] == [("event_cancelled", address) for address in told]
    states = await execute("SELECT DISTINCT state FROM registration_line")
    assert states == [{"state": "cancelled_by_organiser"}]
    rows = await execute("SELECT state, sequence, cancel_reason FROM event")
    assert rows == [{"state": "cancelled", "sequence": 1, "cancel_reason": "Ziek"}]


@pytest.mark.parametrize(
    ("values", "sequence", "told"),
    [
        ({"title": "Pijndag!"}, 0, 0),
        ({"description": "Meer", "summary": "Kort"}, 0, 0),
        ({"room": "Zaal 2"}, 1, 3),
        ({"mode": "online"}, 1, 3),
        ({"room": ""}, 0, 0),
        ({"ends_at": clock.now() + timedelta(days=31)}, 1, 3),
    ],
)
async def test_only_a_new_date_place_or_mode_is_told(
    client: httpx.AsyncClient, values: dict[str, object], sequence: int, told: int
) -> None:
    event, _ = await three_people(client)

    for _ in range(2):
        await organising.change_event(SYSTEM, event.id, values, now=clock.now())

    rows = await execute("SELECT sequence, moved_from_at FROM event")
    assert rows == [{"sequence": sequence, "moved_from_at": None}]
    assert [kind for kind, _ in (await letters())[3:]] == ["event_changed"] * told


async def test_a_postponed_event_tells_its_new_date_once(client: httpx.AsyncClient) -> None:
    event, _ = await three_people(client)
    later = {
        "starts_at": event.starts_at + timedelta(days=70),
        "ends_at": event.ends_at + timedelta(days=70),
    }

    await organising.postpone_event(SYSTEM, event.id, reason="Zaal")
    await organising.change_event(SYSTEM, event.id, later, now=clock.now())
    await organising.reschedule_event(SYSTEM, event.id, now=clock.now())

    kinds = [kind for kind, _ in (await letters())[3:]]
    assert kinds == ["event_postponed"] * 3 + ["event_changed"] * 3
    rows = await execute("SELECT state, sequence, moved_from_at FROM event")
    assert rows == [{"state": "published", "sequence": 3, "moved_from_at": event.starts_at}]


async def test_an_event_put_back_on_its_date_has_not_moved(client: httpx.AsyncClient) -> None:
    event, _ = await soon()

    await organising.postpone_event(SYSTEM, event.id)
    await organising.reschedule_event(SYSTEM, event.id, now=clock.now())

    rows = await execute("SELECT state, moved_from_at FROM event")
    assert rows == [{"state": "published", "moved_from_at": None}]


async def test_the_desk_says_how_many_more_are_held_than_there_are(
    client: httpx.AsyncClient,
) -> None:
    event, unit = await soon(3)
    carla = await factories.carla()
    for name in ("Eva", "Fien", "Gijs"):
        who = await factories.known(name)
        board = factories.acting(carla)
        await service.register_for(board, event.id, who.id, now=clock.now())
    await sign_in(client, carla)
    address = f"/board/events/{event.slug}"

    before = await client.get(address)
    await places.change_unit(SYSTEM, unit.id, {"capacity": 1}, now=clock.now())
    after = await client.get(address)

    told = "er zijn 2 plaatsen meer bezet dan het maximum van 1. Iedereen houdt zijn plaats."
    assert (told in before.text, told in after.text) == (False, True)


async def test_who_is_no_member_is_told_before_they_write(client: httpx.AsyncClient) -> None:
    event, _ = await soon(members_only_registration=True)
    address = f"/events/{event.slug}/registration"

    stranger = await client.get(address)
    await sign_in(client, await factories.dirk())
    dirk = await client.get(address)
    await sign_in(client, await factories.anna())
    anna = await client.get(address)

    said = "Alleen leden kunnen zich voor deze activiteit inschrijven."
    pages = (stranger.text, dirk.text, anna.text)
    assert [said in page for page in pages] == [True, True, False]
    assert ['name="remark"' in page for page in pages] == [False, False, True]


async def test_a_stale_change_is_refused(client: httpx.AsyncClient) -> None:
    event, _ = await soon()
    change = {"title": "Anders"}
    await organising.change_event(SYSTEM, event.id, change, expected_revision=1, now=clock.now())

    with pytest.raises(Stale):
        change = {"title": "Weer anders"}
        await organising.change_event(
            SYSTEM, event.id, change, expected_revision=1, now=clock.now()
        )


async def test_two_events_of_one_name_get_two_addresses(client: httpx.AsyncClient) -> None:
    starts_at = clock.now().replace(year=2031, month=5, day=1)
    values = {"title": "Pijn & Rust", "starts_at": starts_at, "ends_at": starts_at + timedelta(1)}

    for _ in range(3):
        await events.create(SYSTEM, values, now=clock.now())

    rows = await execute("SELECT slug, state FROM event ORDER BY id")
    assert rows == [
        {"slug": slug, "state": "draft"}
        for slug in ("pijn-rust-2031", "pijn-rust-2031-2", "pijn-rust-2031-3")
    ]


async def test_places_without_an_english_name_keep_their_own(client: httpx.AsyncClient) -> None:
    event, _ = await soon(5)
    await execute("UPDATE capacity_unit SET name_nl = 'Workshop A', name_en = ''")
    await CapacityUnit(event=event.id, name_nl="Workshop B", name_en="", capacity=3).save()

    form = (await client.get(f"/events/{event.slug}/registration?lang=en")).text

    assert "Workshop A" in form
    assert "Workshop B" in form


@pytest.mark.parametrize(("visibility", "has_file"), [("public", True), ("members", False)])
async def test_a_file_for_the_calendar_is_offered_where_there_is_one(
    client: httpx.AsyncClient, anna: Any, visibility: str, has_file: bool
) -> None:
    event, _ = await soon(5, visibility=visibility)
    await client.post(f"/events/{event.slug}/registration")
    view = await queries.find(event.id, anna.id)
    assert view is not None

    page = (await client.get(f"/registrations/{view.code}")).text
    file = await client.get(f"/events/{event.slug}/event.ics")

    assert (f"/events/{event.slug}/event.ics" in page, file.status_code == 200) == (
        has_file,
        has_file,
    )


async def test_what_is_put_out_of_sight_is_not_led_to(client: httpx.AsyncClient, anna: Any) -> None:
    event, _ = await soon(5)
    await client.post(f"/events/{event.slug}/registration")
    view = await queries.find(event.id, anna.id)
    assert view is not None
    await execute("UPDATE event SET state = 'archived'")

    page = (await client.get(f"/registrations/{view.code}")).text

    assert f"/events/{event.slug}" not in page
