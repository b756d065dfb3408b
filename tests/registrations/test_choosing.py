"""Workshops and lunch beside a seat, and the change from one sort of seat to the other."""

import contextlib
import random
from datetime import datetime, timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import NotFound, Refusal
from server.events import queries as events
from server.registrations import choosing, places, queries, service
from server.registrations.precedence import can_be_met
from server.registrations.refusals import (
    HasThisPlace,
    NoSuchPlace,
    SeatFirst,
    TooLateToCancel,
)
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.clients import letters
from tests.factories import NOON
from tests.registrations.cast import EARLY, held, register, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def unit(event_id: int, kind: UnitKind, capacity: int | None, name: str = "X") -> int:
    row = CapacityUnit(event=event_id, kind=kind, capacity=capacity, name_nl=name, position=1)
    await row.save()
    return int(row.id)


async def stands(code: str) -> dict[int, str | None]:
    view = await queries.get(code)
    return {one.id: one.state for one in await choosing.shown(view.id, now=EARLY)}


async def with_extras(name: str, event_id: int, *extras: int) -> queries.RegistrationView:
    actor = factories.acting(await factories.known(name))
    form = RegistrationForm(extra_ids=extras)
    return await service.register(actor, event_id, form, now=EARLY)


async def test_a_full_workshop_leaves_the_seat_confirmed_and_one_letter_says_both() -> None:
    event, seat = await factories.open_event(5)
    workshop = await unit(event.id, UnitKind.workshop, 1, "Workshop A")
    lunch = await unit(event.id, UnitKind.lunch, None, "Lunch")

    await with_extras("A", event.id, workshop)
    second = await with_extras("B", event.id, workshop, lunch)

    assert await stands(second.code) == {
        seat.id: "confirmed",
        workshop: "waiting",
        lunch: "confirmed",
    }
    assert len(await letters()) == 2
    [letter] = await execute("SELECT values::text AS v FROM outbox_letter ORDER BY id DESC LIMIT 1")
    assert "Workshop A: u staat op de wachtlijst, plaats 1" in letter["v"]


async def test_a_workshop_waits_together_with_its_seat_and_comes_with_it() -> None:
    event, seat = await factories.open_event(1)
    workshop = await unit(event.id, UnitKind.workshop, 1)
    first = await with_extras("A", event.id)
    waiting = await with_extras("B", event.id, workshop)

    assert await stands(waiting.code) == {seat.id: "waiting", workshop: "waiting"}
    # a workshop that cannot be had yet keeps nobody else from it
    await choosing.take(ANONYMOUS, first.code, workshop, now=EARLY)
    assert (await stands(first.code))[workshop] == "confirmed"

    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    assert await stands(first.code) == {seat.id: "cancelled", workshop: "cancelled"}
    await service.accept(ANONYMOUS, waiting.code, now=EARLY)
    assert await stands(waiting.code) == {seat.id: "confirmed", workshop: "confirmed"}


async def test_a_place_that_comes_free_in_a_workshop_is_offered_to_who_has_a_seat() -> None:
    event, seat = await factories.open_event(5)
    workshop = await unit(event.id, UnitKind.workshop, 1)
    first = await with_extras("A", event.id, workshop)
    second = await with_extras("B", event.id, workshop)

    await service.cancel(ANONYMOUS, first.code, unit_id=workshop, now=EARLY)

    assert await stands(first.code) == {seat.id: "confirmed", workshop: "cancelled"}
    assert (await stands(second.code))[workshop] == "offered"
    await service.accept(ANONYMOUS, second.code, unit_id=workshop, now=EARLY)
    assert await stands(second.code) == {seat.id: "confirmed", workshop: "confirmed"}


async def test_switching_gives_the_old_place_up_only_for_the_new() -> None:
    event, hall = await factories.open_event(2, mode="hybrid")
    online = await unit(event.id, UnitKind.online, 1)
    one, other = [await with_extras(name, event.id) for name in "AB"]

    await choosing.take(ANONYMOUS, one.code, online, now=EARLY)
    await choosing.take(ANONYMOUS, other.code, online, now=EARLY)

    assert await stands(one.code) == {hall.id: "cancelled", online: "confirmed"}
    assert await stands(other.code) == {hall.id: "confirmed", online: "waiting"}
    assert (await queries.get(other.code)).state == "confirmed"

    await service.cancel(ANONYMOUS, one.code, now=EARLY)
    assert await stands(other.code) == {hall.id: "confirmed", online: "offered"}
    await service.accept(ANONYMOUS, other.code, unit_id=online, now=EARLY)
    assert await stands(other.code) == {hall.id: "cancelled", online: "confirmed"}
    assert (await held(hall.id), await held(online)) == (0, 1)


