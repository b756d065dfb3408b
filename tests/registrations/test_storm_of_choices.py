"""Several processes on one event at once: switches, workshops, capacity; and the same over the API.

What must hold afterwards is what the machine of lives asks (test_machine.BROKEN).
"""

import asyncio
import contextlib
import json
import multiprocessing
import random
import sys
from datetime import timedelta

import httpx
import pytest

from server import database, postgres
from server.actors import SYSTEM, Actor
from server.database import execute
from server.errors import NotFound, Refusal
from server.registrations import choosing, places, queries, service
from server.registrations.wishes import RegistrationForm
from tables.events import EventPart
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.clients import sign_in
from tests.factories import NOON
from tests.registrations.cast import EARLY, held
from tests.registrations.test_machine import BROKEN

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]
PROCESSES, EACH, TURNS = 4, 15, 4
UNITS = {"hall": 12, "online": 6, "workshop": 7, "other": 4}
TWO_SEATS = """SELECT l.registration FROM registration_line l JOIN capacity_unit u ON u.id = l.unit
  WHERE l.state = 'confirmed' AND u.kind IN ('seat', 'online') GROUP BY 1 HAVING count(*) > 1"""

TWO_WORKSHOPS = TWO_SEATS.replace("('seat', 'online')", "('workshop')")


async def hybrid() -> tuple[int, str, dict[str, int]]:
    """An event of seats in a hall and online and two workshops, none of which is enough."""
    event, hall = await factories.open_event(UNITS["hall"], mode="hybrid")
    units = {"hall": int(hall.id)}
    for name in ("online", "workshop", "other"):
        kind = UnitKind.online if name == "online" else UnitKind.workshop
        row = CapacityUnit(event=event.id, kind=kind, name_nl=name, capacity=UNITS[name])
        await row.save()
        units[name] = int(row.id)
        if kind == UnitKind.workshop:  # both at one hour
            part = EventPart(event=event.id, title=name, unit=row.id)
            part.starts_at, part.ends_at = NOON, NOON + timedelta(hours=1)
            await part.save()
    return int(event.id), event.slug, units


async def live(event_id: int, units: dict[str, int], person: int, chance: random.Random) -> None:
    """One person: registers with workshops, then changes their mind a few times."""
    actor, workshops = Actor(person_id=person), (units["workshop"], units["other"])
    wish = RegistrationForm(
        unit_id=units[chance.choice(("hall", "online"))],
        extra_ids=(chance.choice(workshops),) if chance.random() < 0.7 else (),
        together=chance.random() < 0.2,
        auto_accept=chance.random() < 0.5,
    )
    code = (await service.register(actor, event_id, wish, now=EARLY)).code
    for _ in range(TURNS):
        unit = units[chance.choice([*units])]
        with contextlib.suppress(Refusal, NotFound):
            await turn(chance.choice(("take", "take", "drop", "accept", "decline")), code, unit)


async def turn(verb: str, code: str, unit_id: int) -> None:
    if verb == "take":
        await choosing.take(SYSTEM, code, unit_id, now=EARLY)
        return
    act = {"drop": service.cancel, "accept": service.accept, "decline": service.decline}[verb]
    await act(SYSTEM, code, unit_id=unit_id, now=EARLY)


def in_process(dsn: str, event_id: int, units: dict[str, int], people: list[int]) -> None:
    """What one process does: its people at once, and somebody who changes the number of places."""
    asyncio.events._set_running_loop(None)  # a fork inherits that of its parent
    chance = random.Random(people[0])

    async def raise_and_lower() -> None:
        for capacity in (2, 14, 9, UNITS["hall"]):
            await places.change_unit(SYSTEM, units["hall"], {"capacity": capacity}, now=EARLY)
            await places.change_unit(SYSTEM, units["other"], {"capacity": capacity}, now=EARLY)

    async def all_of_them() -> None:
        await database.open_pool(size=5)
        lives = [live(event_id, units, one, random.Random(chance.random())) for one in people]
        await asyncio.gather(*lives, raise_and_lower())
        await database.close_pool()

    database.configure(dsn)
    asyncio.run(all_of_them())


async def broken(event_id: int, most: dict[int, int]) -> list[dict[str, object]]:
    """What does not hold; `most`: how many places of each sort there ever were."""
    over = json.dumps({str(unit): count for unit, count in most.items()})
    found = [*await execute(BROKEN, EARLY, event_id, over), *await execute(TWO_SEATS)]
    return [*found, *await execute(TWO_WORKSHOPS)]


async def test_four_processes_that_switch_and_choose_break_no_promise(
    db: None, server: postgres.Private
) -> None:
    event_id, _, units = await hybrid()
    people = [int((await factories.known(f"S{n}")).id) for n in range(PROCESSES * EACH)]
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    await database.close_pool()
    running = [
        context.Process(
            target=in_process, args=(server.url(), event_id, units, people[n::PROCESSES])
        )
        for n in range(PROCESSES)
    ]
    for process in running:
        process.start()
    for process in running:
        await asyncio.to_thread(process.join)
    await database.open_pool(size=8)

    assert [process.exitcode for process in running] == [0] * PROCESSES
    assert await broken(event_id, {units["hall"]: 14, units["other"]: 14}) == []
    assert await held(units["online"], EARLY) <= UNITS["online"]
    registered = await execute("SELECT count(*) AS n FROM registration")
    assert registered[0]["n"] == PROCESSES * EACH


async def test_all_at_once_over_the_api_take_exactly_the_places(client: httpx.AsyncClient) -> None:
    _, slug, units = await hybrid()
    browsers = []
    for n in range(24):
        browser = httpx.AsyncClient(transport=client._transport, base_url=client.base_url)
        await sign_in(browser, await factories.known(f"S{n}"))
        browsers.append(browser)

    async def come(browser: httpx.AsyncClient, seat: int, extra: int) -> None:
        wish = {"unit_id": seat, "extra_ids": [extra]}
        made = await browser.post(f"/api/events/{slug}/registrations", json=wish)
        assert made.status_code == 201, made.text
        code = made.json()["code"]
        for unit_id in (units["other"], units["hall"], units["workshop"]):
            took = await browser.post(
                f"/api/registrations/{code}/places", json={"unit_id": unit_id}
            )
            assert took.status_code in (200, 201, 409), took.text

    await asyncio.gather(
        *(
            come(one, units["hall" if n % 2 else "online"], units["workshop" if n % 3 else "other"])
            for n, one in enumerate(browsers)
        )
    )

    assert [await held(units[name], EARLY) <= most for name, most in UNITS.items()] == [True] * 4
    assert await execute(TWO_SEATS) == await execute(TWO_WORKSHOPS) == []
    assert await held(units["hall"]) == UNITS["hall"]
    for browser in browsers:
        await browser.aclose()


async def test_the_control_without_the_lock_gives_a_workshop_too_often(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unlocked(event_id: int) -> dict[str, object]:
        rows = await execute("SELECT *, NULL AS terms FROM event WHERE id = $1", event_id)
        await asyncio.sleep(0.01)
        return rows[0]

    event_id, _, units = await hybrid()
    codes = []
    for n in range(12):
        who = factories.acting(await factories.known(f"S{n}"))
        view = await service.register(who, event_id, RegistrationForm(), now=EARLY)
        codes.append(view.code)
    monkeypatch.setattr(choosing.line, "lock", unlocked)

    await asyncio.gather(
        *(choosing.take(SYSTEM, code, units["other"], now=EARLY) for code in codes),
        return_exceptions=True,
    )

    assert await held(units["other"], EARLY) > UNITS["other"]
    assert (await queries.get(codes[0])).state == "confirmed"
