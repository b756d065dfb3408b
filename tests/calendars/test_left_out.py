"""Rows that would break a calendar: left out of every feed, and told to the board."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from server.calendars import feeds, queries
from server.calendars.faults import Fault, fault_of
from server.calendars.ical import render
from server.database import execute
from tables.events import Event
from tables.registrations import CapacityUnit
from tests import factories
from tests.calendars import grammar
from tests.calendars.samples import HEADER, MADE, entry
from tests.calendars.test_feeds import PUBLIC, change, published, titles
from tests.registrations.cast import register

pytestmark = pytest.mark.anyio

START = datetime(2026, 6, 3, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, None),
        ({"starts_at": None}, Fault.dates),
        ({"starts_at": datetime(1000, 1, 1, tzinfo=UTC)}, Fault.dates),
        ({"ends_at": datetime(3000, 1, 1, tzinfo=UTC)}, Fault.dates),
        ({"changed_at": datetime.max.replace(tzinfo=UTC)}, Fault.dates),
        ({"created_at": datetime.min.replace(tzinfo=UTC)}, Fault.dates),
        ({"ends_at": START}, Fault.order),
        ({"ends_at": START - timedelta(hours=1)}, Fault.order),
        ({"ends_at": START + timedelta(days=366)}, None),
        ({"ends_at": START + timedelta(days=366, seconds=1)}, Fault.length),
    ],
)
async def test_moments_that_break_a_calendar(values: dict[str, object], why: Fault | None) -> None:
    assert fault_of(entry(**values)) is why


async def test_what_is_left_out_is_told_and_the_rest_is_as_without_it() -> None:
    broken = [
        entry(2, ends_at=START),
        entry(4, title="\x07 \u2028"),
        entry(5, categories=(None,)),
    ]

    rendered = render(HEADER, [entry(1), *broken, entry(3)])

    grammar.check(rendered.body)
    assert rendered.body == render(HEADER, [entry(1), entry(3)]).body
    assert [(one.uid[-1], one.why, one.changed_at) for one in rendered.left_out] == [
        ("2", Fault.order, MADE),
        ("4", Fault.untitled, MADE),
        ("5", Fault.unwritable, MADE),
    ]


async def write(event: Event, values: str) -> None:
    await execute(f"UPDATE event SET {values} WHERE id = $1", event.id)
    feeds.COPIES.forget()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("ends_at = starts_at - interval '1 hour'", Fault.order),
        ("ends_at = '0044-03-15 BC'", Fault.dates),
        ("ends_at = '-infinity'", Fault.dates),
        ("starts_at = '-infinity'", Fault.dates),
        ("ends_at = 'infinity'", Fault.dates),
        ("starts_at = '20000-01-01', ends_at = '20001-01-01'", Fault.dates),
        ("created_at = '20000-01-01', title = 'Anders'", Fault.dates),
        ("changed_at = 'infinity', title = 'Anders'", Fault.dates),
        ("title = E'\\u0007\\u2028'", Fault.untitled),
    ],
)
async def test_a_row_written_by_hand_is_left_out_and_told(
    unguarded: None, client: httpx.AsyncClient, values: str, why: Fault
) -> None:
    sound, broken = await published(1, title="Goed"), await published(2, title="Stuk")
    await client.get(PUBLIC)

    await write(broken, values)
    answer = await client.get(PUBLIC)
    alone = await client.get("/events/pijndag-2/event.ics")

    grammar.check(answer.content)
    grammar.check(alone.content)
    assert [titles(answer.content), titles(alone.content)] == [["Goed"], []]
    (told,) = await queries.left_out()
    assert (told.why, told.kind, told.path) == (why, "event", "/events/pijndag-2")
    assert told.feeds == ("event", "public")
    assert sound.slug == "pijndag-1"


async def test_what_is_repaired_is_back_and_told_no_more(
    unguarded: None, client: httpx.AsyncClient
) -> None:
    event = await published(1, title="Dag", ends_at=factories.NOON, starts_at=factories.NOON)
    assert titles((await client.get(PUBLIC)).content) == []
    assert [one.title("en") for one in await queries.left_out()] == ["Dag"]

    await change(event, ends_at=factories.NOON + timedelta(hours=1))

    assert await queries.left_out() == []  # before anybody has fetched
    assert titles((await client.get(PUBLIC)).content) == ["Dag"]
    assert await execute("SELECT left_out FROM feed_state") == [{"left_out": "[]"}]


async def test_a_broken_entry_that_is_new_is_told_though_the_bytes_stay(
    unguarded: None, client: httpx.AsyncClient
) -> None:
    before = await client.get(PUBLIC)
    await published(1, ends_at=factories.NOON, starts_at=factories.NOON)
    after = await client.get(PUBLIC)

    assert (after.content, after.headers) == (before.content, before.headers)
    assert len(await queries.left_out()) == 1


async def test_a_personal_feed_tells_what_it_leaves_out(unguarded: None) -> None:
    anna = await factories.anna()
    event, _ = await factories.open_event(5)
    await register(anna, event.id)
    own = feeds.personal(anna.id, "nl")
    await own.stored(factories.NOON)
    await write(event, "ends_at = starts_at")

    stored = await own.stored(factories.NOON)

    assert grammar.entries(stored.body) == []
    assert [one.feeds for one in await queries.left_out()] == [("personal",)]


@pytest.mark.parametrize("due", ["'infinity'", "'20000-01-01'"])
async def test_an_absurd_deadline_breaks_no_feed(client: httpx.AsyncClient, due: str) -> None:
    event = await published(1)
    await CapacityUnit(event=event.id, capacity=10).save()
    await execute(f"UPDATE event SET registration_closes_at = {due} WHERE id = $1", event.id)

    answer = await client.get("/calendars/deadlines.ics")

    grammar.check(answer.content)
    assert grammar.entries(answer.content) == []
    (told,) = await queries.left_out()
    assert (told.kind, told.why, told.path) == ("deadline", Fault.dates, "/events/pijndag-1")
