"""This, this and following, or all: by the clock, only what is to come, one letter for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.registrations import lifecycle, organising
from server.series import changing, laying_out, queries
from server.series.changing import Plan
from server.series.rules import Every, Scope
from tables.people import Person
from tests import factories
from tests.clients import letters
from tests.registrations.cast import register
from tests.series.cast import NOW, at, begins, event_ids, example, row, series

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def planned(
    event_id: int, scope: Scope, asked: Mapping[str, Any], now: datetime = NOW
) -> Plan:
    was = await queries.row_of(event_id)
    return await changing.plan(SYSTEM, event_id, {**was, **asked}, scope, "nl", now=now)


async def change(event_id: int, scope: Scope, asked: Mapping[str, Any], now: datetime = NOW) -> int:
    return await changing.change(SYSTEM, await planned(event_id, scope, asked, now), now=now)


async def titles(series_id: int) -> list[str]:
    return [one.title_nl for one in await queries.occurrences(series_id)]


def half_past_seven(month: int, day: int) -> dict[str, datetime]:
    return {"starts_at": at(month, day, 19, 30), "ends_at": at(month, day, 21)}


async def test_this_one_only() -> None:
    made = await series(3)
    second = (await event_ids(made))[1]

    assert await change(second, Scope.this, {"title": "Met gast"}) == 1

    assert await titles(made) == ["Casuïstiek", "Met gast", "Casuïstiek"]
    assert (await row(made))["title"] == "Casuïstiek"


async def test_this_and_following_move_by_the_clock_over_summer_time() -> None:
    made = await series(4)
    second = (await event_ids(made))[1]

    assert await change(second, Scope.following, half_past_seven(3, 11)) == 3

    assert await begins(made) == [
        *(at(2, 9), at(3, 11, 19, 30), at(4, 15, 19, 30), at(5, 13, 19, 30))
    ]


async def test_all_are_all_that_are_to_come() -> None:
    made = await series(4)
    last = (await event_ids(made))[-1]

    changed = await change(last, Scope.all, {"title": "Intervisie"}, now=at(2, 10))

    assert changed == 3
    assert await titles(made) == ["Casuïstiek", *["Intervisie"] * 3]
    assert (await row(made))["title"] == "Intervisie"


async def test_cancelled_and_completed_ones_stay_as_they_are() -> None:
    made = await series(4)
    first, second, _, last = await event_ids(made)
    await lifecycle.take(SYSTEM, second, "cancel", "Ziek", now=NOW)
    await lifecycle.take(SYSTEM, first, "complete", "", now=at(2, 10))

    changed = await change(last, Scope.all, half_past_seven(5, 11), now=at(2, 10))

    assert changed == 2
    assert await begins(made) == [at(2, 9), at(3, 9), at(4, 13, 19, 30), at(5, 11, 19, 30)]


async def test_one_that_was_moved_by_itself_keeps_its_own_day() -> None:
    made = await series(3)
    first, second, _ = await event_ids(made)
    await change(second, Scope.this, {"starts_at": at(3, 10), "ends_at": at(3, 10, 21, 30)})

    await change(first, Scope.all, half_past_seven(2, 9))

    assert await begins(made) == [at(2, 9, 19, 30), at(3, 10, 19, 30), at(4, 13, 19, 30)]


async def test_the_rule_goes_along_so_that_more_comes_on_the_new_day() -> None:
    made = await series(3)
    first = (await event_ids(made))[0]
    await change(first, Scope.all, half_past_seven(2, 11))
    view = await queries.get(SYSTEM, made, now=NOW)

    layout = laying_out.Layout(view.every, 1)
    await laying_out.extend(SYSTEM, view, layout, left_out=(), now=NOW)

    assert (await row(made))["rule"] == "FREQ=MONTHLY;BYDAY=2TH;UNTIL=20270513T173000Z"
    assert (await begins(made))[-1] == at(5, 13, 19, 30)


async def involved(made: int, *which: int) -> Person:
    anna = await factories.anna()
    ids = await event_ids(made)
    for n in which:
        await register(anna, ids[n], now=NOW)
    await execute("DELETE FROM outbox_letter")
    return anna


async def test_who_comes_to_several_gets_one_letter_that_names_each() -> None:
    made = await series(3)
    await involved(made, 0, 1, 2)
    first = (await event_ids(made))[0]
    plan = await planned(first, Scope.all, {"room": "Zaal 3"})

    await changing.change(SYSTEM, plan, now=NOW)

    assert plan.people == 1
    assert await letters() == [("series_changed", "anna@example.com")]
    values = (await execute("SELECT values FROM outbox_letter"))[0]["values"]
    for day in ("9 februari 2027", "9 maart 2027", "13 april 2027"):
        assert day in values
    assert values.count("Zaal 3") == 3
    assert values.count("/registrations/") == 3


async def test_who_comes_to_one_gets_the_letter_of_that_one() -> None:
    made = await series(3)
    await involved(made, 1)
    first = (await event_ids(made))[0]

    await change(first, Scope.all, half_past_seven(2, 9))

    assert await letters() == [("event_changed", "anna@example.com")]


async def test_a_slip_of_the_pen_is_told_to_nobody() -> None:
    made = await series(3)
    await involved(made, 0, 1)
    first = (await event_ids(made))[0]

    await change(first, Scope.all, {"summary": "Breng een casus in."})

    assert await letters() == []


async def test_two_changes_are_two_letters() -> None:
    made = await series(2)
    await involved(made, 0, 1)
    first = (await event_ids(made))[0]

    await change(first, Scope.all, {"room": "Zaal 3"})
    await change(first, Scope.all, {"room": "Zaal 4"})

    assert await letters() == [("series_changed", "anna@example.com")] * 2


async def test_one_that_cannot_be_keeps_all_as_they_are() -> None:
    made = await series(3, Every.week, starts_at=datetime(2027, 3, 21, 1, 30, tzinfo=AMSTERDAM))
    first = (await event_ids(made))[0]
    asked = {
        "starts_at": datetime(2027, 3, 21, 2, 30, tzinfo=AMSTERDAM),
        "ends_at": datetime(2027, 3, 21, 4, tzinfo=AMSTERDAM),
    }
    before = await begins(made)
    plan = await planned(first, Scope.all, asked)

    with pytest.raises(Invalid) as no:
        await changing.change(SYSTEM, plan, now=NOW)

    assert no.value.fields == {"scope": "series.invalid.some"}
    assert [one.trouble for one in plan.moves] == [*("", "errors.field.missing_hour", "")]
    assert await begins(made) == before


async def test_a_plan_made_before_somebody_saved_changes_nothing() -> None:
    made = await series(3)
    first, _, last = await event_ids(made)
    plan = await planned(first, Scope.all, {"room": "Zaal 3"})
    await organising.change_event(SYSTEM, last, {"title": "Gast"}, now=NOW)

    with pytest.raises(Stale):
        await changing.change(SYSTEM, plan, now=NOW)

    rooms = await execute("SELECT DISTINCT room FROM event WHERE series = $1", made)
    assert rooms == [{"room": ""}]


async def test_the_mark_is_of_what_was_seen() -> None:
    made = await series(3)
    first = (await event_ids(made))[0]
    one = await planned(first, Scope.all, half_past_seven(2, 9))
    same = await planned(first, Scope.all, half_past_seven(2, 9))
    other = await planned(first, Scope.following, half_past_seven(2, 9))
    await involved(made, 2)

    seen = [one.mark == same.mark, one.mark == other.mark]
    later = await planned(first, Scope.all, half_past_seven(2, 9))
    assert (seen, one.mark == later.mark) == ([True, False], False)


@pytest.mark.parametrize("asked", [{}, {"title": "Casuïstiek"}])
async def test_nothing_changed_is_said(asked: dict[str, str]) -> None:
    made = await series(2)

    with pytest.raises(Invalid, match="scope"):
        await planned((await event_ids(made))[0], Scope.all, asked)


async def test_what_is_over_is_not_changed_by_itself_either() -> None:
    made = await series(2)
    first = (await event_ids(made))[0]

    with pytest.raises(Invalid, match="scope"):
        await planned(first, Scope.this, {"title": "x"}, now=at(2, 10))


async def test_an_event_of_no_series_has_no_others() -> None:
    event = await example()

    with pytest.raises(Invalid, match="scope"):
        await planned(event.id, Scope.all, {"title": "x"})


async def test_a_chair_changes_those_of_their_own_group_only() -> None:
    bram, group = await factories.bram()
    made = await series(3, group=group.id)
    last = (await event_ids(made))[-1]
    await execute('UPDATE event SET "group" = NULL WHERE id = $1', last)
    actor = factories.acting(bram, is_member=True)
    actor = type(actor)(**{**vars(actor), "chairs": frozenset({group.id})})
    first = await queries.row_of((await event_ids(made))[0])

    plan = await changing.plan(
        actor, first["id"], {**first, "title": "Van ons"}, Scope.all, "nl", now=NOW
    )
    await changing.change(actor, plan, now=NOW)

    assert await titles(made) == ["Van ons", "Van ons", "Casuïstiek"]
    with pytest.raises(Invalid) as no:
        asked = {**first, "group": None}
        await changing.plan(actor, first["id"], asked, Scope.all, "nl", now=NOW)
    assert no.value.fields == {"group": "errors.field.choice"}


async def test_who_does_not_manage_the_series_changes_nothing() -> None:
    made = await series(2)
    plan = await planned((await event_ids(made))[0], Scope.all, {"title": "x"})
    dirk = factories.acting(await factories.dirk())

    with pytest.raises(NotFound):
        await changing.change(dirk, plan, now=NOW)


async def test_calendars_hear_that_each_moved() -> None:
    made = await series(2)
    first = (await event_ids(made))[0]

    await change(first, Scope.all, half_past_seven(2, 9))

    found = await execute("SELECT sequence FROM event WHERE series = $1", made)
    assert found == [{"sequence": 1}, {"sequence": 1}]
