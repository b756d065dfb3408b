"""A room that is taken on some of the days is named before anything is saved."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.events import rooms as event_rooms
from server.events import timetable
from server.registrations import lifecycle
from server.series import changing, laying_out, queries, rooms, stepping
from server.series.refusals import Stuck
from server.series.rules import Every, Layout, Scope
from tables.events import Room, Venue
from tests import factories
from tests.clients import sign_in
from tests.registrations.test_planning import Filled
from tests.series import test_pages as pages
from tests.series.cast import NOW, at, begins, event_ids, example, series, slugs, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
TAKEN = "events.invalid.room_taken"


async def attic() -> dict[str, int]:
    """A room, as an event claims it."""
    venue = Venue(name="Huis")
    await venue.save()
    room = Room(venue=venue.id, name="Zolder")
    await room.save()
    return {"venue": venue.id, "booked_room": room.id}


async def choir(month: int, day: int, **values: Any) -> Any:
    """Who else is there that evening."""
    given = {"title": "Koor", "starts_at": at(month, day, 19), "ends_at": at(month, day, 22)}
    return await factories.event(**{"state": "published", **given, **values})


async def planned(event_id: int, asked: Mapping[str, Any], scope: Scope = Scope.all) -> Any:
    was = await queries.row_of(event_id)
    return await changing.plan(SYSTEM, event_id, {**was, **asked}, scope, "nl", now=NOW)


async def test_the_preview_of_new_times_says_on_which_day_a_room_is_taken() -> None:
    claims = await attic()
    event = await example(**claims)
    await choir(3, 9, **claims)
    layout = Layout(Every.month, 4)

    turns = await laying_out.look(event.id, layout, now=NOW)
    found = await laying_out.clashes(turns, event_id=event.id)

    assert rooms.words(found, "nl", SYSTEM) == {
        "2027-03-09": ["In Zolder is dan ook: Koor (dinsdag 9 maart 2027, 19.00–22.00 uur)."]
    }


async def test_a_room_of_a_part_counts_and_moves_along() -> None:
    claims = await attic()
    event = await example(venue=claims["venue"])
    part = {"title": "Soep", "starts_at": at(2, 9, 20, 30), "ends_at": at(2, 9, 21)}
    await timetable.add(SYSTEM, event.id, part | {"booked_room": claims["booked_room"]}, now=NOW)
    await choir(3, 9, **claims)
    await choir(4, 13, **claims, starts_at=at(4, 13, 21))

    turns = await laying_out.look(event.id, Layout(Every.month, 4), now=NOW)
    found = await laying_out.clashes(turns, event_id=event.id)

    assert [*found] == ["2027-03-09"]


async def test_a_change_names_the_day_on_which_the_room_is_taken() -> None:
    claims = await attic()
    made = await series(4)
    other = await choir(3, 9, **claims)
    first, second, *_ = await event_ids(made)

    plan = await planned(first, claims)

    assert [move.trouble for move in plan.moves] == ["", TAKEN, "", ""]
    assert [[one.event_id for one in move.clashes] for move in plan.moves] == [
        [],
        [other.id],
        [],
        [],
    ]
    with pytest.raises(Invalid):
        await changing.change(SYSTEM, plan, now=NOW)
    reasoned = await planned(first, {**claims, "room_reason": "Het koor zit in de hoek"})
    assert not reasoned.has_trouble
    assert await changing.change(SYSTEM, reasoned, now=NOW) == 4
    assert second == reasoned.moves[1].id


@pytest.mark.parametrize(("theirs", "ours"), [("draft", True), ("published", False)])
async def test_a_draft_of_either_side_is_told_of_and_stops_nothing(theirs: str, ours: bool) -> None:
    claims = await attic()
    made = await series(2, is_published=ours)
    if not ours:
        await execute("UPDATE event SET state = 'draft'")
    await choir(3, 9, **claims, state=theirs)

    plan = await planned((await event_ids(made))[0], claims)

    assert [len(move.clashes) for move in plan.moves] == [0, 1]
    assert not plan.has_trouble
    assert await changing.change(SYSTEM, plan, now=NOW) == 2


@pytest.mark.parametrize("weeks", [1, -1, 2])
async def test_a_series_moves_over_its_own_days_in_one_room(weeks: int) -> None:
    claims = await attic()
    made = await series(4, Every.week, **claims)
    first = (await event_ids(made))[0]
    await execute(
        "UPDATE event SET starts_at = starts_at + interval '14 days',"
        " ends_at = ends_at + interval '14 days'"
    )
    before = await begins(made)
    row = await queries.row_of(first)
    moved = {name: row[name] + timedelta(weeks=weeks) for name in ("starts_at", "ends_at")}

    plan = await planned(first, moved)
    await changing.change(SYSTEM, plan, now=NOW)

    assert not plan.has_trouble
    assert await begins(made) == [one + timedelta(weeks=weeks) for one in before]


async def test_every_page_that_looks_ahead_names_it(client: httpx.AsyncClient) -> None:
    claims = await attic()
    event = await pages.meeting(**claims)
    layout = Layout(Every.two_weeks, 3)
    later = event.starts_at + timedelta(weeks=2)
    await choir(1, 1, **claims, starts_at=later, ends_at=later + timedelta(hours=1))
    await sign_in(client, await factories.carla())
    path = f"/board/events/{event.slug}/series"

    looked = await client.post(path, data={"every": "two_weeks", "times": "3"})
    told = await client.post(
        f"/api/events/{event.slug}/series/days", json={"every": "two_weeks", "times": 3}
    )
    made = await laying_out.create(SYSTEM, event.id, layout, left_out=(), now=clock.now())
    step = await client.get(f"/board/series/{made}/publication")
    more = await client.post(f"/board/series/{made}/extension", data={"times": "1"})
    changes = f"{path}/changes"
    form = Filled(await client.get(changes)).found | {"scope": "all", "room_reason": "x"}
    shown = await client.post(changes, data=form)

    assert looked.text.count("In Zolder is dan ook: Koor") == 1
    assert [len(one["taken"]) for one in told.json()] == [1, 0]
    assert step.text.count("In Zolder is dan ook: Koor") == 1
    assert "In Zolder is dan ook" not in more.text
    assert shown.text.count("In Zolder is dan ook: Koor") == 1


async def publish(made: int) -> str:
    try:
        await stepping.take(SYSTEM, made, "publish", await slugs(made), now=NOW)
    except Stuck:
        return "stuck"
    return "published"


async def publish_choir(event_id: int) -> str:
    try:
        await lifecycle.take(SYSTEM, event_id, "publish", "", now=NOW)
    except Invalid:
        return "refused"
    return "published"


async def test_a_series_and_somebody_else_claim_a_room_at_the_same_moment() -> None:
    """One of them has it, whoever commits first; a series that does not is not shown at all."""
    claims = await attic()
    for n in range(6):
        event = await example(**claims, slug=f"reeks-{n}", state="draft")
        layout = Layout(Every.week, 5)
        made = await laying_out.create(SYSTEM, event.id, layout, left_out=(), now=NOW)
        other = await choir(3, 2, **claims, slug=f"koor-{n}", state="draft")

        came = await asyncio.gather(publish(made), publish_choir(other.id))

        assert sorted(came) in (["published", "refused"], ["published", "stuck"])
        assert set(await states(made)) == {"published" if came[0] == "published" else "draft"}
        await execute("UPDATE event SET state = 'cancelled'")


async def test_without_the_lock_both_would_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each looks before the other is there, and then writes."""
    claims = await attic()
    event = await example(**claims, state="draft")
    made = await laying_out.create(SYSTEM, event.id, Layout(Every.week, 2), left_out=(), now=NOW)
    other = await choir(2, 16, **claims, state="draft")
    looked = asyncio.Barrier(2)

    async def unlocked(event_id: int) -> None:
        found = await event_rooms.clashes(event_id, event_rooms.SHOWN)
        if event_id in (other.id, max(await event_ids(made))):
            await looked.wait()
        if any(not one.reason for one in found):
            raise Invalid(room_reason=TAKEN)

    monkeypatch.setattr(event_rooms, "require_free", unlocked)

    came = await asyncio.gather(publish(made), publish_choir(other.id))

    assert came == ["published", "published"]


async def test_making_a_series_claims_no_room_that_is_taken_while_it_is_made() -> None:
    """Its times are drafts: who books the room meanwhile is free to, and publishing says so."""
    claims = await attic()
    event = await example(**claims)

    async def make() -> int:
        return await laying_out.create(
            SYSTEM, event.id, Layout(Every.week, 3), left_out=(), now=NOW
        )

    other = await choir(2, 16, **claims, state="draft")
    made, booked = await asyncio.gather(make(), publish_choir(other.id))

    assert booked == "published"
    assert await publish(made) == "stuck"
    assert await states(made) == ["published", "draft", "draft"]
