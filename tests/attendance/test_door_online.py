"""Who has a place online and stands in the hall: a warning first, then in, if there is room."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.attendance import in_person
from server.database import execute
from server.registrations import choosing, queries
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from tables.attendance import Direction
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.attendance.door import HOUR, PHONE, inside, results, scan_of
from tests.attendance.test_door_api import helper_of
from tests.clients import sign_in

pytestmark = pytest.mark.anyio


async def hybrid(seats: int = 2, **values: object) -> tuple[int, str, int]:
    """An event on now, in a room and online: its id, its address, and the places online."""
    now = clock.now()
    given = {"starts_at": now + HOUR, "ends_at": now + 6 * HOUR, "mode": "hybrid", **values}
    event, _ = await factories.open_event(seats, **given)
    online = CapacityUnit(event=event.id, kind=UnitKind.online, name_nl="Online")
    await online.save()
    return event.id, event.slug, online.id


async def comes(
    event_id: int, unit_id: int | None, name: str = "Anna"
) -> tuple[queries.RegistrationView, str]:
    """Somebody with a place of this sort, and the code of a ticket they once had for the hall."""
    row = await factories.member(name)
    await execute("UPDATE person SET search_key = $2 WHERE id = $1", row.id, name.lower())
    wish = RegistrationForm(unit_id=unit_id)
    view = await registrations.register(factories.acting(row), event_id, wish, now=clock.now())
    code = f"2{view.id:07d}"
    await execute("INSERT INTO ticket (registration, code) VALUES ($1, $2)"
                  " ON CONFLICT (registration) DO UPDATE SET code = excluded.code",
                  view.id, code)  # fmt: skip
    return view, code


async def scanned(event_id: int, code: str, **more: object) -> str:
    done = await in_person.scan(SYSTEM, event_id, scan_of(code, **more), now=clock.now())
    return done.result


async def place_of(view: queries.RegistrationView) -> tuple[str, str]:
    now = await queries.get(view.code)
    return now.unit_kind, now.state


async def test_a_warning_first_and_with_one_more_press_in(db: None) -> None:
    event_id, _, online = await hybrid()
    view, code = await comes(event_id, online)

    assert await scanned(event_id, code) == "place_online"
    assert (await place_of(view), await inside(event_id)) == (("online", "confirmed"), 0)
    assert await scanned(event_id, code, in_person=True) == "ok"
    assert (await place_of(view), await inside(event_id)) == (("seat", "confirmed"), 1)
    assert await scanned(event_id, code) == "already_in"
    assert await scanned(event_id, code, direction=Direction.out) == "ok"


async def test_in_a_full_hall_nobody_comes_in_who_is_expected_online(db: None) -> None:
    event_id, _, online = await hybrid(seats=1)
    await comes(event_id, None, "Bram")
    view, code = await comes(event_id, online)

    assert await scanned(event_id, code, in_person=True) == "hall_full"
    assert await place_of(view) == ("online", "confirmed")
    assert await queries.lines_of_event(event_id) == [
        one for one in await queries.lines_of_event(event_id) if one.state == "confirmed"
    ]


async def test_nobody_who_waits_for_the_hall_is_passed(db: None) -> None:
    event_id, _, online = await hybrid(seats=1)
    holder, _ = await comes(event_id, None, "Bram")
    await comes(event_id, None, "Wacht")
    view, code = await comes(event_id, online)
    await execute("UPDATE event SET state = 'postponed' WHERE id = $1", event_id)
    await registrations.cancel(SYSTEM, holder.code, now=clock.now())  # nothing is offered now
    await execute("UPDATE event SET state = 'published' WHERE id = $1", event_id)

    assert await scanned(event_id, code, in_person=True) == "hall_full"
    assert await place_of(view) == ("online", "confirmed")


async def test_who_was_offered_a_place_in_the_hall_comes_in_by_it(db: None) -> None:
    event_id, _, online = await hybrid(seats=1)
    holder, _ = await comes(event_id, None, "Bram")
    view, code = await comes(event_id, online)
    hall = holder.unit_id
    await choosing.take(SYSTEM, view.code, hall, for_them=True, now=clock.now())
    await registrations.cancel(SYSTEM, holder.code, now=clock.now())

    assert await scanned(event_id, code) == "place_online"
    assert await scanned(event_id, code, in_person=True) == "ok"
    assert await place_of(view) == ("seat", "confirmed")


@pytest.mark.parametrize("more", [{"direction": Direction.out}, {"part_id": 0}])
async def test_the_place_stays_online_of_who_does_not_come_in(
    db: None, more: dict[str, object]
) -> None:
    event_id, _, online = await hybrid()
    view, code = await comes(event_id, online)

    assert await scanned(event_id, code, in_person=True, **more) != "ok"

    assert await place_of(view) == ("online", "confirmed")


async def test_of_what_is_online_as_a_whole_the_door_is_too(db: None) -> None:
    event_id, _, online = await hybrid(mode="online")
    _, code = await comes(event_id, online)

    assert await scanned(event_id, code) == "ok"


async def test_the_press_sent_again_says_the_same_also_when_room_came_since(db: None) -> None:
    event_id, _, online = await hybrid(seats=1)
    holder, _ = await comes(event_id, None, "Bram")
    view, code = await comes(event_id, online)
    press = scan_of(code, in_person=True)
    first = await in_person.scan(SYSTEM, event_id, press, now=clock.now())
    await execute("UPDATE capacity_unit SET capacity = 9 WHERE event = $1", event_id)

    again = await in_person.scan(SYSTEM, event_id, press, now=clock.now())

    assert (first.result, again.id) == ("hall_full", first.id)
    assert await place_of(view) == ("online", "confirmed")
    assert holder.state == "confirmed"


async def test_the_page_warns_and_has_the_button_for_the_scan_and_for_the_name(
    client: httpx.AsyncClient,
) -> None:
    event_id, slug, online = await hybrid()
    view, code = await comes(event_id, online)
    await sign_in(client, await factories.carla())
    base = f"/board/events/{slug}/check-in"

    sent = await client.post(base, data={"code": code, "nonce": str(uuid4())})
    warned = await client.get(sent.headers["location"])
    found = await client.get(f"{base}?q=anna")

    for shown in (warned.text, found.text):
        assert "heeft een plek online" in shown
        assert 'name="in_person" value="1"' in shown
    press = {"registration": str(view.id), "nonce": str(uuid4()), "in_person": "1"}
    done = await client.post(base, data=press)
    assert "Anna is binnen." in (await client.get(done.headers["location"])).text


async def test_over_the_api_and_from_a_queue_that_waited(client: httpx.AsyncClient) -> None:
    event_id, slug, online = await hybrid()
    view, code = await comes(event_id, online)
    token = await helper_of(event_id)
    at = (clock.now() - timedelta(minutes=40)).isoformat()

    async def told(**more: object) -> list[str]:
        one = {"nonce": str(uuid4()), "code": code, "at": at, **more}
        batch = {"device": str(PHONE), "scans": [one]}
        answers = [
            (await client.post(f"/api/events/{slug}/scans", json=batch, headers=token)).json()
            for _ in range(2)
        ]
        assert answers[0] == answers[1]
        return [answers[0][0]["result"], answers[0][0]["words"]]

    assert (await told())[0] == "place_online"
    assert await told(in_person=True) == ["ok", "Anna is binnen."]
    assert await results(event_id) == {"place_online": 1, "ok": 1}
    assert await place_of(view) == ("seat", "confirmed")
    [row] = await execute("SELECT at FROM scan WHERE result = 'ok'")
    assert clock.now() - row["at"] > timedelta(minutes=39)
