"""The timetable: parts within the event, moved with it, seen on its page, kept by its desk."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.events import timetable
from server.registrations import organising
from tables.events import Event
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.clients import heading, sign_in
from tests.factories import acting

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2027 on an Amsterdam clock."""
    return datetime(2027, month, day, hour, minute, tzinfo=AMSTERDAM)


async def day_with_parts() -> tuple[Event, list[int]]:
    """An event day of 27 March 2027, 9 to 17, with an opening and a break."""
    event, _ = await factories.open_event(5, starts_at=at(27, 9), ends_at=at(27, 17))
    made = []
    for kind, title, begins, ends in (
        ("content", "Opening", at(27, 9), at(27, 10, 30)),
        ("break", "Koffie", at(27, 10, 30), at(27, 11)),
    ):
        values = {"kind": kind, "title": title, "starts_at": begins, "ends_at": ends}
        made.append(await timetable.add(SYSTEM, event.id, values, now=clock.now()))
    return event, made


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": " "}, {"title"}),
        ({"kind": "party"}, {"kind"}),
        (
            {"title": "x" * 201, "title_en": "x" * 201, "room": "x" * 81},
            {"title", "title_en", "room"},
        ),
        ({"starts_at": at(27, 8)}, {"starts_at"}),
        ({"ends_at": at(27, 18)}, {"ends_at"}),
        ({"starts_at": at(27, 12), "ends_at": at(27, 12)}, {"ends_at"}),
        ({"starts_at": at(27, 17), "ends_at": None}, {"starts_at", "ends_at"}),
    ],
)
def test_part_lies_within_its_event(change: dict[str, object], wrong: set[str]) -> None:
    whole = {"title": "Lezing", "starts_at": at(27, 9), "ends_at": at(27, 10)}
    timetable.check(whole, at(27, 9), at(27, 17))

    with pytest.raises(Invalid) as refused:
        timetable.check({**whole, **change}, at(27, 9), at(27, 17))

    assert set(refused.value.fields) == wrong


async def test_parts_move_with_their_event_by_the_clock(db: None) -> None:
    event, _ = await day_with_parts()

    moved = {"starts_at": at(28, 9), "ends_at": at(28, 17)}  # the night in which the clock changes
    await organising.change_event(SYSTEM, event.id, moved, now=clock.now())

    parts = await timetable.parts(event.id)
    assert [(part.starts_at, part.ends_at) for part in parts] == [
        (at(28, 9), at(28, 10, 30)),
        (at(28, 10, 30), at(28, 11)),
    ]


async def test_parts_stay_where_they_are_when_their_event_begins_earlier(db: None) -> None:
    event, _ = await day_with_parts()

    doors = {"starts_at": at(27, 8, 30)}
    await organising.change_event(SYSTEM, event.id, doors, now=clock.now())
    with pytest.raises(Invalid) as refused:
        late = {"starts_at": at(27, 9, 30)}
        await organising.change_event(SYSTEM, event.id, late, now=clock.now())

    assert (await timetable.parts(event.id))[0].starts_at == at(27, 9)
    assert refused.value.fields == {"starts_at": "events.invalid.parts_outside"}


async def test_form_from_before_the_event_moved_is_stale(db: None) -> None:
    event, parts = await day_with_parts()
    moved = {"starts_at": at(27, 10), "ends_at": at(27, 18)}
    await organising.change_event(SYSTEM, event.id, moved, now=clock.now())

    with pytest.raises(Stale):
        seen = {"title": "Welkom", "starts_at": at(27, 10), "ends_at": at(27, 10, 30)}
        await timetable.change(SYSTEM, parts[0], seen, expected_revision=1, now=clock.now())


async def test_of_changes_and_removals_at_once_one_goes_through(db: None) -> None:
    _, parts = await day_with_parts()

    async def changed(n: int) -> str:
        try:
            title = {"title": f"Welkom {n}"}
            await timetable.change(SYSTEM, parts[0], title, expected_revision=1, now=clock.now())
        except Stale:
            return "stale"
        return "saved"

    async def removed() -> str:
        try:
            await timetable.remove(SYSTEM, parts[1])
        except NotFound:
            return "gone"
        return "removed"

    saved = await asyncio.gather(*(changed(n) for n in range(6)))
    gone = await asyncio.gather(*(removed() for _ in range(4)))

    assert Counter(saved) == {"saved": 1, "stale": 5}
    assert Counter(gone) == {"removed": 1, "gone": 3}


async def test_event_cannot_end_before_its_parts(db: None) -> None:
    event, _ = await day_with_parts()

    with pytest.raises(Invalid) as refused:
        shorter = {"ends_at": at(27, 10)}
        await organising.change_event(SYSTEM, event.id, shorter, now=clock.now())

    assert refused.value.fields == {"ends_at": "events.invalid.parts_outside"}
    assert len(await timetable.parts(event.id)) == 2


