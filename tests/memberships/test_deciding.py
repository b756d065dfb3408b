"""What the board decides: another type, the end, days without rights, another period."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.memberships import deciding, notice, queries, service, suspending
from server.memberships.deciding import NotBegun, NotEndedByUs
from server.memberships.notice import NotToRenew
from server.memberships.refusals import AlreadyEnding, Overlap, OwnMembership
from server.memberships.rules import Status
from server.memberships.suspending import AlreadySuspended, NotAMember
from tables.memberships import Ground
from tests.factories import NOON
from tests.memberships.test_service import CARLA, DAY, JOINED, TODAY, kind, member, status_on
from tests.newsletters.cast import acting, letters, person

LOOKS = Actor(person_id=901, name="Penning", roles=frozenset({"treasurer"}))

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def periods(who: Actor) -> list[tuple[str, date, date | None, str | None]]:
    found = (await queries.standing(who.person_id or 0)).periods
    return [(one.type_code, one.starts_on, one.ends_on, one.ended_by) for one in found]


async def test_conversion_begins_a_new_period_with_the_same_number() -> None:
    anna, membership_id = await member("Anna", await kind("aspirant"))
    first = date(2028, 1, 1)

    await deciding.convert(CARLA, membership_id, await kind(), from_on=first, now=NOON)

    assert await periods(anna) == [
        ("gewoon", first, None, None),
        ("aspirant", JOINED, first - DAY, "conversion"),
    ]
    found = (await queries.standing(anna.person_id or 0)).periods
    assert {one.number for one in found} == {1001}
    assert [await status_on(anna, day) for day in (first - DAY, first)] == [Status.active] * 2
    assert await letters() == [("membership_converted", "anna@example.org")]


@pytest.mark.parametrize("from_on", [JOINED, JOINED - DAY])
async def test_conversion_begins_after_the_membership_did(from_on: date) -> None:
    anna, membership_id = await member("Anna", await kind("aspirant"))

    with pytest.raises(Invalid) as refused:
        await deciding.convert(CARLA, membership_id, await kind(), from_on=from_on, now=NOON)

    assert list(refused.value.fields) == ["from_on"]
    assert await periods(anna) == [("aspirant", JOINED, None, None)]


async def test_conversion_to_the_same_or_an_old_type_is_refused() -> None:
    type_id, old = await kind("aspirant"), await kind("oud", valid_to=TODAY - DAY)
    _, membership_id = await member("Anna", type_id)

    for wrong in (type_id, old, 0):
        with pytest.raises(Invalid) as refused:
            await deciding.convert(CARLA, membership_id, wrong, from_on=TODAY, now=NOON)
        assert list(refused.value.fields) == ["type"]


async def test_who_gave_notice_is_not_converted() -> None:
    anna, membership_id = await member("Anna", await kind("aspirant"))
    await notice.give(anna, membership_id, now=NOON)

    with pytest.raises(AlreadyEnding):
        await deciding.convert(CARLA, membership_id, await kind(), from_on=TODAY, now=NOON)


async def test_two_conversions_at_once_leave_one_new_period() -> None:
    anna, membership_id = await member("Anna", await kind("aspirant"))
    types = [await kind("gewoon"), await kind("buitengewoon")]

    done = await asyncio.gather(
        *(deciding.convert(CARLA, membership_id, t, from_on=TODAY, now=NOON) for t in types),
        return_exceptions=True,
    )

    assert sum(isinstance(one, AlreadyEnding) for one in done) == 1
    assert len(await periods(anna)) == 2


@pytest.mark.parametrize(
    ("ground", "last"),
    [(Ground.requirements, date(2027, 12, 31)), (Ground.expulsion, TODAY)],
)
async def test_association_ends_a_membership_on_the_day_of_its_ground(
    ground: Ground, last: date
) -> None:
    anna, membership_id = await member()

    assert await deciding.end(CARLA, membership_id, ground, " Daarom. ", now=NOON) == last

    one = (await queries.standing(anna.person_id or 0)).periods[0]
    assert (one.ends_on, one.ended_by, one.ground, one.reason) == (
        last,
        "association",
        ground,
        "Daarom.",
    )
    rows = await execute('SELECT "values" FROM outbox_letter')
    assert ("in beroep" in rows[0]["values"]) is (ground == Ground.expulsion)
    with pytest.raises(AlreadyEnding):
        await deciding.end(CARLA, membership_id, ground, "Nog eens.", now=NOON)


async def test_association_may_end_what_would_end_later_by_notice_but_never_later() -> None:
    anna, membership_id = await member()
    await notice.give(anna, membership_id, now=NOON)

    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=NOON)

    assert (await periods(anna))[0][2:] == (TODAY, "association")


async def test_end_needs_a_reason_a_beginning_and_somebody_else() -> None:
    anna, membership_id = await member()
    with pytest.raises(Invalid):
        await deciding.end(CARLA, membership_id, Ground.expulsion, "  ", now=NOON)
    herself = replace(anna, roles=frozenset({"board"}))
    with pytest.raises(OwnMembership):
        await deciding.end(herself, membership_id, Ground.expulsion, "Zo.", now=NOON)
    for nobody in (anna, LOOKS):
        with pytest.raises((NotFound, OwnMembership)):
            await deciding.end(nobody, membership_id, Ground.expulsion, "Zo.", now=NOON)
    before = NOON.replace(year=JOINED.year - 1)
    with pytest.raises(NotBegun):
        await deciding.end(CARLA, membership_id, Ground.expulsion, "Zo.", now=before)


async def test_end_is_taken_back_after_an_appeal() -> None:
    anna, membership_id = await member()
    with pytest.raises(NotEndedByUs):
        await deciding.take_back_end(CARLA, membership_id, now=NOON)
    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=NOON)
    later = NOON + timedelta(days=40)
    assert await status_on(anna, TODAY + 40 * DAY) == Status.ended

    await deciding.take_back_end(CARLA, membership_id, now=later)

    assert await periods(anna) == [("anna", JOINED, None, None)]
    assert await letters() == [
        ("membership_ended", "anna@example.org"),
        ("end_taken_back", "anna@example.org"),
    ]


async def test_end_is_not_taken_back_over_a_later_membership() -> None:
    type_id = await kind()
    anna, membership_id = await member("Anna", type_id)
    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=NOON)
    await service.start(CARLA, anna.person_id or 0, type_id, starts_on=TODAY + 9 * DAY)

    with pytest.raises(Overlap):
        await deciding.take_back_end(CARLA, membership_id, now=NOON)


async def test_suspended_member_has_no_rights_on_exactly_those_days() -> None:
    anna, _ = await member()
    who, until = anna.person_id or 0, TODAY + 9 * DAY

    await suspending.suspend(CARLA, who, "Schuld.", from_on=TODAY, until_on=until, now=NOON)

    assert [await status_on(anna, TODAY + n * DAY) for n in (-1, 0, 9, 10)] == [
        Status.active,
        Status.suspended,
        Status.suspended,
        Status.active,
    ]
    assert await letters() == [("membership_suspended", "anna@example.org")]
    with pytest.raises(AlreadySuspended):
        await suspending.suspend(CARLA, who, "Weer.", from_on=until, now=NOON)
    assert await periods(anna) == [("anna", JOINED, None, None)]


@pytest.mark.parametrize("days", [0, 5])
async def test_rights_are_given_back_today(days: int) -> None:
    anna, _ = await member()
    who = anna.person_id or 0
    from_on = TODAY - days * DAY
    suspension_id = await suspending.suspend(CARLA, who, "Schuld.", from_on=from_on, now=NOON)

    await suspending.restore(CARLA, suspension_id, now=NOON)

    assert await status_on(anna, TODAY) == Status.active
    assert await status_on(anna, TODAY - DAY) == (Status.suspended if days else Status.active)
    with pytest.raises(NotFound):
        await suspending.restore(CARLA, suspension_id, now=NOON)


async def test_suspension_is_corrected_within_its_rules() -> None:
    anna, _ = await member()
    who = anna.person_id or 0
    first = await suspending.suspend(CARLA, who, "Schuld.", from_on=TODAY, now=NOON)

    with pytest.raises(Invalid):
        await suspending.correct(CARLA, first, {"until_on": TODAY - DAY}, now=NOON)
    await suspending.correct(CARLA, first, {"until_on": TODAY, "person": 5}, now=NOON)
    await suspending.suspend(CARLA, who, "Weer.", from_on=TODAY + DAY, now=NOON)
    with pytest.raises(AlreadySuspended):
        await suspending.correct(CARLA, first, {"until_on": None}, now=NOON)

    assert await status_on(anna, TODAY + DAY) == Status.suspended
    assert len(await letters()) == 2


async def test_only_the_board_suspends_and_never_itself() -> None:
    anna, _ = await member()
    who = anna.person_id or 0
    for nobody in (LOOKS, acting(await person("dirk@example.org", "Dirk"))):
        with pytest.raises(NotFound):
            await suspending.suspend(nobody, who, "Zo.", from_on=TODAY, now=NOON)
    with pytest.raises(OwnMembership):
        herself = replace(anna, roles=frozenset({"board"}))
        await suspending.suspend(herself, who, "Zo.", from_on=TODAY, now=NOON)


async def test_period_of_a_year_is_renewed_once_and_then_no_more() -> None:
    anna, membership_id = await member("Anna", await kind(period_kind="calendar", grace_days=30))
    assert (await periods(anna))[0][2] == date(2025, 12, 31)
    in_grace = NOON.replace(year=2026, month=1, day=30)

    assert await notice.renew(anna, membership_id, now=in_grace) == date(2026, 12, 31)

    assert await status_on(anna, date(2026, 1, 15)) == Status.active
    with pytest.raises(NotToRenew):
        await notice.renew(anna, membership_id, now=in_grace)
    assert await letters() == [("membership_renewed", "anna@example.org")]


async def test_withdrawn_notice_gives_the_end_of_the_period_back() -> None:
    anna, membership_id = await member("Anna", await kind(period_kind="calendar"))
    then = NOON.replace(year=2025, month=6)
    end = (await periods(anna))[0][2]

    assert await notice.give(anna, membership_id, now=then) == end
    await notice.withdraw(anna, membership_id, now=then)

    assert (await periods(anna))[0][2:] == (end, None)


async def test_only_a_member_is_suspended() -> None:
    dirk = await person("dirk@example.org", "Dirk")

    with pytest.raises(NotAMember):
        await suspending.suspend(CARLA, int(dirk.id), "Zo.", from_on=TODAY, now=NOON)
    assert await letters() == []


async def test_notice_before_the_membership_begins_ends_it_on_its_first_day() -> None:
    dirk = await person("dirk@example.org", "Dirk")
    begins = date(2028, 3, 1)
    kind_id = await kind(notice_to="immediate", notice_days=0)
    membership_id = await service.start(CARLA, int(dirk.id), kind_id, starts_on=begins)

    assert await notice.give(acting(dirk), membership_id, now=NOON) == begins
