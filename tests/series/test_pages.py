"""A series from its pages: look first, then make, change and end; and the same over the API."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock, hours
from server.actors import SYSTEM
from server.database import execute
from server.series import laying_out, queries, stepping
from server.series.rules import Every, Layout
from tables.events import Event, Room, Venue
from tests import factories
from tests.clients import heading, letters, sign_in, statements
from tests.registrations.cast import register
from tests.registrations.test_planning import Filled
from tests.series.cast import states

pytestmark = pytest.mark.anyio
WEEK = timedelta(days=7)


async def board(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return await sign_in(client, await factories.carla())


async def meeting(**values: Any) -> Event:
    """A meeting in a week, at an hour that exists on every day."""
    starts_at = clock.now().replace(hour=15, minute=0, second=0, microsecond=0) + WEEK
    given = {"title": "Casuïstiek", "starts_at": starts_at, "ends_at": starts_at + WEEK / 168}
    event, _ = await factories.open_event(5, **{**given, **values})
    return event


async def series(times: int = 3, **values: Any) -> int:
    event, now = await meeting(**values), clock.now()
    layout = Layout(Every.two_weeks, times)
    made = await laying_out.create(SYSTEM, event.id, layout, left_out=(), now=now)
    slugs = [one.slug for one in await queries.occurrences(made)]
    await stepping.take(SYSTEM, made, "publish", slugs, now=now)
    return made


async def first_of(series_id: int) -> queries.Occurrence:
    return (await queries.occurrences(series_id))[0]


async def test_the_days_are_shown_before_anything_is_made(client: httpx.AsyncClient) -> None:
    event = await meeting()
    await board(client)
    path = f"/board/events/{event.slug}/series"

    shown = await client.get(path)
    looked = await client.post(path, data={"every": "two_weeks", "times": "4"})
    nothing = await execute("SELECT 1 FROM event_series")
    filled = Filled(looked).found
    days = [
        (event.starts_at + n * 2 * WEEK).astimezone(clock.AMSTERDAM).date().isoformat()
        for n in (1, 2, 3)
    ]
    made = await client.post(
        path,
        data={
            **{"every": "two_weeks", "times": "4", "seen": filled["seen"]},
            "days": [days[0], days[2]],
        },
    )

    assert heading(shown) == "Casuïstiek vaker houden"
    assert "Elke twee weken op" in shown.text
    assert all(f'value="{day}" checked' in looked.text for day in days)
    assert nothing == []
    assert (made.status_code, made.headers["location"]) == (303, "/board/series/1")
    assert await states(1) == ["published", "draft", "draft"]
    again = await client.get(path)
    assert again.headers["location"] == "/board/series/1"


async def test_other_days_are_looked_at_anew(client: httpx.AsyncClient) -> None:
    event = await meeting()
    await board(client)
    path = f"/board/events/{event.slug}/series"
    looked = await client.post(path, data={"every": "week", "times": "4"})
    seen = Filled(looked).found["seen"]

    other = await client.post(path, data={"every": "week", "times": "5", "seen": seen})

    assert other.status_code == 200
    assert other.text.count('name="days"') == 4
    assert await execute("SELECT 1 FROM event_series") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"every": "week"}, "Vul óf een aantal keren in"),
        ({"every": "week", "times": "99"}, "ten hoogste 60"),
        ({"every": "week", "times": "veel"}, "getal"),
        ({"every": "week", "until": "2020-01-01"}, "Kies een latere dag"),
        ({"every": "week", "until": "2999-01-01"}, "meer dan 60 keer"),
        ({"every": "dag", "times": "3"}, "Kies"),
        ({}, "Kies"),
    ],
)
async def test_what_cannot_be_is_said_and_kept(
    client: httpx.AsyncClient, typed: dict[str, str], said: str
) -> None:
    event = await meeting()
    await board(client)

    answer = await client.post(f"/board/events/{event.slug}/series", data=typed)

    assert answer.status_code == 422
    assert said in answer.text
    if "times" in typed:
        assert f'name="times" value="{typed["times"]}"' in answer.text


async def test_a_change_of_all_is_shown_and_then_saved(client: httpx.AsyncClient) -> None:
    made = await series()
    anna = await factories.anna()
    for one in await queries.occurrences(made):
        await register(anna, one.id, now=clock.now())
    await execute("DELETE FROM outbox_letter")
    await board(client)
    path = f"/board/events/{(await first_of(made)).slug}/series/changes"
    form = Filled(await client.get(path)).found | {"scope": "all", "room": "Zaal 3"}

    looked = await client.post(path, data=form)
    before = await letters()
    saved = await client.post(path, data=form | {"told": Filled(looked).found["told"]})

    assert "Dit verandert voor 3 keren" in looked.text
    assert "Eén mens krijgt één brief." in looked.text
    assert looked.text.count("Zaal: was nog niet bekend, wordt Zaal 3") == 3
    assert before == []
    assert (saved.status_code, saved.headers["location"]) == (303, f"/board/series/{made}")
    assert await letters() == [("series_changed", "anna@example.com")]
    rooms = await execute("SELECT DISTINCT room FROM event WHERE series = $1", made)
    assert rooms == [{"room": "Zaal 3"}]


async def test_an_old_form_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    made = await series()
    await board(client)
    path = f"/board/events/{(await first_of(made)).slug}/series/changes"
    form = Filled(await client.get(path)).found | {"scope": "all", "room": "Zaal 3"}
    await execute("UPDATE event SET revision = revision + 1 WHERE series = $1", made)

    answer = await client.post(path, data=form)

    assert answer.status_code == 422
    assert 'value="Zaal 3"' in answer.text


async def test_a_change_of_nothing_comes_back_with_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    made = await series()
    await board(client)
    path = f"/board/events/{(await first_of(made)).slug}/series/changes"
    form = Filled(await client.get(path)).found | {"scope": "all"}

    answer = await client.post(path, data=form)

    assert answer.status_code == 422
    assert "Zo verandert er niets." in answer.text


async def test_who_is_told_stands_on_the_page_of_a_step(client: httpx.AsyncClient) -> None:
    made = await series()
    anna, found = await factories.anna(), await queries.occurrences(made)
    await register(anna, found[1].id, now=clock.now())
    await execute("DELETE FROM outbox_letter")
    await board(client)
    path = f"/board/series/{made}/cancellation"

    shown = await client.get(path)
    following = await client.get(f"{path}?from={found[1].slug}")
    without = await client.post(path, data={"slugs": [found[1].slug]})
    none = await client.post(path, data={"reason": "Ziek"})
    done = await client.post(path, data={"slugs": [found[1].slug], "reason": "Ziek"})

    assert shown.text.count("checked") == 3
    assert "Eén mens krijgt een brief als u alles aanvinkt." in shown.text
    assert following.text.count("checked") == 2
    assert [without.status_code, none.status_code, done.status_code] == [422, 422, 303]
    assert await states(made) == ["published", "cancelled", "published"]
    assert await letters() == [("event_cancelled", "anna@example.com")]


async def test_more_once_and_the_end(client: httpx.AsyncClient) -> None:
    made = await series(2)
    await board(client)
    path = f"/board/series/{made}"
    looked = await client.post(f"{path}/extension", data={"times": "2"})
    filled = Filled(looked).found
    days = [day for day in looked.text.split('name="days" value="')[1:]]

    more = await client.post(
        f"{path}/extension",
        data={"times": "2", "seen": filled["seen"], "days": [day[:10] for day in days]},
    )
    once = await client.post(f"{path}/occurrences", data={"starts_at": "2099-05-12T20:00"})
    past = await client.post(f"{path}/occurrences", data={"starts_at": "2001-05-12T20:00"})
    slugs = [one.slug for one in await queries.occurrences(made)]
    ended = await client.post(f"{path}/ending", data={"slugs": slugs[1:], "reason": "Klaar"})
    closed = await client.get(path)
    resumed = await client.post(f"{path}/resumption")

    assert [more.status_code, once.status_code, ended.status_code] == [303, 303, 303]
    assert past.status_code == 422
    assert await states(made) == ["published", "cancelled"]
    assert "Deze reeks is beëindigd." in closed.text
    assert resumed.status_code == 303
    rows = await execute("SELECT state FROM event_series")
    assert rows == [{"state": "running"}]


async def test_who_ends_a_series_that_ended_reads_what_is_possible(
    client: httpx.AsyncClient,
) -> None:
    made = await series(2)
    await board(client)
    await client.post(f"/board/series/{made}/ending")

    again = await client.post(f"/board/series/{made}/ending")

    assert again.status_code == 409
    assert "hervatten" in again.text


async def test_a_page_costs_the_same_with_one_and_with_many(client: httpx.AsyncClient) -> None:
    few, many = await series(2), await series(20)
    await board(client)
    slugs = [(await first_of(made)).slug for made in (few, many)]
    paths = [
        [f"/board/series/{made}" for made in (few, many)],
        [f"/board/series/{made}/cancellation" for made in (few, many)],
        [f"/board/series/{made}/ending" for made in (few, many)],
        [f"/board/events/{slug}/series/changes" for slug in slugs],
        [f"/events/{slug}" for slug in slugs],
    ]

    for of_few, of_many in paths:
        await client.get(of_few)
        one, other = [await statements(client, "GET", path) for path in (of_few, of_many)]
        assert one == other, of_few


async def test_the_list_costs_the_same_with_one_and_with_many(client: httpx.AsyncClient) -> None:
    await series(2)
    await board(client)
    await client.get("/board/series")
    one = await statements(client, "GET", "/board/series")
    for n in range(4):
        await series(2, title=f"Reeks {n}")

    assert await statements(client, "GET", "/board/series") == one


async def test_readers_find_the_other_times(client: httpx.AsyncClient) -> None:
    made = await series()
    found = await queries.occurrences(made)
    await execute("UPDATE event SET state = 'draft' WHERE id = $1", found[2].id)

    shown = await client.get(f"/events/{found[0].slug}")

    assert "Andere keren" in shown.text
    assert f'href="/events/{found[1].slug}"' in shown.text
    assert found[2].slug not in shown.text


async def test_the_settings_of_one_say_that_there_are_others(client: httpx.AsyncClient) -> None:
    made = await series()
    await board(client)
    slug = (await first_of(made)).slug

    shown = await client.get(f"/board/events/{slug}/settings")

    assert f"/board/events/{slug}/series/changes" in shown.text


@pytest.mark.parametrize("path", ["", "/extension", "/cancellation", "/ending"])
async def test_dirk_finds_no_series(client: httpx.AsyncClient, path: str) -> None:
    made = await series()
    await sign_in(client, await factories.dirk())

    assert (await client.get(f"/board/series/{made}{path}")).status_code == 404
    assert (await client.post(f"/api/series/{made}/ending", json={})).status_code == 404


async def test_an_event_alone_has_no_others_to_change(client: httpx.AsyncClient) -> None:
    event = await meeting()
    await board(client)

    assert (await client.get(f"/board/events/{event.slug}/series/changes")).status_code == 404


async def test_the_whole_life_over_the_api(client: httpx.AsyncClient) -> None:
    event = await meeting()
    await board(client)
    path = f"/api/events/{event.slug}/series"
    layout = {"every": "week", "times": 4}

    days = (await client.post(f"{path}/days", json=layout)).json()
    left_out = [str(days[1]["starts_at"])[:10]]
    made = await client.post(path, json=layout | {"left_out": left_out})
    its = f"/api/series/{made.json()['id']}"
    slugs = [one["slug"] for one in made.json()["events"]]
    published = await client.post(f"{its}/publication", json={"events": slugs})
    changed = await client.post(f"{path}/changes", json={"scope": "all", "room": "Zaal 3"})
    later = (event.starts_at + timedelta(hours=1)).isoformat()
    moved = await client.post(
        f"{path}/changes",
        json={
            **{"scope": "following", "starts_at": later},
            "ends_at": (event.ends_at + timedelta(hours=1)).isoformat(),
        },
    )
    more = await client.post(f"{its}/extension", json={"times": 2})
    ended = await client.post(f"{its}/ending", json={"events": slugs[1:], "reason": "Klaar"})
    seen = (await client.get(its)).json()
    listed = (await client.get("/api/series")).json()

    assert len(days) == 3
    assert (made.status_code, len(slugs)) == (201, 3)
    assert published.json() == {"events": 2}
    assert changed.json() == {"events": 3, "people": 0, "stayed": 0}
    assert moved.json() == {"events": 3, "people": 0, "stayed": 0}
    assert len(more.json()["events"]) == 5
    assert ended.json() == {"events": 2}
    assert seen["state"] == "ended"
    assert [(one["id"], one["every"], one["coming"]) for one in listed] == [(seen["id"], "week", 3)]
    assert [one["state"] for one in seen["events"]] == [
        *("published", "cancelled", "cancelled", "draft", "draft")
    ]
    assert (await client.get(f"/api/events/{event.slug}")).json()["series"] == seen["id"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/changes", {"scope": "all"}, 422),
        ("/changes", {"scope": "all", "starts_at": "2027-02-09T20:00:00"}, 422),
        ("/changes", {"scope": "all", "title": " "}, 422),
        ("/days", {"every": "week", "times": 3}, 409),
        ("", {"every": "week", "times": 3}, 409),
    ],
)
async def test_the_api_says_no_in_words(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], status: int
) -> None:
    made = await series()
    await board(client)
    slug = (await first_of(made)).slug

    answer = await client.post(f"/api/events/{slug}/series{path}", json=body)

    assert answer.status_code == status
    assert json.loads(answer.text)["detail"]


async def test_rooms_mode_and_windows_change_over_the_api(client: httpx.AsyncClient) -> None:
    made = await series(2)
    event, other = await queries.occurrences(made)
    venue = Venue(name="Academiegebouw", city="Utrecht")
    await venue.save()
    room = Room(venue=venue.id, name="Zolder")
    await room.save()
    await board(client)
    week = timedelta(days=7)
    given = {
        **{"scope": "all", "mode": "hybrid", "booked_room": room.id},
        "registration_opens_at": (event.starts_at - 5 * week / 7).isoformat(),
        "registration_closes_at": (event.starts_at - 2 * week / 7).isoformat(),
        "cancel_until_at": (event.starts_at - week / 7).isoformat(),
    }

    done = await client.post(f"/api/events/{event.slug}/series/changes", json=given)

    columns = "venue, booked_room, mode, registration_opens_at, registration_closes_at"
    rows = await execute(
        f"SELECT {columns}, cancel_until_at, starts_at FROM event ORDER BY starts_at"
    )
    assert done.json() == {"events": 2, "people": 0, "stayed": 0}
    assert [row["starts_at"] for row in rows] == [event.starts_at, other.starts_at]
    for row in rows:
        assert (row["venue"], row["booked_room"], row["mode"]) == (venue.id, room.id, "hybrid")
        ahead = [hours.hands(row["starts_at"]) - hours.hands(row[name]) for name in WINDOWS]
        assert ahead == [timedelta(days=n) for n in (5, 2, 1)]


WINDOWS = ("registration_opens_at", "registration_closes_at", "cancel_until_at")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"booked_room": 99}, "", "Kies een van"),
        ({"venue": 99}, "", "Kies een van"),
        ({"cancel_until_at": "2087-03-30T02:30:00"}, "cancel_until_at", ""),
    ],
)
async def test_what_cannot_be_is_refused_of_each_by_its_name(
    client: httpx.AsyncClient, given: dict[str, Any], field: str, words: str
) -> None:
    made = await series(2)
    slugs = [one.slug for one in await queries.occurrences(made)]
    await board(client)

    refused = await client.post(
        f"/api/events/{(await first_of(made)).slug}/series/changes", json={"scope": "all", **given}
    )

    assert refused.status_code == 422
    assert sorted(refused.json()["errors"]) == ([field] if field else sorted(slugs))
    assert {said[: len(words)] for said in refused.json()["errors"].values()} == {words}
