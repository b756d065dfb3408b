"""Events that move, are put off, or are over: what people may still do, and what runs out."""

from datetime import datetime, timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import Invalid
from server.registrations import organising, places, queries, service, strangers
from server.registrations.refusals import NoNewDate, NotOpen, OfferOver
from tests import factories
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.registrations.cast import EARLY, crowd, register, states, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


def dates(starts_at: datetime) -> dict[str, object]:
    """The event on another day, as long as it was."""
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=6)}


async def test_who_is_told_of_another_date_can_cancel() -> None:
    event, _ = await factories.open_event(5, cancel_until_at=NOON - timedelta(days=7))
    (view,) = await crowd(event.id, 1)
    late = NOON - timedelta(days=2)

    await organising.change_event(SYSTEM, event.id, dates(NOON + timedelta(days=90)), now=late)
    moved = await queries.get(view.code)
    cancelled = await service.cancel(ANONYMOUS, view.code, now=late)

    assert moved.cancel_until_at == NOON + timedelta(days=83)
    assert cancelled.state == "cancelled"
    assert (await letters())[1:] == [
        ("event_changed", "p0@example.com"),
        ("registration_cancelled", "p0@example.com"),
    ]


async def test_a_last_moment_to_cancel_that_is_given_stands() -> None:
    event, _ = await factories.open_event(5, cancel_until_at=NOON - timedelta(days=7))
    given = {"cancel_until_at": NOON + timedelta(days=30)}

    await organising.change_event(
        SYSTEM, event.id, dates(NOON + timedelta(days=90)) | given, now=EARLY
    )

    assert await execute("SELECT cancel_until_at FROM event") == [given]


async def test_one_cancels_also_after_the_day_on_which_a_postponed_event_was_to_be() -> None:
    event, _ = await factories.open_event(5, cancel_until_at=NOON - timedelta(days=7))
    first, second = await crowd(event.id, 2)
    await organising.postpone_event(SYSTEM, event.id)
    after = NOON + timedelta(days=5)

    await service.cancel(ANONYMOUS, first.code, now=after)
    later = dates(NOON + timedelta(days=90))
    await organising.change_event(SYSTEM, event.id, later, now=after)
    await organising.reschedule_event(SYSTEM, event.id, now=after)
    await service.cancel(ANONYMOUS, second.code, now=after)

    assert await states(event.id) == ["cancelled", "cancelled"]


async def test_an_event_put_back_on_its_date_lifts_a_last_moment_that_passed() -> None:
    event, _ = await factories.open_event(5, cancel_until_at=NOON - timedelta(days=7))
    (view,) = await crowd(event.id, 1)
    await organising.postpone_event(SYSTEM, event.id)
    late = NOON - timedelta(days=2)

    await organising.reschedule_event(SYSTEM, event.id, now=late)

    assert (await queries.get(view.code)).may_cancel(late)


async def test_an_event_to_come_does_not_move_to_the_past() -> None:
    event, _ = await factories.open_event(5)
    await crowd(event.id, 1)

    with pytest.raises(NoNewDate):
        past = dates(EARLY - timedelta(days=365))
        await organising.change_event(SYSTEM, event.id, past, now=EARLY)

    assert [kind for kind, _ in await letters()] == ["registration_confirmed"]


async def test_nobody_registers_after_the_end() -> None:
    event, _ = await factories.open_event(5, registration_closes_at=NOON + timedelta(days=30))

    with pytest.raises(NotOpen):
        await register(await factories.anna(), event.id, now=event.ends_at)


async def test_registration_cannot_be_left_open_past_the_end() -> None:
    event, _ = await factories.open_event(5, registration_closes_at=NOON - timedelta(days=3))

    with pytest.raises(Invalid) as no:
        earlier = dates(NOON - timedelta(days=20))
        await organising.change_event(SYSTEM, event.id, earlier, now=EARLY)

    problem = "events.invalid.closes_after_the_end"
    assert no.value.fields == {"registration_closes_at": problem}


async def test_an_offer_ends_when_an_event_that_moved_begins() -> None:
    event, _ = await factories.open_event(1)
    first, second = await crowd(event.id, 2)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    soon = EARLY + timedelta(hours=3)

    await organising.change_event(SYSTEM, event.id, dates(soon), now=EARLY)
    offered = await queries.get(second.code)
    told = (await letters())[-2:]

    assert offered.expires_at == soon
    assert told == [("event_changed", "p1@example.com"), ("place_offered", "p1@example.com")]
    assert (await last_letter())["is_last"] is True
    with pytest.raises(OfferOver):
        await service.accept(ANONYMOUS, second.code, now=soon)


async def test_an_offer_that_runs_until_a_date_put_off_is_only_missed() -> None:
    event, _ = await factories.open_event(1)
    first, _ = await crowd(event.id, 2)
    await service.cancel(ANONYMOUS, first.code, now=event.starts_at - timedelta(hours=1))
    await organising.postpone_event(SYSTEM, event.id)

    await places.tick(event.starts_at)

    assert await states(event.id) == ["cancelled", "waiting"]


async def test_who_still_waits_when_all_is_over_is_told_once() -> None:
    event, _ = await factories.open_event(1)
    await crowd(event.id, 2)

    await places.tick(event.ends_at - timedelta(seconds=1))
    before = await states(event.id)
    for days in (0, 1, 30):
        await places.tick(event.ends_at + timedelta(days=days))

    assert (before, await states(event.id)) == (["confirmed", "waiting"], ["confirmed", "expired"])
    assert (await letters())[2:] == [("no_place_came", "p1@example.com")]


async def test_who_waits_for_another_date_goes_on_waiting() -> None:
    event, _ = await factories.open_event(1)
    await crowd(event.id, 2)
    await organising.postpone_event(SYSTEM, event.id)

    await places.tick(event.ends_at + timedelta(days=1))

    assert await states(event.id) == ["confirmed", "waiting"]


async def test_a_stranger_confirms_before_the_end() -> None:
    event, _ = await factories.open_event(1, registration_closes_at=NOON + timedelta(hours=6))
    view = await stranger("guest@example.com", event.id, now=NOON + timedelta(hours=5, minutes=50))

    with pytest.raises(OfferOver):
        await strangers.verify(ANONYMOUS, view.code, now=event.ends_at)
