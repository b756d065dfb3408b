"""The door of workshops, of nights and of desks without a connection."""

from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.attendance import presence, queries, rules, service
from server.database import execute
from server.events import timetable
from tables.attendance import Direction
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.attendance.door import HOUR, PHONE, guest, inside, scan_of, today
from tests.clients import sign_in

pytestmark = pytest.mark.anyio


async def workshop_of(event_id: int, *people: str) -> tuple[int, int]:
    """A workshop now, and the sort of places it is for: both keys. These people have one."""
    unit = CapacityUnit(event=event_id, kind=UnitKind.workshop, name_nl="Workshop")
    await unit.save()
    now = clock.now()
    values = {"title": "Workshop", "starts_at": now + HOUR, "ends_at": now + 2 * HOUR}
    part = await timetable.add(SYSTEM, event_id, {**values, "unit": unit.id}, now=now)
    for name in people:
        await execute(
            "INSERT INTO registration_line (registration, unit, person, state, queued_at)"
            " SELECT r.id, $2, r.person, 'confirmed', now() FROM registration r"
            " JOIN person p ON p.id = r.person WHERE r.event = $1 AND p.display_name = $3",
            *(event_id, unit.id, name),
        )
    return part, unit.id


async def test_workshop_lets_in_who_has_a_place_there(client: httpx.AsyncClient) -> None:
    event_id, slug = await today()
    (_, anna), (_, bram) = await guest(event_id, "Anna"), await guest(event_id, "Bram")
    part, _ = await workshop_of(event_id, "Anna")

    told = [
        (await service.scan(SYSTEM, event_id, scan_of(code, part_id=part), now=clock.now())).result
        for code in (anna, bram)
    ]

    assert told == ["ok", "not_for_part"]
    assert (await queries.numbers(event_id, part, since=rules.day_began(clock.now()))) == (
        queries.Numbers(expected=1, inside=1)
    )
    await sign_in(client, await factories.carla())
    found = await client.get(f"/board/events/{slug}/check-in?part={part}&q=bram")
    assert "heeft geen plaats bij dit onderdeel" in found.text


async def test_part_of_another_day_is_not_today(db: None) -> None:
    now = clock.now()
    event, _ = await factories.open_event(5, starts_at=now + HOUR, ends_at=now + 54 * HOUR)
    _, code = await guest(event.id)
    values = {"title": "x", "starts_at": now + 48 * HOUR, "ends_at": now + 49 * HOUR}
    part = await timetable.add(SYSTEM, event.id, values, now=now)

    done = await service.scan(SYSTEM, event.id, scan_of(code, part_id=part), now=now)

    assert done.result == "not_today"


async def test_two_desks_in_the_dark_count_one_person_once(db: None) -> None:
    """A in at nine, B out at noon, A in at one; the scans of B come in last."""
    event_id, _ = await today()
    _, code = await guest(event_id)
    now = clock.now()

    async def at(hours: int, direction: Direction, device: object) -> str:
        asked = scan_of(code, direction=direction, at=now - hours * HOUR, device=device)
        return (await service.scan(SYSTEM, event_id, asked, now=now)).result

    other = uuid4()
    told = [
        await at(4, Direction.in_, PHONE),
        await at(2, Direction.in_, PHONE),
        await at(5, Direction.in_, other),
        await at(3, Direction.out, other),
    ]

    assert told == ["ok", "already_in", "already_in", "ok"]
    assert await inside(event_id) == 1
    went = (await presence.passings(event_id)).values()
    assert [[one.direction for one in person] for person in went] == [["in", "in", "out", "in"]]


async def test_taking_a_scan_back_takes_back_who_was_refused_because_of_it(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    first = await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())
    await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())

    await service.undo(SYSTEM, first.id, event_id=event_id, now=clock.now())

    assert await inside(event_id) == 0


async def test_who_came_at_night_is_known_at_the_way_out_in_the_morning(db: None) -> None:
    evening = clock.day_bounds(clock.today())[0] + 22 * HOUR
    event, _ = await factories.open_event(5, starts_at=evening, ends_at=evening + 8 * HOUR)
    _, code = await guest(event.id)

    told = []
    for hours, direction in ((0, Direction.in_), (7, Direction.in_), (8.5, Direction.out)):
        asked = scan_of(code, direction=direction)
        done = await service.scan(SYSTEM, event.id, asked, now=evening + hours * HOUR)
        told.append(done.result)

    assert told == ["ok", "already_in", "ok"]
