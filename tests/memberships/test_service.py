"""Beginning and ending memberships in a real database."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.memberships import notice, queries, service
from server.memberships.notice import NoNotice
from server.memberships.refusals import AlreadyEnding, Overlap, OwnMembership
from server.memberships.rules import Status
from server.segments import queries as segments
from tables.memberships import MembershipType
from tests.factories import NOON
from tests.newsletters.cast import acting, letters, person

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
DAY = timedelta(days=1)
TODAY = NOON.date()
JOINED = date(2025, 3, 1)
ENDS = date(2027, 12, 31)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def kind(code: str = "gewoon", **values: object) -> int:
    row = MembershipType(code=code, name_nl=code.capitalize(), name_en=code, **values)
    await row.save()
    return int(row.id)


async def member(name: str = "Anna", type_id: int | None = None) -> tuple[Actor, int]:
    who = await person(f"{name.lower()}@example.org", name)
    membership_id = await service.start(
        CARLA, who.id, type_id or await kind(name.lower()), starts_on=JOINED
    )
    return acting(who, is_member=True), membership_id


async def members_on(day: date) -> list[tuple[str, int]]:
    found = await segments.members(segments.Filters(), day)
    return [(one.name, one.number) for one in found]


async def status_on(who: Actor, day: date) -> Status:
    return (await queries.standing(who.person_id or 0)).status_on(day)


async def audited() -> list[tuple[str, str]]:
    rows = await execute("SELECT actor, action FROM audit_entry ORDER BY id")
    return [(row["actor"], row["action"]) for row in rows]


async def test_new_member_gets_the_next_number() -> None:
    type_id = await kind()
    for name in ("Anna", "Bram"):
        await member(name, type_id)

    assert await members_on(TODAY) == [
        ("Anna", 1001),
        ("Bram", 1002),
    ]
    assert await members_on(JOINED - DAY) == []


async def test_members_who_begin_at_once_have_their_own_numbers() -> None:
    type_id = await kind()
    people = [await person(f"p{n}@example.org", f"P{n}") for n in range(5)]

    await asyncio.gather(
        *(service.start(CARLA, one.id, type_id, starts_on=JOINED) for one in people)
    )

    assert sorted(number for _, number in await members_on(TODAY)) == [*range(1001, 1006)]


async def test_rejoining_member_keeps_the_number() -> None:
    type_id = await kind()
    anna, _ = await member("Anna", type_id)
    await execute("UPDATE membership SET ends_on = $1", TODAY - DAY)
    await member("Bram", type_id)

    await service.start(CARLA, anna.person_id or 0, type_id, starts_on=TODAY)

    assert await members_on(TODAY) == [
        ("Anna", 1001),
        ("Bram", 1002),
    ]


async def test_nobody_is_a_member_twice_on_one_day() -> None:
    type_id = await kind()
    anna, _ = await member("Anna", type_id)

    with pytest.raises(Overlap):
        await service.start(CARLA, anna.person_id or 0, type_id, starts_on=TODAY)

    assert len(await members_on(TODAY)) == 1


async def test_notice_ends_at_the_legal_day_and_is_confirmed() -> None:
    anna, membership_id = await member()

    ends_on = await notice.give(anna, membership_id, now=NOON)

    view = (await queries.standing(anna.person_id or 0)).periods[0]
    assert (ends_on, view.ends_on, view.ended_by, view.notice_received_on) == (
        ENDS,
        ENDS,
        "member",
        TODAY,
    )
    assert await letters() == [("notice_received", "anna@example.org")]
    assert await audited() == [("Carla", "start"), ("Anna", "give_notice")]


async def test_notice_is_given_once() -> None:
    anna, membership_id = await member()
    await notice.give(anna, membership_id, now=NOON)

    with pytest.raises(AlreadyEnding):
        await notice.give(anna, membership_id, now=NOON)


async def test_notice_can_be_taken_back_and_given_again() -> None:
    anna, membership_id = await member()
    await notice.give(anna, membership_id, now=NOON)

    await notice.withdraw(anna, membership_id, now=NOON)
    await notice.give(anna, membership_id, now=NOON)

    assert await letters() == [
        ("notice_received", "anna@example.org"),
        ("notice_withdrawn", "anna@example.org"),
        ("notice_received", "anna@example.org"),
    ]


async def test_what_was_never_given_cannot_be_taken_back() -> None:
    anna, membership_id = await member()

    with pytest.raises(NoNotice):
        await notice.withdraw(anna, membership_id, now=NOON)


@pytest.mark.parametrize("verb", [notice.give, notice.withdraw])
async def test_membership_of_somebody_else_does_not_exist(verb) -> None:  # type: ignore[no-untyped-def]
    _, membership_id = await member()
    dirk = acting(await person("dirk@example.org", "Dirk"))

    with pytest.raises(NotFound):
        await verb(dirk, membership_id, now=NOON)


async def test_association_ends_a_membership_with_its_reason() -> None:
    anna, membership_id = await member()
    values = {"ends_on": TODAY, "ended_by": "association", "ground": "requirements"}
    with pytest.raises(Invalid):
        await service.correct(CARLA, membership_id, values, now=NOON)

    values["reason"] = "Contributie niet betaald"
    await service.correct(CARLA, membership_id, values, now=NOON)

    assert await status_on(anna, TODAY) == Status.active
    assert await status_on(anna, TODAY + DAY) == Status.ended
    rows = await execute("SELECT reason FROM audit_entry WHERE action = 'change'")
    assert rows == [{"reason": "Contributie niet betaald"}]


async def test_corrected_end_never_runs_into_the_next_period() -> None:
    type_id = await kind()
    anna, first = await member("Anna", type_id)
    await execute("UPDATE membership SET ends_on = $1", TODAY - DAY)
    await service.start(CARLA, anna.person_id or 0, type_id, starts_on=TODAY)

    with pytest.raises(Overlap):
        await service.correct(CARLA, first, {"ends_on": None}, now=NOON)


async def test_correcting_nothing_writes_nothing() -> None:
    _, membership_id = await member()

    await service.correct(CARLA, membership_id, {"ends_on": None, "number": 1}, now=NOON)

    assert await audited() == [("Carla", "start")]


async def test_status_counts_all_periods_and_death() -> None:
    anna, _ = await member()
    await execute("UPDATE person SET deceased_on = $1", TODAY)

    assert [await status_on(anna, day) for day in (JOINED - DAY, JOINED, TODAY)] == [
        Status.contact,
        Status.active,
        Status.deceased,
    ]
    assert await members_on(TODAY) == []
    with pytest.raises(NotFound):
        await queries.standing(99)


async def test_types_that_are_over_are_not_offered() -> None:
    await kind("gewoon")
    await kind("oud", valid_to=TODAY - DAY)
    await kind("later", valid_from=TODAY + DAY)

    assert [one.code for one in await queries.types(TODAY)] == ["gewoon"]


async def test_nobody_of_the_board_changes_their_own_membership() -> None:
    anna, membership_id = await member("Anna")
    herself = replace(anna, roles=frozenset({"board"}))
    values = {"ends_on": TODAY, "ended_by": "association", "reason": "Zo."}

    with pytest.raises(OwnMembership):
        await service.correct(herself, membership_id, values, now=NOON)
    with pytest.raises(OwnMembership):
        await service.start(herself, anna.person_id or 0, await kind("erelid"), starts_on=TODAY)
    await notice.give(herself, membership_id, now=NOON)
