"""Seats as intervals: who gives them, who leaves them, and the last chair."""

import asyncio
from datetime import date, timedelta

import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from server.groups import queries, seats, service
from server.groups.refusals import AlreadyIn, LastChair, MembersOnly, NotAtWork
from server.groups.seats import NewSeat
from tables.groups import GroupRole
from tests.factories import NOON
from tests.groups.cast import (
    BEGAN,
    CARLA,
    TODAY,
    as_member,
    chaired_group,
    chairing,
    group,
    seat,
)
from tests.newsletters.cast import member

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DAY = timedelta(days=1)


async def roster(group_id: int, day: date = TODAY) -> list[tuple[str, str]]:
    return [(one.person, one.role) for one in await queries.roster(group_id, day)]


async def audited(table: str) -> list[tuple[str, str]]:
    rows = await execute(
        "SELECT actor, action FROM audit_entry WHERE entity = $1 ORDER BY id", table
    )
    return [(row["actor"], row["action"]) for row in rows]


async def test_chair_gives_a_seat_in_the_own_group() -> None:
    group_id, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)

    await seats.add_member(chairing(bram, group_id), NewSeat(group_id, anna.id, TODAY), now=NOON)

    assert await roster(group_id) == [("Bram", "chair"), ("Anna", "member")]
    assert await roster(group_id, TODAY - DAY) == [("Bram", "chair")]
    assert await audited("group_membership") == [("Carla", "create"), ("Bram", "create")]


async def test_chair_of_another_group_may_not() -> None:
    group_id, _, _ = await chaired_group()
    other, bram, _ = await chaired_group("Onderzoek")

    with pytest.raises(NotAllowed):
        await seats.add_member(chairing(bram, other), NewSeat(group_id, bram.id, TODAY), now=NOON)


async def test_nobody_has_two_seats_on_one_day() -> None:
    group_id, bram, _ = await chaired_group()

    with pytest.raises(AlreadyIn):
        await seat(group_id, bram.id)

    assert await roster(group_id) == [("Bram", "chair")]


async def test_seat_that_ran_out_gives_way_to_a_new_one() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    await seat(group_id, anna.id, "secretary", until_on=TODAY - DAY)

    await seat(group_id, anna.id, from_on=TODAY)

    assert await roster(group_id) == [("Bram", "chair"), ("Anna", "member")]
    assert await roster(group_id, TODAY - DAY) == [("Bram", "chair"), ("Anna", "secretary")]


async def test_concluded_group_takes_nobody_in() -> None:
    group_id, bram, _ = await chaired_group()
    await service.move(CARLA, group_id, "conclude", reason="Klaar")

    with pytest.raises(NotAtWork):
        await seat(group_id, bram.id, from_on=TODAY)


async def test_member_asks_and_chair_admits() -> None:
    group_id, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)

    asked = await seats.request_seat(as_member(anna), group_id, now=NOON - DAY)
    assert [one.person for one in await queries.requests(group_id)] == ["Anna"]
    assert await roster(group_id) == [("Bram", "chair")]
    await seats.answer_request(chairing(bram, group_id), asked, admit=True, now=NOON)

    assert await queries.requests(group_id) == []
    assert await roster(group_id) == [("Bram", "chair"), ("Anna", "member")]
    assert await roster(group_id, TODAY - DAY) == [("Bram", "chair")]


async def test_declined_member_may_ask_again() -> None:
    group_id, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=NOON)

    await seats.answer_request(chairing(bram, group_id), asked, admit=False, reason="Vol", now=NOON)

    await seats.request_seat(as_member(anna), group_id, now=NOON)
    assert len(await queries.requests(group_id)) == 1


async def test_asking_twice_is_refused() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    await seats.request_seat(as_member(anna), group_id, now=NOON)

    with pytest.raises(AlreadyIn):
        await seats.request_seat(as_member(anna), group_id, now=NOON)


async def test_dirk_cannot_ask() -> None:
    group_id, _, _ = await chaired_group()

    with pytest.raises(MembersOnly):
        await seats.request_seat(ANONYMOUS, group_id, now=NOON)