async def test_only_who_manages_the_event_changes_its_parts(db: None) -> None:
    event, parts = await day_with_parts()
    anna = acting(await factories.member("Anna"))

    for change in (
        timetable.add(anna, event.id, {"title": "x"}, now=clock.now()),
        timetable.change(anna, parts[0], {"title": "x"}, now=clock.now()),
        timetable.remove(anna, parts[0]),
    ):
        with pytest.raises(NotFound):
            await change


async def test_stale_form_is_refused_and_nothing_changed_says_nothing(db: None) -> None:
    event, parts = await day_with_parts()
    same = {"title": "Opening"}
    await timetable.change(SYSTEM, parts[0], same, expected_revision=1, now=clock.now())
    other = {"title": "Welkom"}
    await timetable.change(SYSTEM, parts[0], other, expected_revision=1, now=clock.now())

    with pytest.raises(Stale):
        late = {"title": "Te laat"}
        await timetable.change(SYSTEM, parts[0], late, expected_revision=1,
                               now=clock.now())  # fmt: skip

    assert (await timetable.parts(event.id))[0].title_nl == "Welkom"
    lines = await execute("SELECT 1 FROM audit_entry WHERE entity = 'event_part'")
    assert len(lines) == 3


async def test_board_makes_a_programme_in_the_browser(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5, starts_at=at(27, 9), ends_at=at(27, 17))
    await sign_in(client, await factories.carla())
    desk = f"/board/events/{event.slug}/programme"
    asked = {"kind": "content", "title": "Opening", "day": "2027-03-27", "room": "Zaal 1"}

    late = await client.post(desk, data={**asked, "starts": "08:00", "ends": "10:00"})
    assert (late.status_code, "binnen de tijden van de activiteit" in late.text) == (422, True)
    assert 'value="Zaal 1"' in late.text
    await client.post(desk, data={**asked, "starts": "09:00", "ends": "10:30"})
    [part] = await timetable.parts(event.id)
    shown = await client.get(f"{desk}/{part.id}")
    assert heading(shown) == "Onderdeel: Opening"
    changed = {**asked, "title": "Welkom", "starts": "09:00", "ends": "10:00", "revision": "1"}
    assert (await client.post(f"{desk}/{part.id}", data=changed)).status_code == 303
    stale = await client.post(f"{desk}/{part.id}", data=changed | {"title": "Anders"})
    assert stale.status_code == 409

    page = await client.get(f"/events/{event.slug}")
    told = (await client.get(f"/api/events/{event.slug}")).json()["parts"]
    assert ["09.00–10.00" in page.text, "Welkom" in page.text] == [True, True]
    assert [(one["title"], one["room"]) for one in told] == [("Welkom", "Zaal 1")]
    await client.post(f"{desk}/{part.id}/removal")
    assert await timetable.parts(event.id) == []


async def test_part_is_for_who_has_a_place_of_one_sort(client: httpx.AsyncClient) -> None:
    event, _ = await factories.open_event(5, starts_at=at(27, 9), ends_at=at(27, 17))
    workshop = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="Schrijven")
    await workshop.save()
    await sign_in(client, await factories.carla())
    desk = f"/board/events/{event.slug}/programme"
    asked = {"kind": "content", "title": "Schrijven", "day": "2027-03-27"}
    asked |= {"starts": "09:00", "ends": "10:00", "unit": str(workshop.id)}

    odd = await client.post(desk, data=asked | {"unit": "999999"})
    await client.post(desk, data=asked)

    assert odd.status_code == 422
    [part] = await timetable.parts(event.id)
    assert part.unit_id == workshop.id
    chosen = f'<option value="{workshop.id}" selected>Schrijven</option>'
    assert " ".join((await client.get(f"{desk}/{part.id}")).text.split()).count(chosen) == 1
    for_everybody = asked | {"unit": "", "revision": "1"}
    await client.post(f"{desk}/{part.id}", data=for_everybody)
    assert [one.unit_id for one in await timetable.parts(event.id)] == [None]
    elsewhere, _ = await factories.open_event(5, starts_at=at(27, 9), ends_at=at(27, 17))
    values = {"title": "x", "starts_at": at(27, 9), "ends_at": at(27, 10), "unit": workshop.id}
    with pytest.raises(Invalid):
        await timetable.add(SYSTEM, elsewhere.id, values, now=clock.now())


async def test_part_of_another_event_is_not_there(client: httpx.AsyncClient) -> None:
    _, parts = await day_with_parts()
    other, _ = await factories.open_event(5)
    await sign_in(client, await factories.carla())

    answer = await client.get(f"/board/events/{other.slug}/programme/{parts[0]}")

    assert answer.status_code == 404
