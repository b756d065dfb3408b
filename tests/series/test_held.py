"""What was held stays as it was, also when a whole series changes: and that is said."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.series import changing, queries, stepping
from server.series.refusals import WasHeldThen
from server.series.rules import Scope
from tests import factories
from tests.clients import sign_in
from tests.registrations.test_planning import Filled
from tests.series import test_pages as pages
from tests.series.cast import NOW, at, event_ids, series, slugs, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
BY_THE_WAY = at(3, 20)


async def plan(event_id: int, scope: Scope, *, now: object = BY_THE_WAY) -> changing.Plan:
    was = await queries.row_of(event_id)
    asked = {**was, "title": "Intervisie"}
    return await changing.plan(SYSTEM, event_id, asked, scope, "nl", now=now)  # type: ignore[arg-type]


async def listed(event_id: int, state: str) -> None:
    """Who was there is written down."""
    await execute(
        "INSERT INTO presence_list (event, state, created_at, changed_at)"
        " VALUES ($1, $2, now(), now())",
        *(event_id, state),
    )


async def titles(made: int) -> list[str]:
    return [one.title_nl for one in await queries.occurrences(made)]


async def test_those_that_are_over_stay_and_are_named() -> None:
    made = await series(4)
    await stepping.take(SYSTEM, made, "complete", (await slugs(made))[:1], now=BY_THE_WAY)
    third = (await event_ids(made))[2]

    found = await plan(third, Scope.all)
    await changing.change(SYSTEM, found, now=BY_THE_WAY)

    assert found.stay == [at(2, 9), at(3, 9)]
    assert await titles(made) == ["Casuïstiek", "Casuïstiek", "Intervisie", "Intervisie"]


async def test_one_that_is_over_is_refused_in_words() -> None:
    made = await series(3)
    first = (await event_ids(made))[0]

    with pytest.raises(Invalid) as no:
        await plan(first, Scope.this)

    assert no.value.fields == {"scope": "series.invalid.over"}


async def test_from_one_that_is_over_the_following_change() -> None:
    made = await series(3)
    first = (await event_ids(made))[0]

    found = await plan(first, Scope.following)

    assert [move.was_at for move in found.moves] == [at(4, 13)]
    assert found.stay == [at(2, 9), at(3, 9)]


async def test_one_where_it_is_written_down_who_was_there_does_not_move() -> None:
    made = await series(3)
    ids = await event_ids(made)
    await listed(ids[1], "settled")
    was = await queries.row_of(ids[0])
    asked = {name: was[name] + timedelta(hours=1) for name in ("starts_at", "ends_at")}

    found = await changing.plan(SYSTEM, ids[0], {**was, **asked}, Scope.all, "nl", now=NOW)

    assert [move.trouble for move in found.moves] == ["", "events.refusal.was_held", ""]
    with pytest.raises(Invalid):
        await changing.change(SYSTEM, found, now=NOW)


async def test_cancelling_says_at_which_time_people_were() -> None:
    made = await series(3)
    await listed((await event_ids(made))[1], "drawn")

    with pytest.raises(WasHeldThen) as no:
        await stepping.take(SYSTEM, made, "cancel", await slugs(made), reason="Ziek", now=NOW)

    assert no.value.values == {"when": "09-03-2027, 20.00"}
    assert await states(made) == ["published"] * 3


async def test_the_page_names_what_stays(client: httpx.AsyncClient) -> None:
    made = await pages.series(3)
    first, second, _ = await queries.occurrences(made)
    begun = clock.now() - timedelta(minutes=5)
    await execute("UPDATE event SET starts_at = $2 WHERE id = $1", first.id, begun)
    await sign_in(client, await factories.carla())
    path = f"/board/events/{second.slug}/series/changes"
    form = Filled(await client.get(path)).found | {"scope": "all", "title": "Intervisie"}

    shown = await client.post(path, data=form)
    told = await client.post(
        f"/api/events/{second.slug}/series/changes", json={"scope": "all", "title": "Intervisie"}
    )

    assert "Eén keer blijft zoals die is, want die is al begonnen of afgezegd:" in shown.text
    assert told.json() == {"events": 2, "people": 0, "stayed": 1}