async def test_the_seat_that_is_left_by_a_yes_to_another_is_offered_at_once() -> None:
    event, hall = await factories.open_event(1, mode="hybrid")
    online = await unit(event.id, UnitKind.online, 1)
    one, other = await with_extras("A", event.id), await with_extras("B", event.id)
    await choosing.take(ANONYMOUS, one.code, online, now=EARLY)
    await service.accept(ANONYMOUS, other.code, now=EARLY)
    await choosing.take(ANONYMOUS, other.code, online, now=EARLY)
    waits = await with_extras("C", event.id)
    await service.cancel(ANONYMOUS, one.code, now=EARLY)

    await service.accept(ANONYMOUS, other.code, unit_id=online, now=EARLY)

    assert await stands(other.code) == {hall.id: "cancelled", online: "confirmed"}
    assert (await stands(waits.code))[hall.id] == "offered"


async def test_an_offer_to_switch_that_is_left_keeps_the_seat() -> None:
    event, hall = await factories.open_event(2, mode="hybrid")
    online = await unit(event.id, UnitKind.online, 1)
    one, other = [await with_extras(name, event.id) for name in "AB"]
    await choosing.take(ANONYMOUS, one.code, online, now=EARLY)
    await choosing.take(ANONYMOUS, other.code, online, now=EARLY)
    await service.cancel(ANONYMOUS, one.code, now=EARLY)

    await service.decline(ANONYMOUS, other.code, unit_id=online, now=EARLY)

    assert await stands(other.code) == {hall.id: "confirmed", online: "declined"}


async def test_what_cannot_be_chosen_is_refused_by_name() -> None:
    event, seat = await factories.open_event(2, cancel_until_at=EARLY + timedelta(days=1))
    workshop = await unit(event.id, UnitKind.workshop, 1)
    online = await unit(event.id, UnitKind.online, 1)
    _, elsewhere = await factories.open_event(2)
    guest = await stranger("gast@example.com", event.id)
    mine = await with_extras("A", event.id, workshop)

    async def refused(code: str, unit_id: int, late: int = 0) -> type[Refusal]:
        with pytest.raises(Refusal) as caught:
            await choosing.take(ANONYMOUS, code, unit_id, now=EARLY + timedelta(days=late))
        return caught.type

    assert await refused(guest.code, workshop) is SeatFirst
    assert await refused(mine.code, workshop) is HasThisPlace
    assert await refused(mine.code, seat.id) is HasThisPlace
    assert await refused(mine.code, elsewhere.id) is NoSuchPlace
    assert await refused(mine.code, online, late=2) is TooLateToCancel
    with pytest.raises(NoSuchPlace):
        await with_extras("B", event.id, online)


async def test_the_organiser_ends_everything_with_the_seat() -> None:
    event, seat = await factories.open_event(2)
    workshop = await unit(event.id, UnitKind.workshop, 1)
    mine = await with_extras("A", event.id, workshop)

    await places.remove(SYSTEM, mine.line_id, now=EARLY)

    ended = "cancelled_by_organiser"
    assert await stands(mine.code) == {seat.id: ended, workshop: ended}
    assert [kind for kind, _ in await letters()] == ["registration_confirmed", "registration_ended"]


async def test_a_seat_missed_twice_takes_its_workshop_along() -> None:
    event, seat = await factories.open_event(1)
    workshop = await unit(event.id, UnitKind.workshop, 1)
    first = await with_extras("A", event.id)
    waiting = await with_extras("B", event.id, workshop)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    for days in (5, 10):
        await places.tick(EARLY + timedelta(days=days))

    assert await stands(waiting.code) == {seat.id: "expired", workshop: "cancelled"}


async def test_a_number_of_seats_counts_no_workshop() -> None:
    event, _ = await factories.open_event(5)
    await unit(event.id, UnitKind.workshop, 100)
    await register(await factories.anna(), event.id)
    seen = await events.get(ANONYMOUS, event.slug, now=NOON)

    assert (seen.free, seen.capacity) == (4, 5)


