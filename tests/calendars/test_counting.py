"""Counts of fetches: in memory, written each minute, and what is read from them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from server import clock, database, settings
from server.calendars import counting, figures, service
from server.calendars.counting import FETCHES, Fetches
from server.database import execute
from tables.calendars import FeedFetch
from tables.groups import WorkingGroup
from tests import factories
from tests.calendars.conftest import LOCAL, asking
from tests.calendars.test_feeds import PUBLIC, published
from tests.calendars.test_personal import path, signed_in

pytestmark = pytest.mark.anyio

GOOGLE = {"user-agent": "Google-Calendar-Importer"}
APPLE = {"user-agent": "macOS/26.1 (25B78) CalendarAgent/1147"}
TODAY = date(2027, 6, 10)


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    FETCHES.clear()


@pytest.fixture
async def from_elsewhere(db: None) -> AsyncIterator[httpx.AsyncClient]:
    settings.use(LOCAL)
    async with asking("203.0.113.9") as client:
        yield client


async def written() -> list[tuple[object, ...]]:
    await FETCHES.flush()
    rows = await execute("SELECT key, client, fetches, readers FROM feed_fetch ORDER BY 1, 2")
    return [tuple(row.values()) for row in rows]


async def test_fetches_are_counted_by_feed_and_family(
    client: httpx.AsyncClient, from_elsewhere: httpx.AsyncClient
) -> None:
    await published(1)
    first = await client.get(PUBLIC, headers=GOOGLE)
    await client.get(PUBLIC, headers=GOOGLE | {"if-none-match": first.headers["etag"]})
    await client.get(f"{PUBLIC}?lang=en", headers=GOOGLE)
    await client.get(PUBLIC, headers=APPLE)
    await from_elsewhere.get(PUBLIC, headers=APPLE)
    await client.get("/events/pijndag-1/event.ics", headers={"user-agent": "curl/8"})

    assert await written() == [
        ("event", "", 1, 1),
        ("public", "Apple", 2, 2),
        ("public", "Google", 3, 1),
    ]


async def test_a_look_a_miss_and_a_wrong_method_are_no_fetch(client: httpx.AsyncClient) -> None:
    await client.head(PUBLIC)
    await client.head(PUBLIC)
    await client.post(PUBLIC)
    await client.get("/calendars/groups/nergens.ics")
    await client.get(path("A" * 43))

    assert await written() == []


async def test_secret_addresses_are_counted_together(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    tokens = [await service.create_token(signed_in(anna), "x", now=clock.now()) for _ in range(2)]

    for token in (*tokens, *tokens, tokens[0]):
        await client.get(path(token), headers=APPLE)

    assert await written() == [("personal", "Apple", 5, 2)]


async def test_a_poll_asks_the_database_nothing_and_a_minute_one_statement(
    client: httpx.AsyncClient,
) -> None:
    await client.get(PUBLIC, headers=GOOGLE)
    await FETCHES.flush()
    await client.get(PUBLIC, headers=GOOGLE)
    counter = [0]
    database.STATEMENTS.set(counter)
    commits = database.ENGINE.commits

    asked = []
    for _ in range(3):  # two seconds may be over, or the listener may only just have begun
        before = counter[0]
        for number in range(20):
            await client.get(PUBLIC, headers=(GOOGLE, APPLE)[number % 2])
        asked.append(counter[0] - before)
    await FETCHES.flush()
    await FETCHES.flush()

    assert [min(asked), counter[0] - sum(asked)] == [0, 1]
    assert database.ENGINE.commits == commits  # nobody has to look at a feed anew for it


async def test_two_processes_add_up(db: None) -> None:
    both = [Fetches(), Fetches()]
    now = clock.now()
    for one in both:
        one.personal("Apple", now, is_first=True)
        await one.flush()
        one.personal("Apple", now, is_first=False)
        await one.flush()

    (row,) = await execute("SELECT fetches, readers, last_at FROM feed_fetch")
    assert (row["fetches"], row["readers"]) == (4, 2)
    assert abs(row["last_at"] - now) < timedelta(milliseconds=1)


async def test_without_a_database_counts_are_kept(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_sql: str, *_arguments: object) -> None:
        raise OSError

    counts = Fetches()
    counts.personal("Apple", clock.now(), is_first=True)
    with monkeypatch.context() as patch:
        patch.setattr(counting, "execute", away)
        await counts.flush()
    counts.personal("Apple", clock.now(), is_first=False)
    await counts.flush()

    assert await execute("SELECT fetches, readers FROM feed_fetch") == [
        {"fetches": 2, "readers": 1}
    ]


async def test_the_end_of_a_process_writes_what_it_has(db: None) -> None:
    async with counting.writing():
        FETCHES.personal("Apple", clock.now(), is_first=True)

    assert await execute("SELECT fetches FROM feed_fetch") == [{"fetches": 1}]


def test_a_new_day_knows_nobody_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, scope = Fetches(), {"method": "GET", "headers": [], "client": ("203.0.113.1", 1)}
    late = datetime(2027, 6, 10, 21, 59, 59, tzinfo=UTC)  # a second before midnight
    for moment in (late, late, late + timedelta(seconds=2)):
        monkeypatch.setattr(clock, "today", lambda moment=moment: clock.day_of(moment))
        monkeypatch.setattr(counting.time, "time", moment.timestamp)
        counts.open("public:nl", scope)  # type: ignore[arg-type]

    found = {line[2]: (one.fetches, one.readers) for line, one in counts._counts.items()}
    assert found == {date(2027, 6, 10): (2, 1), date(2027, 6, 11): (1, 1)}


async def fetched(days_ago: int, client: str, fetches: int, readers: int, key: str) -> None:
    day = TODAY - timedelta(days=days_ago)
    last = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    await FeedFetch(
        key=key, client=client, day=day, fetches=fetches, readers=readers, last_at=last
    ).save()


async def test_how_often_a_program_asks_is_measured_from_whole_days(db: None) -> None:
    await fetched(1, "Google", 20, 10, "personal")
    await fetched(2, "Google", 30, 15, "personal")
    await fetched(0, "Google", 1, 1, "personal")  # a day that is not over
    await fetched(40, "Google", 9000, 1, "personal")  # long ago
    await fetched(1, "Google", 9000, 1, "public")  # nobody knows how many stand behind it
    await fetched(1, "Apple", 24 * 19, 19, "personal")  # too few to say anything of
    await fetched(1, "Thunderbird", 240, 10, "personal")
    await fetched(1, "Nextcloud", 240, 10, "personal")

    assert await figures.pace(TODAY) == {"google": 720, "others": 60}


@pytest.mark.parametrize(
    ("fetches", "minutes"), [(14, 600), (20, 420), (96, 90), (1440, 6), (1300, 7), (99999, 1)]
)
async def test_a_measured_time_is_no_more_exact_than_true(
    db: None, fetches: int, minutes: int
) -> None:
    await fetched(1, "Google", fetches * 20, 120, "personal")

    assert await figures.pace(TODAY) == {"google": minutes}


async def test_every_feed_is_listed_with_who_reads_it(db: None) -> None:
    group = WorkingGroup(name="Onderzoek", name_en="Research", slug="onderzoek")
    await group.save()
    key = f"group:{group.id}"
    await fetched(0, "Apple", 3, 2, key)
    await fetched(1, "Apple", 7, 4, key)
    await fetched(2, "Apple", 7, 7, key)
    await fetched(1, "Google", 1, 1, key)
    await fetched(90, "Google", 1, 1, "public")

    found = {one.key: one for one in await figures.of_feeds(TODAY)}

    assert set(found) == {"public", "deadlines", "event", key}
    assert found["deadlines"].uses == []
    uses = [(use.client, use.fetches, use.readers) for use in found[key].uses]
    assert uses == [("Apple", 17, 6), ("Google", 1, 1)]
    assert found[key].name("en") == "Research"
    (old,) = found["public"].uses
    assert (old.fetches, old.readers, old.last_at.date()) == (0, 0, TODAY - timedelta(days=90))


async def test_statistics_of_long_ago_are_forgotten(db: None) -> None:
    for days in (399, 400, 401):
        await fetched(days, "Apple", 1, 1, "public")

    await counting.forget(datetime(2027, 6, 10, 12, tzinfo=UTC))

    assert len(await execute("SELECT 1 FROM feed_fetch")) == 2


async def test_the_counts_hold_nothing_of_anybody(from_elsewhere: httpx.AsyncClient) -> None:
    await from_elsewhere.get(PUBLIC, headers={"user-agent": "Anna's own agent, anna@example.org"})
    await FETCHES.flush()

    rows = str(await execute("SELECT * FROM feed_fetch"))
    assert "203.0.113.9" not in rows
    assert "anna" not in rows.lower()
    assert "203.0.113.9" not in str(FETCHES)