async def test_group_that_is_not_public_does_not_exist_for_who_asks() -> None:
    group_id = await group(is_public=False)
    anna = await member("anna@example.org", starts_on=BEGAN)

    with pytest.raises(NotFound):
        await seats.request_seat(as_member(anna), group_id, now=NOON)


async def test_nobody_admits_oneself() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=NOON)

    with pytest.raises(NotAllowed):
        await seats.answer_request(as_member(anna), asked, admit=True, now=NOON)


async def test_answered_request_is_not_answered_again() -> None:
    group_id, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=NOON)
    await seats.answer_request(chairing(bram, group_id), asked, admit=True, now=NOON)

    with pytest.raises(WrongState):
        await seats.answer_request(chairing(bram, group_id), asked, admit=False, now=NOON)


async def test_member_leaves_by_oneself() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    seat_id = await seat(group_id, anna.id)

    await seats.end_seat(as_member(anna), seat_id, now=NOON)

    assert await roster(group_id) == [("Bram", "chair")]
    assert await queries.seats_of(anna.id, TODAY) == []


async def test_nobody_ends_the_seat_of_somebody_else() -> None:
    group_id, _, chair_seat = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    await seat(group_id, anna.id)

    with pytest.raises(NotAllowed):
        await seats.end_seat(as_member(anna), chair_seat, now=NOON)


async def test_last_chair_hands_over_first() -> None:
    group_id, bram, chair_seat = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    anna_seat = await seat(group_id, anna.id)
    with pytest.raises(LastChair):
        await seats.end_seat(chairing(bram, group_id), chair_seat, now=NOON)
    with pytest.raises(LastChair):
        await seats.change_role(chairing(bram, group_id), chair_seat, GroupRole.member, now=NOON)

    await seats.change_role(chairing(bram, group_id), anna_seat, GroupRole.chair, now=NOON)
    await seats.end_seat(chairing(bram, group_id), chair_seat, now=NOON)

    assert await roster(group_id) == [("Anna", "chair")]
    assert await roster(group_id, TODAY - DAY) == [("Bram", "chair"), ("Anna", "member")]


async def test_who_is_alone_in_the_group_may_leave() -> None:
    group_id, bram, chair_seat = await chaired_group()

    await seats.end_seat(chairing(bram, group_id), chair_seat, now=NOON)

    assert await roster(group_id) == []


async def test_two_chairs_cannot_leave_at_once() -> None:
    group_id, bram, first = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    els = await member("els@example.org", "Els", starts_on=BEGAN)
    second = await seat(group_id, anna.id, "chair")
    await seat(group_id, els.id)

    ended = await asyncio.gather(
        seats.end_seat(chairing(bram, group_id), first, now=NOON),
        seats.end_seat(chairing(anna, group_id), second, now=NOON),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in ended) == ["LastChair", "NoneType"]


async def test_role_given_today_is_corrected_in_place() -> None:
    group_id, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    seat_id = await seat(group_id, anna.id, from_on=TODAY)

    same = await seats.change_role(chairing(bram, group_id), seat_id, GroupRole.secretary, now=NOON)

    assert same == seat_id
    assert await roster(group_id) == [("Bram", "chair"), ("Anna", "secretary")]


async def test_same_role_again_changes_nothing() -> None:
    group_id, bram, chair_seat = await chaired_group()

    await seats.change_role(chairing(bram, group_id), chair_seat, GroupRole.chair, now=NOON)

    assert await audited("group_membership") == [("Carla", "create")]


async def test_board_corrects_an_interval() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    seat_id = await seat(group_id, anna.id)

    await seats.change_seat(CARLA, seat_id, {"until_on": TODAY - DAY, "person": 9}, now=NOON)

    assert await roster(group_id) == [("Bram", "chair")]
    assert await roster(group_id, TODAY - DAY) == [("Bram", "chair"), ("Anna", "member")]


