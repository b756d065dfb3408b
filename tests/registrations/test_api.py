"""What a program reads of a place: only what its holder may still do now."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.registrations import schemas, service
from server.registrations.wishes import RegistrationForm
from tables.events import EventState
from tables.registrations import CapacityUnit
from tests import factories
from tests.registrations.cast import EARLY, stranger

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("cancel_until", "allowed"), [(HOUR, ["cancel"]), (-HOUR, []), (None, ["cancel"])]
)
async def test_what_is_too_late_is_not_offered(
    client: httpx.AsyncClient, cancel_until: timedelta | None, allowed: list[str]
) -> None:
    now = clock.now()
    until = now + cancel_until if cancel_until else None
    event, _ = await factories.open_event(
        2, starts_at=now + 5 * HOUR, ends_at=now + 9 * HOUR, cancel_until_at=until
    )
    anna = factories.acting(await factories.anna(), is_member=True)
    view = await service.register(anna, event.id, RegistrationForm(), now=now)

    told = (await client.get(f"/api/registrations/{view.code}")).json()

    assert told["state"] == "confirmed"
    assert told["allowed_actions"] == allowed


async def test_one_sort_of_places_without_a_limit_makes_the_whole_unlimited(
    client: httpx.AsyncClient,
) -> None:
    now = clock.now()
    event, _ = await factories.open_event(
        10, starts_at=now + HOUR, ends_at=now + 2 * HOUR, state=EventState.published
    )
    limited = (await client.get(f"/api/events/{event.slug}")).json()
    await CapacityUnit(event=event.id, capacity=None).save()
    unlimited = (await client.get(f"/api/events/{event.slug}")).json()

    assert (limited["capacity"], limited["free"]) == (10, 10)
    assert (unlimited["capacity"], unlimited["free"]) == (None, None)


async def test_a_place_that_was_not_confirmed_in_time_is_no_longer_to_be_confirmed(
    db: None,
) -> None:
    event, _ = await factories.open_event(2)
    view = await stranger("x@example.org", event.id)

    in_time = schemas.registration_out(view, EARLY)
    late = schemas.registration_out(view, EARLY + HOUR)

    assert (in_time.allowed_actions, late.allowed_actions) == (["verify", "cancel"], ["cancel"])
