"""Another number of places: who would get in, seen first and then done."""

import httpx
import pytest

from server.actors import SYSTEM
from server.database import execute
from server.registrations import choosing, places, raising, service
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.clients import sign_in
from tests.registrations.cast import EARLY, crowd, register, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def test_what_is_foretold_writes_nothing_and_is_what_happens(
    client: httpx.AsyncClient,
) -> None:
    event, unit = await factories.open_event(1)
    await crowd(event.id, 3)
    carla = await factories.carla()
    await register(await factories.member("Lid"), event.id)
    path = f"/board/events/{event.slug}/units/{unit.id}"

    foretold = await raising.look(event.id, unit.id, 3, now=EARLY)
    before = await states(event.id)
    await sign_in(client, carla)
    seen = await client.get(path, params={"capacity": "3"})
    wrong = await client.post(path, data={"capacity": "-1"})
    await client.post(path, data={"capacity": "3"})

    names = [one.name for one in foretold.people]
    assert before == ["confirmed", "waiting", "waiting", "waiting"]
    assert all(name in seen.text for name in names)
    assert wrong.status_code == 422
    offered = await execute(
        "SELECT p.display_name AS name FROM registration_line l JOIN person p ON p.id = l.person"
        " WHERE l.state = 'offered' ORDER BY l.class_rank, l.queued_at, l.id"
    )
    assert [row["name"] for row in offered] == names
    assert len(names) == 2


async def bundles() -> tuple[int, dict[str, int]]:
    """A full day; two wait for a seat, each only together with the one workshop place there is."""
    event, seat = await factories.open_event(1)
    workshop = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="W", capacity=1)
    await workshop.save()
    await register(await factories.known("Heeft"), event.id)
    for name in ("Een", "Twee"):
        wish = RegistrationForm(extra_ids=(workshop.id,), together=True)
        who = factories.acting(await factories.known(name))
        await service.register(who, event.id, wish, now=EARLY)
    await register(await factories.known("Los"), event.id)
    return event.id, {"seat": int(seat.id), "workshop": int(workshop.id)}


async def test_of_two_bundles_for_one_workshop_place_one_is_foretold() -> None:
    event_id, units = await bundles()

    foretold = await raising.look(event_id, units["seat"], 3, now=EARLY)
    await places.change_unit(SYSTEM, units["seat"], {"capacity": 3}, now=EARLY)

    told = [(one.name, one.unit("nl")) for one in foretold.people]
    assert told == [("Een", "Plaats in de zaal"), ("Los", "Plaats in de zaal"), ("Een", "W")]
    given = await execute(
        "SELECT p.display_name AS name, u.name_nl AS unit FROM registration_line l"
        " JOIN person p ON p.id = l.person JOIN capacity_unit u ON u.id = l.unit"
        " WHERE l.state = 'offered' ORDER BY u.id, l.id"
    )
    assert [(row["name"], row["unit"]) for row in given] == told


async def test_looking_leaves_nothing_behind_and_no_gap_in_what_is_numbered() -> None:
    event_id, units = await bundles()
    counts = (
        "SELECT (SELECT count(*) FROM outbox_letter) AS letters, (SELECT count(*) FROM audit_entry)"
        " AS lines, (SELECT string_agg(state || revision, ',' ORDER BY id) FROM registration_line)"
        " AS states, (SELECT lock_seq FROM event) AS lock, (SELECT last_value FROM member_number)"
        " AS number"
    )
    before = await execute(counts)

    await raising.look(event_id, units["seat"], 60, now=EARLY)

    assert await execute(counts) == before


async def test_who_takes_a_place_at_once_is_foretold_with_what_they_leave_to_others() -> None:
    event, seat = await factories.open_event(0)
    online = CapacityUnit(event=event.id, kind=UnitKind.online, name_nl="Online", capacity=1)
    await online.save()
    switches = factories.acting(await factories.known("Wisselt"))
    wish = RegistrationForm(unit_id=online.id, auto_accept=True)
    view = await service.register(switches, event.id, wish, now=EARLY)
    await choosing.take(SYSTEM, view.code, int(seat.id), now=EARLY)
    waits = factories.acting(await factories.known("Wacht"))
    await service.register(waits, event.id, RegistrationForm(unit_id=online.id), now=EARLY)

    foretold = await raising.look(event.id, int(seat.id), 1, now=EARLY)

    assert [(one.name, one.name_nl, one.is_at_once) for one in foretold.people] == [
        ("Wisselt", "Plaats in de zaal", True),
        ("Wacht", "Online", False),
    ]
