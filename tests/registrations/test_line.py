"""The waiting line: who gets a place, an offer, a letter."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import NotFound, WrongState
from server.events import service as events
from server.events.refusals import NotHeldYet
from server.registrations import organising, places, queries, service, strangers
from server.registrations.refusals import (
    AlreadyRegistered,
    Full,
    MembersOnly,
    NoNewDate,
    NoSuchPlace,
    NotOpen,
    OfferOver,
    TooLateToCancel,
)
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit
from tests import factories
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.registrations.cast import EARLY, ask, crowd, register, states, stranger
from tests.talks import cast as talks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
LATER = EARLY + timedelta(days=3)
P0, P1, P2 = (f"p{n}@example.com" for n in range(3))


async def test_the_last_place_goes_to_the_first() -> None:
    event, _ = await factories.open_event(1)

    views = await crowd(event.id, 3)

    assert [(view.state, view.rank) for view in views] == [
        ("confirmed", None),
        ("waiting", 1),
        ("waiting", 2),
    ]
    assert await letters() == [
        ("registration_confirmed", P0),
        ("registration_waiting", P1),
        ("registration_waiting", P2),
    ]


async def test_a_place_given_up_is_offered_to_the_first_in_line() -> None:
    event, _ = await factories.open_event(1)
    first, second, _ = await crowd(event.id, 3)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    offered = await queries.get(second.code)
    assert await states(event.id) == ["cancelled", "offered", "waiting"]
    assert offered.expires_at == EARLY + timedelta(hours=48)
    assert (await letters())[3:] == [("registration_cancelled", P0), ("place_offered", P1)]


async def test_members_are_first_in_line_and_speakers_before_them() -> None:
    event, _ = await factories.open_event(1)
    first, guest = await crowd(event.id, 2)
    member = await register(await factories.anna(), event.id)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    assert (await queries.get(member.code)).state == "offered"
    assert (await queries.get(guest.code)).rank == 1


async def test_whose_talk_is_accepted_while_they_wait_comes_before_the_members() -> None:
    call = await talks.call()
    await CapacityUnit(event=call.event_id, capacity=1).save()
    first, _ = await crowd(call.event_id, 2)
    member = await register(await factories.anna(), call.event_id)
    els = await talks.person("Els")
    speaker = await service.register(els, call.event_id, RegistrationForm(), now=EARLY)
    await talks.in_state("accepted", els, call)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    offered = await queries.get(speaker.code)
    assert (speaker.ticket_class, speaker.rank) == ("other", 3)
    assert (offered.ticket_class, offered.state) == ("speaker", "offered")
    assert (await queries.get(member.code)).rank == 1


async def test_an_accepted_offer_is_a_place() -> None:
    event, _ = await factories.open_event(1)
    first, second, _ = await crowd(event.id, 3)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    view = await service.accept(ANONYMOUS, second.code, now=EARLY)

    assert (view.state, view.expires_at) == ("confirmed", None)
    assert (await letters())[-1] == ("registration_confirmed", P1)
    with pytest.raises(WrongState):
        await service.accept(ANONYMOUS, second.code, now=EARLY)


async def test_a_declined_offer_goes_to_the_next() -> None:
    event, _ = await factories.open_event(1)
    first, second, _ = await crowd(event.id, 3)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    await service.decline(ANONYMOUS, second.code, now=EARLY)

    assert await states(event.id) == ["cancelled", "declined", "offered"]
    assert (await letters())[-1] == ("place_offered", P2)


async def test_an_offer_missed_once_goes_back_and_twice_is_over() -> None:
    event, _ = await factories.open_event(1)
    first, second, _ = await crowd(event.id, 3)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    await places.tick(EARLY + timedelta(days=3))
    after_one = await states(event.id)
    await places.tick(EARLY + timedelta(days=8))
    after_two = await states(event.id)
    await places.tick(EARLY + timedelta(days=15))

    assert after_one == ["cancelled", "waiting", "offered"]
    assert after_two == ["cancelled", "offered", "waiting"]
    assert await states(event.id) == ["cancelled", "expired", "offered"]
    assert (await letters())[4:] == [
        ("place_offered", P1),
        ("offer_missed", P1),
        ("place_offered", P2),
        ("offer_missed", P2),
        ("place_offered", P1),
        ("offer_expired", P1),
        ("place_offered", P2),
    ]
    assert (await queries.get(second.code)).state == "expired"


async def test_whoever_missed_an_offer_stays_before_the_lower_class() -> None:
    event, _ = await factories.open_event(1)
    (first,) = await crowd(event.id, 1)
    member = await register(await factories.anna(), event.id)
    guest = await register(await factories.dirk(), event.id)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    await places.tick(LATER)

    assert (await queries.get(member.code)).state == "offered"
    assert (await queries.get(guest.code)).state == "waiting"


async def test_an_offer_cannot_be_accepted_late_even_before_the_tick() -> None:
    event, _ = await factories.open_event(1)
    first, second = await crowd(event.id, 2)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    with pytest.raises(OfferOver):
        await service.accept(ANONYMOUS, second.code, now=LATER)


async def test_the_tick_does_nothing_twice() -> None:
    event, _ = await factories.open_event(1)
    first, _, _ = await crowd(event.id, 3)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    await places.tick(LATER)
    once = (await states(event.id), await letters())

    await places.tick(LATER)
    await asyncio.gather(*(places.tick(LATER) for _ in range(5)))

    assert (await states(event.id), await letters()) == once


async def test_an_offer_says_whether_it_is_the_last() -> None:
    event, _ = await factories.open_event(1)
    first, _ = await crowd(event.id, 2)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    first_offer = await last_letter()

    await places.tick(LATER)

    assert (first_offer["is_last"], (await last_letter())["is_last"]) == (False, True)


async def test_an_offer_that_runs_until_the_start_is_the_last() -> None:
    event, _ = await factories.open_event(1)
    first, _ = await crowd(event.id, 2)

    await service.cancel(ANONYMOUS, first.code, now=event.starts_at - timedelta(hours=1))

    assert (await last_letter())["is_last"] is True


async def test_a_tick_after_the_event_offers_nothing_and_ends_what_was_offered() -> None:
    event, _ = await factories.open_event(1)
    first, _, _ = await crowd(event.id, 3)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    await places.tick(NOON + timedelta(days=7))

    assert await states(event.id) == ["cancelled", "expired", "expired"]
    assert (await letters())[5:] == [("offer_expired", P1), ("no_place_came", P2)]


async def test_more_places_are_offered_at_once() -> None:
    event, unit = await factories.open_event(1)
    await crowd(event.id, 4)

    await places.change_unit(SYSTEM, unit.id, {"capacity": 3}, now=EARLY)

    assert await states(event.id) == ["confirmed", "offered", "offered", "waiting"]


async def test_fewer_places_throw_nobody_out_and_offer_nothing() -> None:
    event, unit = await factories.open_event(2)
    first, *_ = await crowd(event.id, 3)

    await places.change_unit(SYSTEM, unit.id, {"capacity": 1}, now=EARLY)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    assert await states(event.id) == ["cancelled", "confirmed", "waiting"]


async def test_unlimited_places_let_everybody_in() -> None:
    event, unit = await factories.open_event(1)
    await crowd(event.id, 3)

    await places.change_unit(SYSTEM, unit.id, {"capacity": None}, now=EARLY)

    assert await states(event.id) == ["confirmed", "offered", "offered"]


async def test_a_strangers_place_is_held_until_they_confirm() -> None:
    event, _ = await factories.open_event(1)
    view = await stranger("guest@example.com", event.id)
    other = await register(await factories.anna(), event.id)

    confirmed = await strangers.verify(ANONYMOUS, view.code, now=EARLY + timedelta(minutes=29))

    assert (view.state, view.expires_at) == ("unverified", EARLY + timedelta(minutes=30))
    assert (confirmed.state, other.state) == ("confirmed", "waiting")
    assert await letters() == [
        ("registration_to_verify", "guest@example.com"),
        ("registration_waiting", "anna@example.com"),
        ("registration_confirmed", "guest@example.com"),
    ]


async def test_a_stranger_who_would_wait_holds_no_place() -> None:
    event, _ = await factories.open_event(1)
    first, second = await crowd(event.id, 2)
    view = await stranger("guest@example.com", event.id)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    queued = await strangers.verify(ANONYMOUS, view.code, now=EARLY)

    assert view.expires_at is None
    assert (await queries.get(second.code)).state == "offered"
    assert (queued.state, queued.rank) == ("waiting", 1)


@pytest.mark.parametrize("capacity", [0, 1])
async def test_a_stranger_who_does_not_confirm_is_forgotten(capacity: int) -> None:
    event, _ = await factories.open_event(capacity)
    view = await stranger("guest@example.com", event.id)
    await register(await factories.anna(), event.id)
    late = EARLY + timedelta(minutes=30)

    with pytest.raises(OfferOver):
        await strangers.verify(ANONYMOUS, view.code, now=late)
    await places.tick(late)

    assert await states(event.id) == ["expired", "offered" if capacity else "waiting"]


async def test_a_stranger_who_comes_again_late_starts_anew_also_before_the_tick() -> None:
    event, _ = await factories.open_event(1)
    await stranger("guest@example.com", event.id)

    again = await stranger("guest@example.com", event.id, now=EARLY + timedelta(minutes=31))

    assert again.state == "unverified"
    assert await states(event.id) == ["expired", "unverified"]


async def test_a_stranger_with_the_address_of_somebody_registered_learns_nothing() -> None:
    event, _ = await factories.open_event(2)
    anna = await factories.anna()
    await register(anna, event.id)

    for _ in range(3):
        await stranger("ANNA@example.com", event.id)

    assert await states(event.id) == ["confirmed"]
    assert await letters() == [("registration_confirmed", "anna@example.com")] * 2


async def test_the_same_post_twenty_times_at_once_is_one_registration() -> None:
    event, _ = await factories.open_event(5)
    anna, key = await factories.anna(), uuid4()

    views = await asyncio.gather(*(register(anna, event.id, key=key) for _ in range(20)))
    guests = await asyncio.gather(
        *(stranger("guest@example.com", event.id, key=key) for _ in range(20))
    )

    assert len({view.code for view in views}) == len({view.code for view in guests}) == 1
    assert await states(event.id) == ["confirmed", "unverified"]
    assert len(await letters()) == 2


async def test_a_reloaded_post_does_not_take_back_a_place_given_up() -> None:
    event, _ = await factories.open_event(1)
    anna, key = await factories.anna(), uuid4()
    view = await register(anna, event.id, key=key)
    await service.cancel(ANONYMOUS, view.code, now=EARLY)

    again = await register(anna, event.id, key=key)

    assert again.state == "cancelled"
    assert (await register(anna, event.id, key=uuid4())).state == "confirmed"


async def test_nobody_registers_twice() -> None:
    event, _ = await factories.open_event(2)
    anna = await factories.anna()
    await register(anna, event.id)

    with pytest.raises(AlreadyRegistered):
        await register(anna, event.id)
    with pytest.raises(AlreadyRegistered):
        await service.register_for(SYSTEM, event.id, anna.id, now=EARLY)


async def test_the_system_gives_a_place_that_nobody_has_to_prove() -> None:
    event, _ = await factories.open_event(1)
    anna = await factories.anna()

    view = await service.register_for(SYSTEM, event.id, anna.id, now=EARLY)

    assert (view.state, view.expires_at) == ("confirmed", None)


async def test_a_corrected_remark_is_on_record_with_what_it_was() -> None:
    event, _ = await factories.open_event(1)
    anna = await factories.anna()
    await service.register_for(
        SYSTEM, event.id, anna.id, wish=RegistrationForm(remark="Geen noten"), now=EARLY
    )
    (row,) = await execute("SELECT id FROM registration")

    await places.change_remark(SYSTEM, row["id"], "Geen pinda", now=EARLY)

    (entry,) = await execute("SELECT before, after FROM audit_entry WHERE action = 'change'")
    assert json.loads(entry["before"]) == {"remark": "Geen noten"}
    assert json.loads(entry["after"]) == {"remark": "Geen pinda"}
    with pytest.raises(NotFound):
        await places.change_remark(SYSTEM, 0, "x", now=EARLY)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "announced"},
        {"state": "postponed"},
        {"state": "completed"},
        {"registration_opens_at": EARLY + timedelta(seconds=1)},
        {"registration_closes_at": EARLY},
        {"starts_at": EARLY, "ends_at": EARLY + timedelta(hours=1)},
    ],
)
async def test_nobody_registers_while_it_is_closed(values: dict[str, object]) -> None:
    event, _ = await factories.open_event(1, **values)

    with pytest.raises(NotOpen):
        await register(await factories.anna(), event.id)


@pytest.mark.parametrize("values", [{"state": "draft"}, {"visibility": "members"}])
async def test_what_a_stranger_may_not_see_is_not_there(values: dict[str, object]) -> None:
    event, _ = await factories.open_event(1, **values)

    with pytest.raises(NotFound):
        await stranger("guest@example.com", event.id)


async def test_members_only_and_unknown_places_are_refused() -> None:
    event, _ = await factories.open_event(1, members_only_registration=True)
    _, elsewhere = await factories.open_event(1)
    anna = await factories.anna()

    with pytest.raises(MembersOnly):
        await stranger("guest@example.com", event.id)
    with pytest.raises(NoSuchPlace):
        actor, form = factories.acting(anna, is_member=True), RegistrationForm(elsewhere.id)
        await service.register(actor, event.id, form, now=EARLY)
    assert await execute("SELECT 1 FROM registration") == []
    with pytest.raises(NotFound):
        await register(anna, 999)


async def test_after_the_deadline_one_cannot_cancel_alone_but_the_organiser_can() -> None:
    event, _ = await factories.open_event(1, cancel_until_at=EARLY)
    first, _ = await crowd(event.id, 2)

    with pytest.raises(TooLateToCancel):
        await service.cancel(ANONYMOUS, first.code, now=EARLY)
    await places.remove(SYSTEM, first.line_id, now=EARLY)

    assert await states(event.id) == ["cancelled_by_organiser", "offered"]
    with pytest.raises(WrongState):
        await service.cancel(ANONYMOUS, first.code, now=EARLY)


async def test_the_board_gives_only_free_places() -> None:
    event, unit = await factories.open_event(1)
    first, _, third = await crowd(event.id, 3)

    with pytest.raises(Full):
        await places.place(SYSTEM, third.line_id, now=EARLY)
    await execute("UPDATE capacity_unit SET capacity = 2 WHERE id = $1", unit.id)
    await places.place(SYSTEM, third.line_id, now=EARLY)

    assert await states(event.id) == ["confirmed", "waiting", "confirmed"]
    with pytest.raises(WrongState):
        await places.place(SYSTEM, first.line_id, now=EARLY)


async def test_a_postponed_event_offers_nothing_until_it_has_a_date() -> None:
    event, _ = await factories.open_event(1)
    first, _ = await crowd(event.id, 2)
    await organising.postpone_event(SYSTEM, event.id)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    before = await states(event.id)
    await organising.reschedule_event(SYSTEM, event.id, now=EARLY)

    assert (before, await states(event.id)) == (["cancelled", "waiting"], ["cancelled", "offered"])


async def test_a_postponed_event_is_not_shown_again_on_a_day_that_is_past() -> None:
    event, _ = await factories.open_event(1)
    await crowd(event.id, 1)
    await organising.postpone_event(SYSTEM, event.id)

    with pytest.raises(NoNewDate):
        await organising.reschedule_event(SYSTEM, event.id, now=event.starts_at)

    assert [kind for kind, _ in await letters()] == ["registration_confirmed", "event_postponed"]


async def test_what_came_free_before_registration_opens_is_offered_then() -> None:
    event, unit = await factories.open_event(1, state="announced")
    carla = factories.acting(await factories.carla())
    for name in ("Eva", "Fien"):
        who = await factories.known(name)
        await service.register_for(carla, event.id, who.id, now=EARLY)
    await places.change_unit(SYSTEM, unit.id, {"capacity": 2}, now=EARLY)
    before = await states(event.id)

    await organising.publish_event(SYSTEM, event.id, now=EARLY)

    assert (before, await states(event.id)) == (["confirmed", "waiting"], ["confirmed", "offered"])


async def test_an_event_has_taken_place_only_once_it_has_begun() -> None:
    event, _ = await factories.open_event(1)

    with pytest.raises(NotHeldYet):
        await events.complete(SYSTEM, event.id, now=event.starts_at - timedelta(seconds=1))
    await events.complete(SYSTEM, event.id, now=event.starts_at)

    assert await execute("SELECT state FROM event") == [{"state": "completed"}]


async def test_of_a_cancelled_event_no_offer_runs_on() -> None:
    event, _ = await factories.open_event(1)
    first, _ = await crowd(event.id, 2)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    await organising.cancel_event(SYSTEM, event.id, reason="Ziek", now=EARLY)

    rows = await execute("SELECT state, expires_at FROM registration_line ORDER BY id")
    assert rows[1] == {"state": "cancelled_by_organiser", "expires_at": None}


async def test_whoever_asks_again_after_an_offer_ran_out_leaves_no_place_unoffered() -> None:
    event, unit = await factories.open_event(0)
    who = await factories.known("Anna")
    await register(who, event.id)
    await places.change_unit(SYSTEM, unit.id, {"capacity": 1}, now=EARLY)
    late = EARLY + timedelta(days=4)

    await ask(str(who.email), event.id, now=late)

    assert await states(event.id) == ["offered"]
