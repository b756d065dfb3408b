"""What registering costs inside the lock: everybody behind waits for each statement (0009)."""

from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.admission import terms
from server.database import STATEMENTS, execute
from server.events.terms import Terms
from server.registrations import service
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def counted(event_id: int, name: str, **wish: object) -> tuple[str, int]:
    """Where somebody stands who registers, and how many statements that took."""
    who = factories.acting(await factories.member(name), is_member=True)
    form = RegistrationForm(**wish)  # type: ignore[arg-type]
    counter = [0]
    token = STATEMENTS.set(counter)
    view = await service.register(who, event_id, form, now=EARLY)
    STATEMENTS.reset(token)
    return view.state, counter[0]


async def test_a_place_and_a_place_in_line_cost_five_with_the_ticket() -> None:
    event, _ = await factories.open_event(1)

    assert await counted(event.id, "Een") == ("confirmed", 5)
    assert await counted(event.id, "Twee") == ("waiting", 5)


async def test_it_costs_as_much_behind_a_hundred() -> None:
    event, _ = await factories.open_event(1)
    for n in range(100):
        await register(await factories.known(f"P{n}"), event.id)

    assert await counted(event.id, "Laatste") == ("waiting", 5)


async def test_a_price_and_each_workshop_cost_what_they_write() -> None:
    event, _ = await factories.open_event(9)
    workshop = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="W", capacity=9)
    await workshop.save()
    assert await counted(event.id, "Een", extra_ids=(workshop.id,)) == ("confirmed", 10)

    both = [Terms("member", price_cents=2500), Terms("other", price_cents=9500)]
    await terms.set_all(SYSTEM, event.id, both, now=EARLY)
    assert await counted(event.id, "Twee") == ("confirmed", 10)


async def test_the_ticket_of_an_earlier_place_is_the_ticket_of_the_next() -> None:
    event, _ = await factories.open_event(9)
    anna = await factories.known("Anna")
    first = await register(anna, event.id)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    again = await register(anna, event.id, now=EARLY + timedelta(hours=1))

    codes = await execute(
        "SELECT values ->> 'code' AS code FROM outbox_letter WHERE kind = 'registration_confirmed'"
    )
    assert again.id == first.id
    assert [row["code"] for row in codes] == [codes[0]["code"]] * 2