async def check(units: dict[int, int], now: datetime) -> None:
    """What always holds, also between several lines of one registration."""
    for unit_id, capacity in units.items():
        assert await held(unit_id, now) <= capacity
    live = "('unverified', 'approval', 'waiting', 'offered', 'confirmed')"
    twice = f"SELECT 1 FROM registration_line WHERE state IN {live} GROUP BY unit, person"
    assert await execute(f"{twice} HAVING count(*) > 1") == []
    lines = "FROM registration_line l JOIN capacity_unit u ON u.id = l.unit WHERE"
    seat = "u.kind IN ('seat', 'online')"
    two = f"SELECT 1 {lines} {seat} AND l.state = 'confirmed' GROUP BY l.registration"
    assert await execute(f"{two} HAVING count(*) > 1") == []
    # no workshop stands without a seat that is had, awaited or to be confirmed
    assert (
        await execute(
            f"SELECT 1 {lines} NOT {seat} AND l.state IN {live} AND NOT EXISTS (SELECT 1 FROM"
            " registration_line s JOIN capacity_unit c ON c.id = s.unit"
            " WHERE s.registration = l.registration AND c.kind IN ('seat', 'online')"
            f" AND s.state IN {live})"
        )
        == []
    )
    # every move has its one line in the audit trail
    assert (
        await execute(
            "SELECT l.id FROM registration_line l JOIN audit_entry a ON a.entity_id = l.id"
            " AND a.entity = 'registration_line' GROUP BY l.id HAVING count(*) <> l.revision"
        )
        == []
    )
    # nobody who can have a free place waits without an offer
    for unit_id, capacity in units.items():
        if await held(unit_id, now) < capacity:
            assert (
                await execute(
                    "SELECT l.id FROM registration_line l WHERE l.unit = $1 AND l.state = 'waiting'"
                    f" AND {can_be_met('l', '$2')}",
                    *(unit_id, now),
                )
                == []
            )


@pytest.mark.parametrize("seed", range(6))
async def test_a_random_life_of_several_lines_keeps_every_promise(seed: int) -> None:
    chance, now = random.Random(seed), EARLY
    event, hall = await factories.open_event(3, mode="hybrid")
    units = {hall.id: 3}
    for kind, capacity in ((UnitKind.online, 2), (UnitKind.workshop, 2), (UnitKind.lunch, 3)):
        units[await unit(event.id, kind, capacity)] = capacity
    extras = [one for one in units if one != hall.id][1:]
    people = [factories.acting(await factories.known(f"P{n}")) for n in range(8)]

    for _ in range(60):
        now += timedelta(minutes=chance.choice([0, 1, 600]))
        who, chosen = chance.choice(people), chance.choice([None, *units])
        mine = await queries.find(event.id, who.person_id or 0)
        doing = chance.choice([choosing.take, service.cancel, service.accept, service.decline])
        with contextlib.suppress(Refusal, NotFound):
            if mine is None or chance.random() < 0.3:
                form = RegistrationForm(
                    extra_ids=tuple(chance.sample(extras, chance.randint(0, 2))),
                    together=chance.random() < 0.3,
                    auto_accept=chance.random() < 0.2,
                )
                await service.register(who, event.id, form, now=now)
            elif doing is choosing.take:
                await choosing.take(ANONYMOUS, mine.code, chosen or hall.id, now=now)
            else:
                await doing(ANONYMOUS, mine.code, unit_id=chosen, now=now)  # type: ignore[operator]
        await places.tick(now)
        await check(units, now)


async def test_taking_a_waiting_seat_away_leaves_the_seat_one_has() -> None:
    event, hall = await factories.open_event(0, mode="hybrid")
    home = await unit(event.id, UnitKind.online, 5)
    lunch = await unit(event.id, UnitKind.lunch, 5)
    actor = factories.acting(await factories.known("A"))
    form = RegistrationForm(unit_id=home, extra_ids=(lunch,))
    view = await service.register(actor, event.id, form, now=EARLY)
    waits = await choosing.take(ANONYMOUS, view.code, hall.id, now=EARLY)

    await places.remove(SYSTEM, waits.line_id, now=EARLY)

    assert await stands(view.code) == {
        hall.id: "cancelled_by_organiser",
        home: "confirmed",
        lunch: "confirmed",
    }
