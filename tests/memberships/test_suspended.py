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

    await service.start(CARLA, who, (await queries.types(TODAY))[0].id, starts_on=again)

    assert await until() == [TODAY]
    trail = await execute("SELECT actor, before, after FROM audit_entry WHERE action = 'change'")
    assert [(row["actor"], json.loads(row["after"])) for row in trail] == [
        (CARLA.name, {"until_on": str(TODAY)})
    ]
    assert await status_on(anna, again) == Status.active
    await suspending.suspend(CARLA, who, "Weer.", from_on=again, now=NOON)
    assert await status_on(anna, again) == Status.suspended


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
