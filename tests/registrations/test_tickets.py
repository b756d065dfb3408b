"""The ticket in the letter that says that one has a place."""

import json

import pytest

from server import clock
from server.database import execute
from server.registrations import choosing, codes, service, tickets
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.factories import acting

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def confirmed() -> list[dict[str, str]]:
    rows = await execute(
        "SELECT values::text AS said FROM outbox_letter WHERE kind = 'registration_confirmed'"
        " ORDER BY id"
    )
    return [json.loads(row["said"]) for row in rows]


async def test_the_letter_of_a_place_has_the_code_of_the_ticket() -> None:
    event, _ = await factories.open_event(1)
    anna, bram = acting(await factories.anna()), acting(await factories.member("Bram"))

    view = await service.register(anna, event.id, RegistrationForm(), now=clock.now())
    waits = await service.register(bram, event.id, RegistrationForm(), now=clock.now())

    [letter] = await confirmed()
    assert letter["code"] == codes.shown(await tickets.code_of(view.id))
    assert await execute("SELECT 1 FROM ticket WHERE registration = $1", waits.id) == []


async def test_who_comes_from_the_waiting_line_gets_it_too() -> None:
    event, _ = await factories.open_event(1)
    anna, bram = acting(await factories.anna()), acting(await factories.member("Bram"))
    first = await service.register(anna, event.id, RegistrationForm(), now=clock.now())
    waits = await service.register(bram, event.id, RegistrationForm(), now=clock.now())
    await service.cancel(anna, first.code, now=clock.now())

    await service.accept(bram, waits.code, now=clock.now())

    assert (await confirmed())[-1]["code"] == codes.shown(await tickets.code_of(waits.id))


@pytest.mark.parametrize("values", [{"mode": "online"}, {}])
async def test_at_a_screen_one_needs_no_ticket(values: dict[str, str]) -> None:
    kind = UnitKind.seat if values else UnitKind.online
    event = await factories.event(state="published", **values)
    await CapacityUnit(event=event.id, kind=kind, capacity=5).save()
    anna = acting(await factories.anna())

    await service.register(anna, event.id, RegistrationForm(), now=clock.now())

    assert [letter["code"] for letter in await confirmed()] == [""]
    assert await execute("SELECT 1 FROM ticket") == []


async def test_the_letter_of_a_workshop_has_none() -> None:
    event, _ = await factories.open_event(5)
    workshop = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="Schrijven", capacity=5)
    await workshop.save()
    anna = acting(await factories.anna())
    view = await service.register(anna, event.id, RegistrationForm(), now=clock.now())

    await choosing.take(anna, view.code, workshop.id, now=clock.now())

    assert [bool(letter["code"]) for letter in await confirmed()] == [True, False]
