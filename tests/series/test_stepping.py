"""Announcing, publishing, cancelling and ending several events of a series at once."""

import pytest

from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid, WrongState
from server.series import queries, stepping
from server.series.refusals import NothingLeft
from tests import factories
from tests.clients import letters
from tests.registrations.cast import register
from tests.series.cast import NOW, at, event_ids, row, series, slugs, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def test_those_that_are_named_are_published() -> None:
    made = await series(4, is_published=False)

    count = await stepping.take(SYSTEM, made, "publish", (await slugs(made))[:3], now=NOW)

    assert count == 2
    assert await states(made) == ["published", "published", "published", "draft"]


async def test_announced_first_and_published_later() -> None:
    made = await series(3, is_published=False)

    await stepping.take(SYSTEM, made, "announce", await slugs(made), now=NOW)
    before = await states(made)
    await stepping.take(SYSTEM, made, "publish", await slugs(made), now=NOW)

    assert before == ["published", "announced", "announced"]
    assert await states(made) == ["published"] * 3


async def test_what_is_over_is_completed_and_nothing_else() -> None:
    made = await series(3)

    count = await stepping.take(SYSTEM, made, "complete", await slugs(made), now=at(3, 10))

    assert count == 2
    assert await states(made) == ["completed", "completed", "published"]


async def test_what_is_over_is_neither_published_nor_cancelled() -> None:
    made = await series(2, is_published=False)
    found = await queries.occurrences(made)

    able = {
        action: len(stepping.possible(SYSTEM, found, action, now=at(6, 1)))
        for action in ("announce", "publish", "cancel", "complete", "discard", "end")
    }

    assert able == {
        **{"announce": 0, "publish": 0, "cancel": 0, "complete": 1, "discard": 1, "end": 0}
    }


async def test_who_has_several_places_hears_of_the_cancellation_once() -> None:
    made = await series(4)
    anna, dirk = await factories.anna(), await factories.dirk()
    ids = await event_ids(made)
    for event_id in ids[:3]:
        await register(anna, event_id, now=NOW)
    await register(dirk, ids[1], now=NOW)
    await execute("DELETE FROM outbox_letter")

    await stepping.take(
        SYSTEM, made, "cancel", (await slugs(made))[1:], reason="Verbouwing", now=NOW
    )

    assert await states(made) == ["published", "cancelled", "cancelled", "cancelled"]
    assert sorted(await letters()) == [
        ("event_cancelled", "dirk@example.com"),
        ("series_cancelled", "anna@example.com"),
    ]
    rows = await execute("SELECT values FROM outbox_letter WHERE kind = 'series_cancelled'")
    said = rows[0]["values"]
    assert "9 maart 2027" in said
    assert "13 april 2027" in said
    assert "9 februari 2027" not in said
    assert "Verbouwing" in said


async def test_the_board_sees_whom_before() -> None:
    made = await series(3)
    anna = await factories.anna()
    ids = await event_ids(made)
    await register(anna, ids[0], now=NOW)
    await register(anna, ids[2], now=NOW)

    assert await queries.involved(ids) == {ids[0]: {anna.id}, ids[1]: set(), ids[2]: {anna.id}}


async def test_cancelling_has_a_reason() -> None:
    made = await series(2)

    with pytest.raises(Invalid) as no:
        await stepping.take(SYSTEM, made, "cancel", await slugs(made), reason=" ", now=NOW)

    assert no.value.fields == {"reason": "events.invalid.reason"}
    assert await states(made) == ["published", "published"]


async def test_when_somebody_was_first_it_is_said() -> None:
    made = await series(2)

    with pytest.raises(NothingLeft):
        await stepping.take(SYSTEM, made, "publish", await slugs(made), now=NOW)
    with pytest.raises(NothingLeft):
        await stepping.take(SYSTEM, made, "discard", ["of-another-series"], now=NOW)


async def test_drafts_are_taken_away_and_what_was_shown_stays() -> None:
    made = await series(3, is_published=False)

    assert await stepping.take(SYSTEM, made, "discard", await slugs(made), now=NOW) == 2

    assert await states(made) == ["published"]


async def test_ending_cancels_what_was_shown_and_takes_drafts_away() -> None:
    made = await series(4, is_published=False)
    await stepping.take(SYSTEM, made, "publish", (await slugs(made))[:2], now=NOW)

    lapsed = await stepping.end(
        SYSTEM, made, (await slugs(made))[1:], reason="Geen begeleider", now=NOW
    )

    assert lapsed == 3
    assert await states(made) == ["published", "cancelled"]
    after = await row(made)
    assert (after["state"], after["rule"][-16:]) == ("ended", "20270209T190000Z")


async def test_ending_with_what_was_shown_has_a_reason() -> None:
    made = await series(2)

    with pytest.raises(Invalid):
        await stepping.end(SYSTEM, made, await slugs(made), now=NOW)

    assert (await row(made))["state"] == "running"
    assert await states(made) == ["published", "published"]


async def test_a_series_ends_once() -> None:
    made = await series(2)
    await stepping.end(SYSTEM, made, [], now=NOW)

    with pytest.raises(WrongState):
        await stepping.end(SYSTEM, made, [], now=NOW)
    await stepping.resume(SYSTEM, made)
    with pytest.raises(WrongState):
        await stepping.resume(SYSTEM, made)

    assert await states(made) == ["published", "published"]
