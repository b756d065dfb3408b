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
from tests.clients import sign_in
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


async def test_a_program_reads_the_places_and_asks_for_several_at_once(
    client: httpx.AsyncClient,
) -> None:
    now = clock.now()
    event, hall = await factories.open_event(1, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    extra = CapacityUnit(event=event.id, kind="workshop", name_nl="A", capacity=1, position=1)
    await extra.save()
    await sign_in(client, await factories.anna())
    path = f"/api/events/{event.slug}"
    asked = {"extra_ids": [extra.id], "together": True}

    before = (await client.get(f"{path}/places")).json()
    wrong = [
        (await client.post(f"{path}/registrations", json=odd)).status_code
        for odd in ({"extra_ids": [2**40]}, {"extra_ids": ["x"]}, {"unit_id": -1})
    ]
    none = await client.post(f"{path}/registrations", json={"invitation_code": "\x00FOUT"})
    made = await client.post(f"{path}/registrations", json=asked)
    after = (await client.get(f"{path}/places")).json()
    here = f"/api/registrations/{made.json()['code']}/places"
    twice = await client.post(here, json={"unit_id": extra.id})
    nothing = await client.post(here, json={"unit_id": 0})

    assert [(one["id"], one["free"]) for one in before] == [(hall.id, 1), (extra.id, 1)]
    assert set(wrong) <= {400, 409, 422}
    assert (none.status_code, made.status_code) == (409, 201)
    assert (made.json()["state"], made.json()["price_cents"]) == ("confirmed", 0)
    assert [one["free"] for one in after] == [0, 0]
    assert (twice.status_code, nothing.status_code) == (409, 409)
