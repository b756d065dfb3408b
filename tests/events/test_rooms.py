"""Rooms: chosen from a list, free at one time for one event, or shared for a reason."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, SYSTEM, Actor
from server.database import execute, transaction
from server.errors import Invalid
from server.events import copying, queries, room_notes, rooms, service, timetable
from server.registrations import organising
from tables.events import Event, Room, Venue
from tests import factories
from tests.clients import last_letter, letters, sign_in, statements
from tests.factories import NOON
from tests.registrations.cast import register
from tests.registrations.test_planning import NEW, filled

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
TAKEN = {"room_reason": "events.invalid.room_taken"}


async def venue(name: str = "Academie") -> Venue:
    row = Venue(name=name, city="Zwolle", route="Tien minuten lopen.")
    await row.save()
    return row


async def room(name: str = "Zaal 2", where: Venue | None = None, **values: object) -> Room:
    at = (where or await venue()).id
    row = Room(venue=at, name=name, route="Eerste verdieping.", **values)
    await row.save()
    return row


async def held_in(there: Room, state: str = "published", **values: object) -> Event:
    given = {"venue": there.venue, "booked_room": there.id, "state": state}
    return await factories.event(**{**given, **values})


async def book(event: Event, there: Room, **values: object) -> None:
    given = {"booked_room": there.id, **values}
    await organising.change_event(SYSTEM, event.id, given, now=clock.now())


async def row_of(event: Event) -> dict[str, Any]:
    return (await execute("SELECT * FROM event WHERE id = $1", event.id))[0]


async def test_the_venue_follows_from_the_room(db: None) -> None:
    there, event = await room(), await factories.event()

    await book(event, there)

    assert (await row_of(event))["venue"] == there.venue
    view = await queries.get(ANONYMOUS, (await held_in(await room())).slug, now=NOON)
    assert (view.room, view.route) == ("Zaal 2", "Tien minuten lopen.\nEerste verdieping.")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"room": "Foyer"}, {"room": "events.invalid.room_twice"}),
        ({"venue": 1}, {"booked_room": "events.invalid.room_elsewhere"}),
        ({"booked_room": 999}, {"booked_room": "errors.field.choice"}),
    ],
)
async def test_a_room_that_does_not_fit(
    db: None, values: dict[str, object], wrong: dict[str, str]
) -> None:
    await venue("Elders")
    there, event = await room(where=await venue()), await factories.event()

    with pytest.raises(Invalid) as refused:
        await book(event, there, **values)

    assert refused.value.fields == wrong


async def test_a_room_no_longer_in_use_is_not_chosen_anew(db: None) -> None:
    there = await room(is_in_use=False)
    was_there, event = await held_in(there), await factories.event(state="published")

    with pytest.raises(Invalid):
        await book(event, there)
    await organising.change_event(SYSTEM, was_there.id, {"title": "x"}, now=clock.now())

    assert [one.id for one in await rooms.choices()] == []
    assert [one.id for one in await rooms.choices(also=there.id)] == [there.id]


@pytest.mark.parametrize(
    ("other", "is_free"),
    [
        ({}, False),
        ({"starts_at": NOON + 5 * HOUR, "ends_at": NOON + 9 * HOUR}, False),
        ({"starts_at": NOON + 6 * HOUR, "ends_at": NOON + 9 * HOUR}, True),
        ({"state": "announced"}, False),
        *(({"state": state}, True) for state in ("draft", "cancelled", "postponed", "completed")),
    ],
)
async def test_a_room_is_for_one_event_at_a_time(
    db: None, other: dict[str, object], is_free: bool
) -> None:
    there, event = await room(), await factories.event(state="published")
    await held_in(there, **other)

    try:
        await book(event, there)
    except Invalid as invalid:
        assert not is_free
        assert invalid.fields == TAKEN
        assert (await row_of(event))["booked_room"] is None
    else:
        assert is_free


async def test_a_room_is_shared_for_a_reason_until_it_moves(db: None) -> None:
    there, event = await room(), await factories.event(state="published")
    await held_in(there)

    await book(event, there, room_reason="Twee kleine groepen")
    await organising.change_event(SYSTEM, event.id, {"title": "y"}, now=clock.now())
    with pytest.raises(Invalid):
        await book(event, there, ends_at=NOON + 7 * HOUR)
    with pytest.raises(Invalid):
        await book(event, there, room_reason="")

    assert (await row_of(event))["room_reason"] == "Twee kleine groepen"
    trail = await execute("SELECT after FROM audit_entry WHERE after::text LIKE '%kleine%'")
    assert len(trail) == 1


@pytest.mark.parametrize("step", [service.publish, service.announce, organising.publish_event])
async def test_a_draft_is_warned_and_refused_when_it_is_shown(db: None, step: Any) -> None:
    there = await room()
    await held_in(there)
    draft = await held_in(there, state="draft")

    assert len(await rooms.clashes(draft.id)) == 1
    with pytest.raises(Invalid) as refused:
        await step(SYSTEM, draft.id, now=clock.now())

    assert refused.value.fields == TAKEN
    assert (await row_of(draft))["state"] == "draft"


async def test_a_postponed_event_finds_its_room_taken(db: None) -> None:
    there = await room()
    await held_in(there)
    put_off = await held_in(there, state="postponed")

    with pytest.raises(Invalid):
        await organising.reschedule_event(SYSTEM, put_off.id, now=clock.now())


async def part(event: Event, there: Room | None, hour: int = 0, **values: object) -> int:
    begins = NOON + hour * HOUR
    given = {"title": "x", "starts_at": begins, "ends_at": begins + HOUR}
    booked = {"booked_room": there.id if there else None}
    return await timetable.add(SYSTEM, event.id, {**given, **booked, **values}, now=clock.now())


async def test_parts_are_in_rooms_of_the_venue_of_their_event(db: None) -> None:
    there = await room()
    event, nowhere = await held_in(there), await factories.event()

    await part(event, there)
    with pytest.raises(Invalid) as elsewhere:
        await part(event, await room())
    with pytest.raises(Invalid):
        await part(nowhere, there)

    assert elsewhere.value.fields == {"booked_room": "events.invalid.room_elsewhere"}
    assert [(one.room, one.room_route) for one in await timetable.parts(event.id)] == [
        ("Zaal 2", "Eerste verdieping.")
    ]


async def test_two_parts_at_once_are_not_in_one_room(db: None) -> None:
    there = await room()
    event = await held_in(there)
    first = await part(event, there)

    with pytest.raises(Invalid) as refused:
        await part(event, there)
    later = await part(event, there, hour=1)
    with pytest.raises(Invalid):
        await timetable.change(SYSTEM, later, {"starts_at": NOON}, now=clock.now())
    why = {"starts_at": NOON, "room_reason": "Zelfde groep"}
    await timetable.change(SYSTEM, later, why, now=clock.now())
    await timetable.change(SYSTEM, first, {"title": "y"}, now=clock.now())

    assert refused.value.fields == {"room_reason": "events.invalid.part_room_taken"}


async def test_a_part_finds_the_room_taken_by_another_event(db: None) -> None:
    there = await room()
    other = await room("Zaal 3", where=await Venue.objects().get(Venue.id == there.venue))
    event = await held_in(there)
    await held_in(other)

    with pytest.raises(Invalid):
        await part(event, other)


async def test_an_event_that_moves_finds_the_room_of_its_part_taken(db: None) -> None:
    there = await room()
    day = timedelta(days=1)
    await held_in(there, starts_at=NOON + day, ends_at=NOON + day + HOUR)
    event = await factories.event(state="published", venue=there.venue)
    await part(event, there)

    moved = {"starts_at": NOON + day, "ends_at": NOON + day + 6 * HOUR}
    with pytest.raises(Invalid) as refused:
        await organising.change_event(SYSTEM, event.id, moved, now=clock.now())

    assert refused.value.fields == {"room_reason": "events.invalid.part_room_taken"}


async def test_parts_have_no_room_at_another_venue_yet(db: None) -> None:
    there, elsewhere = await room(), await room("Zaal 9")
    event = await held_in(there)
    await part(event, there)

    await book(event, elsewhere, venue=elsewhere.venue)

    assert [one.room for one in await timetable.parts(event.id)] == [""]
    assert await execute(
        "SELECT 1 FROM audit_entry WHERE entity = 'event_part' AND action = 'change'"
    )


async def test_a_copy_goes_to_the_same_room_without_the_reason(db: None) -> None:
    there = await room()
    await held_in(there)
    event = await held_in(there, room_reason="Samen")
    await part(event, there, room_reason="Samen")

    made = await copying.copy(SYSTEM, event.id, NOON + timedelta(days=7), now=clock.now())

    rows = await execute(
        "SELECT e.booked_room, e.room_reason, p.booked_room AS its, p.room_reason AS why"
        " FROM event e JOIN event_part p ON p.event = e.id WHERE e.id = $1",
        made,
    )
    assert rows == [{"booked_room": there.id, "room_reason": "", "its": there.id, "why": ""}]


async def test_another_room_is_told_and_the_same_name_is_not(db: None) -> None:
    there = await room()
    other = await room("Zaal 3", where=await Venue.objects().get(Venue.id == there.venue))
    event, _ = await factories.open_event(5, venue=there.venue, room="Zaal 2")
    await register(await factories.dirk(), event.id)
    before = len(await letters())

    await book(event, there, room="")
    assert len(await letters()) == before
    await book(event, other)

    assert (await last_letter())["changes"] == "- Zaal: was Zaal 2, wordt Zaal 3"


async def test_feeds_learn_of_a_room(db: None) -> None:
    there, event = await room(), await factories.event(state="published")
    marked = "SELECT 1 FROM feed_state WHERE dirty AND key = 'public:nl'"
    for change in (
        lambda: book(event, there),
        lambda: execute("UPDATE room SET name = 'Aula' WHERE id = $1", there.id),
    ):
        await execute("DELETE FROM feed_state")
        await execute("INSERT INTO feed_state (key, dirty) VALUES ('public:nl', false)")
        await change()
        assert await execute(marked)


async def claim(event: Event, there: Room, *, locked: bool) -> None:
    if locked:
        await book(event, there)
        return
    async with transaction():
        await execute("UPDATE event SET booked_room = $2 WHERE id = $1", event.id, there.id)
        is_taken = any(not one.reason for one in await rooms.clashes(event.id, rooms.SHOWN))
        await asyncio.sleep(0.05)
        if is_taken:
            raise Invalid(**TAKEN)


@pytest.mark.parametrize("locked", [True, False])
async def test_of_many_at_once_one_has_the_room(db: None, locked: bool) -> None:
    """The control without the lock lets several in."""
    there = await room()
    events = [await factories.event(state="published", venue=there.venue) for _ in range(6)]

    asked = (claim(event, there, locked=locked) for event in events)
    await asyncio.gather(*asked, return_exceptions=True)

    rows = await execute("SELECT count(*) AS n FROM event WHERE booked_room = $1", there.id)
    assert rows[0]["n"] == 1 if locked else rows[0]["n"] > 1


async def test_the_organiser_reads_who_is_there_too_and_who_does_not_fit(db: None) -> None:
    there = await room(capacity=3)
    bram, group = await factories.bram()
    event, _ = await factories.open_event(5, venue=there.venue, booked_room=there.id)
    await held_in(there, title="Geheim", visibility="group", group=group.id, room_reason="Mag")
    stranger = Actor(person_id=bram.id)

    told = await room_notes.of_event(event.id, "nl", SYSTEM)
    hidden = await room_notes.of_event(event.id, "nl", stranger)

    assert told["room_notes"] == [
        "In Zaal 2 is dan ook: Geheim (vrijdag 12 maart 2027, 12.00–18.00 uur)."
        " Dat mag, omdat: Mag",
        "In Zaal 2 passen 3 mensen, maar er zijn 5 plaatsen in de zaal.",
    ]
    assert hidden["room_notes"][0].startswith("In Zaal 2 is dan ook: een andere activiteit (")


async def test_the_board_chooses_a_room_and_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    there = await room(capacity=40)
    at = {"starts_at": "2027-03-12T13:00", "ends_at": "2027-03-12T14:00"}
    await held_in(there)
    await client.post("/board/events", data={**NEW, **at, "booked_room": str(there.id)})
    path = "/board/events/pijndag-2027"

    page = await client.get(f"{path}/settings")
    refused = await client.post(f"{path}/publication")
    data = {**filled(page), "room_reason": "Zij komen later"}
    saved = await client.post(f"{path}/settings", data=data)
    shown = await client.post(f"{path}/publication")

    assert "Zaal 2, Academie (40 mensen)" in page.text
    assert "In Zaal 2 is dan ook" in page.text
    assert refused.status_code == 422
    assert (saved.status_code, shown.status_code) == (303, 303)
    moved = {**filled(await client.get(f"{path}/settings")), "ends_at": "2027-03-12T15:00"}
    again = await client.post(
        f"{path}/settings", data={**moved, "room_reason": "", "title": "Ooit"}
    )
    assert again.status_code == 422
    assert "Ooit" in again.text


async def test_the_board_chooses_the_room_of_a_part(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    there = await room()
    event = await held_in(there)
    path = f"/board/events/{event.slug}/programme"

    data = {"kind": "content", "title": "Lezing", "day": "2027-03-12"}
    data |= {"starts": "12:00", "ends": "13:00", "booked_room": str(there.id)}
    made = await client.post(path, data=data)
    twice = await client.post(path, data=data)
    (found,) = await timetable.parts(event.id)
    page = await client.get(f"{path}/{found.id}")

    assert (made.status_code, twice.status_code) == (303, 422)
    assert (filled(page)["booked_room"], filled(page)["room"]) == (str(there.id), "")


async def test_pages_cost_the_same_with_many_rooms(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    there = await room()
    event = await held_in(there, room_reason="x")
    base = f"/board/events/{event.slug}"
    paths = [base, f"{base}/settings", f"{base}/programme", f"/events/{event.slug}"]
    few = [await statements(client, "GET", path) for path in paths]

    for n in range(9):
        await room(f"Zaal {n}")
        await held_in(there)
        await part(event, there, room_reason="x")

    assert [await statements(client, "GET", path) for path in paths] == few
