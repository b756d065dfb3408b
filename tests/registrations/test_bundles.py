"""Only together: a seat that is wanted with a workshop; and a place that comes free at once."""

from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.registrations import places, queries, service
from server.registrations.refusals import SeatFirst
from server.registrations.wishes import RegistrationForm
from tables.people import Person
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.factories import NOON
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def workshop(event_id: int, capacity: int) -> int:
    unit = CapacityUnit(event=event_id, kind=UnitKind.workshop, name_nl="A", capacity=capacity)
    await unit.save()
    return int(unit.id)


async def come(who: Person, event_id: int, *extras: int, **wish: bool) -> queries.RegistrationView:
    form = RegistrationForm(extra_ids=extras, **wish)  # type: ignore[arg-type]
    return await service.register(factories.acting(who), event_id, form, now=EARLY)


async def stands(view: queries.RegistrationView) -> dict[str, str]:
    """State by kind of place, of the newest line of each."""
    lines = await queries.lines_of_event(view.event_id)
    return {line.unit_kind: line.state for line in lines if line.id == view.id}


async def test_together_takes_both_or_waits_for_both() -> None:
    event, _ = await factories.open_event(5)
    extra = await workshop(event.id, 1)
    one, two = await factories.known("Een"), await factories.known("Twee")

    first = await come(one, event.id, extra, together=True)
    second = await come(two, event.id, extra, together=True)

    assert await stands(first) == {"seat": "confirmed", "workshop": "confirmed"}
    assert await stands(second) == {"seat": "waiting", "workshop": "waiting"}
    apart = await come(await factories.known("Drie"), event.id, extra)
    assert await stands(apart) == {"seat": "confirmed", "workshop": "waiting"}


async def test_who_cannot_be_met_yet_holds_up_nobody_and_keeps_their_rank() -> None:
    event, hall = await factories.open_event(1)
    extra = await workshop(event.id, 1)
    holder = await come(await factories.known("Heeft"), event.id, extra)
    bundle = await come(await factories.known("Samen"), event.id, extra, together=True)
    alone = await register(await factories.known("Alleen"), event.id)

    await places.change_unit(SYSTEM, hall.id, {"capacity": 2}, now=EARLY)
    assert (await stands(bundle))["seat"] == "waiting"
    assert (await stands(alone))["seat"] == "offered"
    assert (await queries.get(bundle.code)).rank == 1

    await places.change_unit(SYSTEM, hall.id, {"capacity": 3}, now=EARLY)
    await service.cancel(ANONYMOUS, holder.code, unit_id=extra, now=EARLY)
    assert await stands(bundle) == {"seat": "offered", "workshop": "offered"}


async def offered_bundle() -> tuple[queries.RegistrationView, int]:
    event, _ = await factories.open_event(1)
    extra = await workshop(event.id, 1)
    holder = await come(await factories.known("Heeft"), event.id, extra)
    bundle = await come(await factories.known("Samen"), event.id, extra, together=True)
    await service.cancel(ANONYMOUS, holder.code, now=EARLY)
    assert await stands(bundle) == {"seat": "offered", "workshop": "offered"}
    return await queries.get(bundle.code), extra


async def test_accepting_the_seat_takes_the_workshop_along() -> None:
    bundle, _ = await offered_bundle()
    await service.accept(ANONYMOUS, bundle.code, now=EARLY)
    assert await stands(bundle) == {"seat": "confirmed", "workshop": "confirmed"}


async def test_the_workshop_is_not_taken_without_the_seat() -> None:
    bundle, extra = await offered_bundle()
    with pytest.raises(SeatFirst):
        await service.accept(ANONYMOUS, bundle.code, unit_id=extra, now=EARLY)
    assert await stands(bundle) == {"seat": "offered", "workshop": "offered"}


async def test_declining_the_seat_lets_both_go() -> None:
    bundle, _ = await offered_bundle()
    await service.decline(ANONYMOUS, bundle.code, now=EARLY)
    assert await stands(bundle) == {"seat": "declined", "workshop": "cancelled"}


async def test_a_missed_offer_puts_both_back_once_with_one_letter() -> None:
    bundle, _ = await offered_bundle()
    assert bundle.expires_at
    other = await register(await factories.known("Ander"), bundle.event_id)
    await places.tick(bundle.expires_at)

    assert await stands(bundle) == {"seat": "waiting", "workshop": "waiting"}
    assert (await stands(other))["seat"] == "offered"
    missed = "SELECT 1 FROM outbox_letter WHERE kind = 'offer_missed'"
    assert len(await execute(missed)) == 1

    await service.decline(ANONYMOUS, other.code, now=bundle.expires_at)
    again = await queries.get(bundle.code)
    assert again.state == "offered" and again.expires_at
    await places.tick(again.expires_at)
    assert await stands(bundle) == {"seat": "expired", "workshop": "cancelled"}


async def test_without_the_workshop_they_are_no_bundle_any_more() -> None:
    event, _ = await factories.open_event(1)
    extra = await workshop(event.id, 0)
    bundle = await come(await factories.known("Samen"), event.id, extra, together=True)
    assert (await stands(bundle))["seat"] == "waiting"

    await service.cancel(ANONYMOUS, bundle.code, unit_id=extra, now=EARLY)

    assert (await stands(bundle))["seat"] == "offered"


async def test_who_asked_for_it_has_a_free_place_at_once_with_one_letter() -> None:
    event, _ = await factories.open_event(1)
    extra = await workshop(event.id, 2)
    holder = await register(await factories.known("Heeft"), event.id)
    waits = await come(await factories.known("Meteen"), event.id, extra, auto_accept=True)

    await service.cancel(ANONYMOUS, holder.code, now=EARLY)

    assert await stands(waits) == {"seat": "confirmed", "workshop": "confirmed"}
    letters = "SELECT kind FROM outbox_letter WHERE person = $1 ORDER BY id"
    kinds = [row["kind"] for row in await execute(letters, waits.person_id)]
    assert kinds == ["registration_waiting", "registration_confirmed"]


async def test_nobody_is_given_outright_what_they_could_not_give_up_any_more() -> None:
    event, _ = await factories.open_event(1, cancel_until_at=EARLY + timedelta(hours=1))
    holder = await register(await factories.known("Heeft"), event.id)
    waits = await come(await factories.known("Meteen"), event.id, auto_accept=True)
    late = EARLY + timedelta(hours=2)

    await places.remove(SYSTEM, holder.line_id, now=late)

    assert (await queries.get(waits.code)).state == "offered"
    assert late < NOON
