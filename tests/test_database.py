"""transaction(): all or nothing, also when cancelled, nested or misused."""

import asyncio
from datetime import date

import asyncpg
import pytest

from server.database import ENGINE, execute, transaction
from tables.memberships import Membership, MembershipType
from tables.people import Person
from tests import factories

pytestmark = pytest.mark.anyio


class Oops(Exception):
    pass


async def names() -> list[str]:
    return [row["surname"] for row in await Person.select(Person.surname).order_by(Person.id)]


async def test_an_error_undoes_everything(db: None) -> None:
    with pytest.raises(Oops):
        async with transaction():
            await factories.person("Anna")
            raise Oops

    assert await names() == []


async def test_an_inner_failure_undoes_only_itself(db: None) -> None:
    async with transaction():
        await factories.person("Anna")
        with pytest.raises(Oops):
            async with transaction():
                await factories.person("Bram")
                raise Oops
        await factories.person("Carla")

    assert await names() == ["Anna", "Carla"]


async def test_another_task_may_not_use_an_open_transaction(db: None) -> None:
    async with transaction():
        with pytest.raises(RuntimeError, match="another task"):
            await asyncio.create_task(execute("SELECT 1"))


async def test_a_failing_commit_gives_its_connection_back(db: None) -> None:
    await execute("CREATE TABLE a (id int PRIMARY KEY)")
    await execute("CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
    try:
        for _ in range(12):
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                async with transaction():
                    await execute("INSERT INTO b VALUES (1)")
        assert await execute("SELECT count(*) AS n FROM b") == [{"n": 0}]
    finally:
        await execute("DROP TABLE b, a")


async def test_cancelled_tasks_leave_the_pool_intact(db: None) -> None:
    async def write(number: int) -> None:
        async with transaction():
            await factories.person(f"P{number}")
            await asyncio.sleep(0.001 * (number % 5))

    for round_ in range(20):
        tasks = [asyncio.create_task(write(n)) for n in range(30)]
        await asyncio.sleep(0.0007 * (round_ % 7))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    idle = await execute(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
    )
    assert idle == [{"n": 0}]
    assert ENGINE.pool is not None
    async with transaction():
        await factories.person("Last")
    assert (await names())[-1] == "Last"


async def test_the_database_refuses_two_memberships_on_one_day(db: None) -> None:
    anna = await factories.person("Anna")
    kind = MembershipType(code="regular", name_nl="Gewoon lid", name_en="Regular")
    await kind.save()

    async def member(starts: date, ends: date | None) -> None:
        await Membership(person=anna, type=kind, number=1, starts_on=starts, ends_on=ends).save()

    await member(date(2026, 1, 1), date(2026, 12, 31))
    await member(date(2027, 1, 1), None)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await member(date(2026, 12, 31), date(2026, 12, 31))
