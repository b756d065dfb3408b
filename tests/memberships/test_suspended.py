"""How far a suspension reaches: through its own membership, and not into the next."""

import json
from datetime import date

import pytest

from server.database import execute
from server.memberships import deciding, queries, service, suspending
from server.memberships.rules import Status
from tables.memberships import Ground
from tests.factories import NOON
from tests.memberships.test_service import CARLA, DAY, TODAY, kind, member, status_on

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def until() -> list[date | None]:
    rows = await execute("SELECT until_on FROM membership_suspension ORDER BY from_on")
    return [row["until_on"] for row in rows]


async def test_who_becomes_a_member_again_has_their_rights() -> None:
    anna, period = await member()
    who, again = anna.person_id or 0, TODAY + 400 * DAY
    await suspending.suspend(CARLA, who, "Zaak.", from_on=TODAY - DAY, now=NOON)
    await deciding.end(CARLA, period, Ground.expulsion, "Zo.", now=NOON)

    new = await service.start(CARLA, who, (await queries.types(TODAY))[0].id, starts_on=again)

    assert await until() == [TODAY]
    trail = await execute("SELECT actor, before, after FROM audit_entry WHERE action = 'change'")
    assert [(row["actor"], json.loads(row["after"])) for row in trail] == [
        (CARLA.name, {"until_on": str(TODAY), "membership": new})
    ]
    assert await status_on(anna, again) == Status.active
    await suspending.suspend(CARLA, who, "Weer.", from_on=again, now=NOON)
    assert await status_on(anna, again) == Status.suspended


@pytest.mark.parametrize("last", [None, TODAY + 900 * DAY])
async def test_new_membership_typed_by_mistake_leaves_the_suspension(last: date | None) -> None:
    anna, period = await member()
    who, type_id = anna.person_id or 0, await kind("aspirant")
    days = {"from_on": TODAY - DAY, "until_on": last}
    await suspending.suspend(CARLA, who, "Zaak.", **days, now=NOON)
    await service.correct(CARLA, period, {"ends_on": TODAY}, now=NOON)
    wrong = await service.start(
        CARLA, who, type_id, starts_on=TODAY + 400 * DAY, ends_on=TODAY + 450 * DAY
    )

    await service.remove(CARLA, wrong)

    assert await until() == [last]
    wrong, _ = [
        await service.start(CARLA, who, type_id, starts_on=day, ends_on=day + DAY)
        for day in (TODAY + 400 * DAY, TODAY + 500 * DAY)
    ]
    await service.remove(CARLA, wrong)
    assert await until() == [TODAY]


async def test_what_was_decided_since_stays_when_a_membership_is_taken_away() -> None:
    anna, period = await member()
    who = anna.person_id or 0
    one = await suspending.suspend(CARLA, who, "Zaak.", from_on=TODAY - DAY, now=NOON)
    await service.correct(CARLA, period, {"ends_on": TODAY}, now=NOON)
    new = await service.start(CARLA, who, await kind("aspirant"), starts_on=TODAY + 9 * DAY)
    await suspending.correct(CARLA, one, {"until_on": TODAY - DAY}, now=NOON)

    await service.remove(CARLA, new)

    assert await until() == [TODAY - DAY]


async def test_suspension_goes_on_with_another_type() -> None:
    anna, period = await member()
    who = anna.person_id or 0
    await suspending.suspend(CARLA, who, "Zaak.", from_on=TODAY, now=NOON)

    await deciding.convert(CARLA, period, await kind("aspirant"), from_on=TODAY + DAY, now=NOON)

    assert await until() == [None]
    assert await status_on(anna, TODAY + DAY) == Status.suspended


async def test_suspension_goes_on_within_the_days_of_grace() -> None:
    anna, period = await member(type_id=await kind(grace_days=30))
    who = anna.person_id or 0
    await suspending.suspend(CARLA, who, "Zaak.", from_on=TODAY, now=NOON)
    await service.correct(CARLA, period, {"ends_on": TODAY}, now=NOON)

    again = TODAY + 20 * DAY
    await service.start(CARLA, who, await kind("aspirant"), starts_on=again)

    assert await until() == [None]
    assert await status_on(anna, again) == Status.suspended


async def test_expelled_member_is_suspended_while_they_may_appeal() -> None:
    anna, period = await member()

    await deciding.end(CARLA, period, Ground.expulsion, "Zo.", now=NOON)

    days = [TODAY, TODAY + DAY, TODAY + 31 * DAY, TODAY + 32 * DAY]
    assert [await status_on(anna, day) for day in days] == [
        *(Status.active, Status.suspended, Status.suspended, Status.ended),
    ]


async def test_who_was_expelled_is_not_suspended_once_more() -> None:
    anna, period = await member()
    await deciding.end(CARLA, period, Ground.expulsion, "Zo.", now=NOON)

    with pytest.raises(suspending.NotAMember):
        await suspending.suspend(CARLA, anna.person_id or 0, "Zaak.", from_on=TODAY + DAY, now=NOON)

    assert await until() == []
