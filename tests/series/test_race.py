"""Two who press at once: one series of an event, and no day twice."""

import asyncio
from uuid import uuid4

import pytest

from server.actors import SYSTEM
from server.database import execute, transaction
from server.errors import Stale
from server.series import changing, laying_out, queries
from server.series.refusals import InSeries
from server.series.rules import Every, Layout, Scope
from tests.series.cast import NOW, begins, event_ids, example, row, series

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def both(*verbs: object) -> list[str]:
    """Run them at once: the name of what each came to."""
    done = await asyncio.gather(*verbs, return_exceptions=True)  # type: ignore[call-overload]
    return sorted(type(one).__name__ for one in done)


async def test_two_who_make_a_series_make_one() -> None:
    event = await example()
    layout = Layout(Every.week, 3)

    came = await both(
        *(laying_out.create(SYSTEM, event.id, layout, left_out=(), now=NOW) for _ in range(2))
    )

    assert came == sorted([InSeries.__name__, "int"])
    counted = "SELECT (SELECT count(*) FROM event_series) AS s, (SELECT count(*) FROM event) AS e"
    assert await execute(counted) == [{"s": 1, "e": 3}]


async def test_without_the_lock_there_would_be_two() -> None:
    """The control: look first, make then."""
    event = await example()
    looked = asyncio.Barrier(2)

    async def make() -> int:
        async with transaction():
            rows = await execute("SELECT series FROM event WHERE id = $1", event.id)
            await looked.wait()
            assert rows == [{"series": None}]
            made = await execute(
                "INSERT INTO event_series (title, rule, starts_at, uid)"
                " VALUES ('x', 'FREQ=WEEKLY', now(), $1) RETURNING id",
                uuid4(),
            )
            await execute("UPDATE event SET series = $2 WHERE id = $1", event.id, made[0]["id"])
        return 1

    assert await both(make(), make()) == ["int", "int"]
    assert len(await execute("SELECT 1 FROM event_series")) == 2


async def test_two_who_extend_it_extend_it_once() -> None:
    made = await series(2)
    view = await queries.get(SYSTEM, made, now=NOW)
    layout = Layout(view.every, 2)

    came = await both(
        *(laying_out.extend(SYSTEM, view, layout, left_out=(), now=NOW) for _ in range(2))
    )

    assert came == sorted([Stale.__name__, "int"])
    assert len(set(await begins(made))) == len(await begins(made)) == 4


async def test_two_who_change_all_of_it_do_not_wait_for_each_other_for_ever() -> None:
    made = await series(5)
    ids = await event_ids(made)
    plans = []
    for event_id, room in ((ids[0], "Zaal 1"), (ids[-1], "Zaal 2")):
        was = await queries.row_of(event_id)
        asked = {**was, "room": room}
        plans.append(await changing.plan(SYSTEM, event_id, asked, Scope.all, "nl", now=NOW))

    came = await both(*(changing.change(SYSTEM, plan, now=NOW) for plan in plans))

    assert came == sorted([Stale.__name__, "int"])
    rooms = await execute("SELECT DISTINCT room FROM event WHERE series = $1", made)
    assert len(rooms) == 1
    assert (await row(made))["revision"] > 1
