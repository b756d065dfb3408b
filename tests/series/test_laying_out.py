"""A series is made of an event: each time an event of its own, with what belongs to its plan."""

from datetime import UTC, date, datetime

import pytest

from server import clock
from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.events import service as events
from server.events import timetable
from server.events.refusals import WasShown
from server.questions import queries as questions
from server.registrations import organising
from server.series import laying_out, queries, stepping
from server.series.refusals import Full, HasEnded, InSeries, NotRepeatable
from server.series.rules import Every, Layout
from tests import factories
from tests.questions.cast import asks, question
from tests.registrations.cast import crowd
from tests.series.cast import (
    LASTS,
    NOW,
    TUESDAY,
    at,
    begins,
    event_ids,
    example,
    row,
    series,
    slugs,
    states,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
LINK = "https://vergaderen.example.org/geheim"


async def test_each_time_is_an_event_of_its_own() -> None:
    event = await example(online_url=LINK, mode="online")
    await crowd(event.id, 2)
    part = {"title": "Inbreng", "starts_at": TUESDAY, "ends_at": at(2, 9, 21)}
    await timetable.add(SYSTEM, event.id, part, now=NOW)
    await asks(event.id, question("Wat brengt u in?"))

    made = await laying_out.create(SYSTEM, event.id, Layout(Every.month, 3), left_out=(), now=NOW)

    rows = await execute(
        "SELECT id, slug, uid, state, online_url, starts_at, ends_at FROM event WHERE series = $1"
        " ORDER BY starts_at",
        made,
    )
    assert [one["slug"] for one in rows] == [
        *(event.slug, "casuistiek-2027-03-09", "casuistiek-2027-04-13")
    ]
    assert [one["state"] for one in rows] == ["published", "draft", "draft"]
    assert [one["online_url"] for one in rows] == [LINK, "", ""]
    assert len({one["uid"] for one in rows}) == 3
    assert (rows[2]["starts_at"], rows[2]["ends_at"]) == (at(4, 13), at(4, 13, 21, 30))
    last = rows[2]["id"]
    assert [one.starts_at for one in await timetable.parts(last)] == [at(4, 13)]
    assert [one.label_nl for one in await questions.of_event(last)] == ["Wat brengt u in?"]
    people = "SELECT event, count(*)::int AS n FROM registration GROUP BY event"
    assert await execute(people) == [{"event": event.id, "n": 2}]


async def test_the_rule_is_an_rrule_with_its_end_in_utc() -> None:
    made = await row(await series(3))

    assert made["rule"] == "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270413T180000Z"
    assert (made["timezone"], made["starts_at"]) == ("Europe/Amsterdam", TUESDAY)


async def test_a_day_that_is_left_out_is_not_made() -> None:
    event = await example()
    layout = Layout(Every.week, until=date(2027, 3, 2))

    made = await laying_out.create(SYSTEM, event.id, layout, left_out={"2027-02-23"}, now=NOW)

    assert [one.day for one in await begins(made)] == [9, 16, 2]


async def test_the_missing_hour_is_refused_until_that_day_is_left_out() -> None:
    starts_at = datetime(2027, 3, 21, 2, 30, tzinfo=AMSTERDAM)
    event = await example(starts_at=starts_at)
    layout = Layout(Every.week, 3)
    with pytest.raises(Invalid) as no:
        await laying_out.create(SYSTEM, event.id, layout, left_out=(), now=NOW)

    made = await laying_out.create(SYSTEM, event.id, layout, left_out={"2027-03-28"}, now=NOW)

    assert no.value.fields == {"days": "errors.field.missing_hour"}
    assert [(one.month, one.day) for one in await begins(made)] == [(3, 21), (4, 4)]


async def test_times_that_are_over_are_not_made() -> None:
    event = await example(state="completed")
    now = at(3, 1)

    made = await laying_out.create(SYSTEM, event.id, Layout(Every.week, 5), left_out=(), now=now)

    assert [(one.month, one.day) for one in await begins(made)] == [(2, 9), (3, 2), (3, 9)]


async def test_nothing_left_is_refused() -> None:
    event = await example()

    with pytest.raises(Invalid) as no:
        days = {"2027-02-16"}
        await laying_out.create(SYSTEM, event.id, Layout(Every.week, 2), left_out=days, now=NOW)

    assert no.value.fields == {"days": "series.invalid.none"}
    assert await execute("SELECT 1 FROM event_series") == []


async def test_an_event_is_in_one_series_only() -> None:
    made = await series(2)

    with pytest.raises(InSeries):
        first = (await event_ids(made))[0]
        await laying_out.create(SYSTEM, first, Layout(Every.week, 2), left_out=(), now=NOW)


@pytest.mark.parametrize("state", ["cancelled", "postponed", "archived"])
async def test_what_does_not_go_on_is_no_example(state: str) -> None:
    event = await example(state=state)

    with pytest.raises(NotRepeatable):
        await laying_out.create(SYSTEM, event.id, Layout(Every.week, 2), left_out=(), now=NOW)


async def test_who_does_not_manage_the_event_makes_no_series() -> None:
    event, dirk = await example(), await factories.dirk()

    with pytest.raises(NotFound):
        actor = factories.acting(dirk)
        await laying_out.create(actor, event.id, Layout(Every.week, 2), left_out=(), now=NOW)


async def test_how_often_must_fit_the_day() -> None:
    event = await example()

    with pytest.raises(Invalid) as no:
        await laying_out.look(event.id, Layout(Every.month_last, 3), now=NOW)

    assert no.value.fields == {"every": "errors.field.choice"}


async def test_more_comes_behind_the_last_after_its_example() -> None:
    made = await series(2)
    last = (await event_ids(made))[-1]
    await organising.change_event(SYSTEM, last, {"title": "Casuïstiek met gast"}, now=NOW)
    view = await queries.get(SYSTEM, made, now=NOW)

    count = await laying_out.extend(SYSTEM, view, Layout(view.every, 2), left_out=(), now=NOW)

    assert count == 2
    assert await begins(made) == [at(2, 9), at(3, 9), at(4, 13), at(5, 11)]
    assert await states(made) == ["published", "published", "draft", "draft"]
    titles = [one.title_nl for one in await queries.occurrences(made)]
    assert titles == ["Casuïstiek", *["Casuïstiek met gast"] * 3]
    assert (await row(made))["rule"].endswith("UNTIL=20270511T180000Z")


async def test_a_page_that_is_old_extends_nothing() -> None:
    made = await series(2)
    view = await queries.get(SYSTEM, made, now=NOW)
    layout = Layout(view.every, 1)
    await laying_out.extend(SYSTEM, view, layout, left_out=(), now=NOW)

    with pytest.raises(Stale):
        await laying_out.extend(SYSTEM, view, layout, left_out=(), now=NOW)

    assert len(await slugs(made)) == 3


async def test_no_more_than_sixty_are_to_come() -> None:
    made = await series(60, Every.week, is_published=False)
    view = await queries.get(SYSTEM, made, now=NOW)

    with pytest.raises(Full) as no:
        await laying_out.extend(SYSTEM, view, Layout(view.every, 1), left_out=(), now=NOW)

    assert no.value.values == {"most": 60, "coming": 60}


async def test_one_time_more_on_a_day_of_its_own() -> None:
    made = await series(2)

    await laying_out.add(SYSTEM, made, at(2, 18, 19), now=NOW)

    assert await begins(made) == [at(2, 9), at(2, 18, 19), at(3, 9)]
    assert [one.ends_at for one in await queries.occurrences(made)][1] == at(2, 18, 20, 30)


@pytest.mark.parametrize(
    ("starts_at", "key"),
    [
        (at(3, 9), "series.invalid.taken"),
        (at(1, 4), "series.invalid.past"),
        (
            datetime(2027, 3, 28, 2, 30, tzinfo=AMSTERDAM),
            "errors.field.missing_hour",
        ),
    ],
)
async def test_a_day_that_cannot_be_is_refused(starts_at: datetime, key: str) -> None:
    made = await series(2)

    with pytest.raises(Invalid) as no:
        await laying_out.add(SYSTEM, made, starts_at, now=NOW)

    assert no.value.fields == {"starts_at": key}


async def test_the_moment_of_a_cancelled_one_is_free_again() -> None:
    made = await series(2)
    await stepping.take(SYSTEM, made, "cancel", [(await slugs(made))[1]], reason="Ziek", now=NOW)

    await laying_out.add(SYSTEM, made, at(3, 9), now=NOW)

    assert await states(made) == ["published", "cancelled", "draft"]


async def test_a_series_that_ended_grows_no_more_until_it_is_resumed() -> None:
    made = await series(2)
    await stepping.end(SYSTEM, made, [], now=NOW)
    view = await queries.get(SYSTEM, made, now=NOW)
    layout = Layout(view.every, 1)

    with pytest.raises(HasEnded):
        await laying_out.add(SYSTEM, made, at(5, 1), now=NOW)
    with pytest.raises(HasEnded):
        await laying_out.look_further(made, layout, now=NOW)
    await stepping.resume(SYSTEM, made)
    view = await queries.get(SYSTEM, made, now=NOW)
    await laying_out.extend(SYSTEM, view, layout, left_out=(), now=NOW)

    assert await begins(made) == [at(2, 9), at(3, 9), at(4, 13)]


async def test_a_draft_goes_only_when_nothing_belongs_to_it() -> None:
    shown = await example()
    draft = await factories.event(state="draft")
    await crowd(shown.id, 1)

    await events.discard(SYSTEM, draft.id)

    with pytest.raises(WasShown):
        await events.discard(SYSTEM, shown.id)
    with pytest.raises(WasShown):
        await events.discard(SYSTEM, draft.id)

    assert await execute("SELECT id FROM event") == [{"id": shown.id}]


async def test_the_trail_says_who_made_it() -> None:
    carla = await factories.carla()
    event = await example()
    actor = factories.acting(carla, roles=("board",))

    await laying_out.create(actor, event.id, Layout(Every.week, 2), left_out=(), now=clock.now())

    found = await execute(
        "SELECT action, entity FROM audit_entry WHERE entity IN ('event_series', 'event')"
        " AND actor_id = $1 ORDER BY id",
        carla.id,
    )
    assert [(one["action"], one["entity"]) for one in found] == [
        ("create", "event_series"),
        ("change", "event"),
        ("create", "event"),
        ("copy", "event"),
    ]


async def test_one_time_more_in_the_second_of_two_hours() -> None:
    made = await series(2)
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)

    await laying_out.add(SYSTEM, made, second, now=NOW)
    with pytest.raises(Invalid) as no:
        await laying_out.add(SYSTEM, made, second, now=NOW)

    added = (await queries.occurrences(made))[-1]
    assert (added.starts_at, added.ends_at) == (second, second + LASTS)
    assert no.value.fields == {"starts_at": "series.invalid.taken"}