async def test_interval_never_ends_before_it_begins() -> None:
    group_id, _, chair_seat = await chaired_group()

    with pytest.raises(Invalid) as invalid:
        await seats.change_seat(CARLA, chair_seat, {"until_on": BEGAN - DAY}, now=NOON)

    assert invalid.value.fields == {"until_on": "groups.field.until_on.before_start"}
    assert await roster(group_id) == [("Bram", "chair")]


async def test_leave_keeps_the_seat() -> None:
    group_id, _, chair_seat = await chaired_group()

    await seats.move_seat(CARLA, chair_seat, "take_leave", now=NOON)

    assert [one.state for one in await queries.roster(group_id, TODAY)] == ["on_leave"]


async def test_moving_to_the_end_keeps_the_rule_of_the_last_chair() -> None:
    group_id, _, chair_seat = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    await seat(group_id, anna.id)

    with pytest.raises(LastChair):
        await seats.move_seat(CARLA, chair_seat, "end", now=NOON)


async def test_groups_with_one_name_get_their_own_address() -> None:
    await group("Scholing")
    await group("Scholing")

    rows = await execute("SELECT slug, state FROM working_group ORDER BY id")

    assert rows == [
        {"slug": "scholing", "state": "active"},
        {"slug": "scholing-2", "state": "active"},
    ]


async def test_group_of_a_member_is_proposed_and_the_board_approves() -> None:
    anna = await member("anna@example.org", starts_on=BEGAN)

    group_id = await service.create(as_member(anna), {"name": "Nieuw"}, now=NOON)
    await service.move(CARLA, group_id, "approve")

    assert await audited("working_group") == [("Anna", "create"), ("Carla", "approve")]


async def test_chair_changes_the_mission_but_nobody_elses() -> None:
    group_id, bram, _ = await chaired_group()
    other = await group("Onderzoek")

    await service.change(
        chairing(bram, group_id), group_id, {"mission": "Leren"}, expected_revision=1, now=NOON
    )
    with pytest.raises(NotAllowed):
        await service.change(chairing(bram, group_id), other, {"mission": "Leren"}, now=NOON)
    with pytest.raises(Stale):
        await service.change(CARLA, group_id, {"mission": "X"}, expected_revision=1, now=NOON)

    rows = await execute("SELECT mission, revision FROM working_group ORDER BY id")
    assert rows == [{"mission": "Leren", "revision": 2}, {"mission": "", "revision": 1}]


async def test_a_seat_that_ended_by_itself_keeps_its_last_day() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    last = TODAY - 30 * DAY
    seat_id = await seat(group_id, anna.id, until_on=last)

    await seats.move_seat(CARLA, seat_id, "end", now=NOON)

    rows = await execute("SELECT state, until_on FROM group_membership WHERE id = $1", seat_id)
    assert rows == [{"state": "ended", "until_on": last}]


async def test_a_request_admitted_in_the_admin_begins_that_day() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=NOON - 30 * DAY)

    await seats.move_seat(CARLA, asked, "admit", now=NOON)

    rows = await execute("SELECT state, from_on FROM group_membership WHERE id = $1", asked)
    assert rows == [{"state": "active", "from_on": TODAY}]


async def test_a_concluded_group_lets_nobody_in_but_can_decline() -> None:
    group_id, _, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=NOON)
    await service.move(CARLA, group_id, "conclude")

    with pytest.raises(NotAtWork):
        await seats.answer_request(CARLA, asked, admit=True, now=NOON)
    await seats.move_seat(CARLA, asked, "decline", now=NOON)

    rows = await execute("SELECT state FROM group_membership WHERE id = $1", asked)
    assert rows == [{"state": "declined"}]


async def test_two_groups_of_one_long_name_get_two_addresses() -> None:
    name = f"{'a' * 75} {'b' * 20}"

    first, second = await group(name), await group(name)

    rows = await execute("SELECT id, slug FROM working_group ORDER BY id")
    assert rows == [{"id": first, "slug": "a" * 75}, {"id": second, "slug": f"{'a' * 75}-2"}]
