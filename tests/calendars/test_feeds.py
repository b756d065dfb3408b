"""Feeds over HTTP on a real database: what is in them, and when their bytes change."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import httpx
import msgspec
import pytest

from server import database, settings
from server.calendars import entries, feeds, service
from server.calendars.faults import Rendered
from server.calendars.ical import vevent
from server.database import execute, transaction
from tables.events import Event, EventState, Venue, Visibility
from tables.groups import GroupMembership, WorkingGroup
from tests import factories
from tests.calendars import grammar
from tests.calendars.conftest import LOCAL, asking

pytestmark = pytest.mark.anyio

PUBLIC = "/calendars/public.ics"
NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
SECRET_LINK = "https://meet.example.org/geheim-123"


async def published(number: int = 1, **values: object) -> Event:
    given: dict[str, object] = {
        "state": EventState.published,
        "published_at": NOW,
        "uid": UUID(int=number),
        "slug": f"pijndag-{number}",
    }
    return await factories.event(**{**given, **values})


async def change(event: Event, **values: object) -> None:
    """As a service does it: one UPDATE of named columns in a transaction."""
    async with transaction():
        names = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(values, start=2))
        await execute(f"UPDATE event SET {names} WHERE id = $1", event.id, *values.values())


def titles(feed: bytes) -> list[str]:
    return [grammar.value(entry, "SUMMARY") for entry in grammar.entries(feed)]


async def test_an_empty_feed_is_a_whole_calendar(client: httpx.AsyncClient) -> None:
    answer = await client.get(PUBLIC)

    assert answer.status_code == 200
    grammar.check(answer.content)
    assert titles(answer.content) == []


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (EventState.draft, []),
        (EventState.announced, []),
        (EventState.published, ["CONFIRMED"]),
        (EventState.postponed, ["TENTATIVE"]),
        (EventState.cancelled, ["CANCELLED"]),
        (EventState.completed, ["CONFIRMED"]),
        (EventState.archived, []),
    ],
)
async def test_which_states_are_in_the_public_feed(
    client: httpx.AsyncClient, state: EventState, shown: list[str]
) -> None:
    await published(state=state)

    answer = await client.get(PUBLIC)

    grammar.check(answer.content)
    found = [grammar.value(entry, "STATUS") for entry in grammar.entries(answer.content)]
    assert found == shown


async def test_what_is_not_public_is_in_no_open_feed(client: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    await published(1, visibility=Visibility.members, title="Leden", group=group.id)
    await published(2, visibility=Visibility.group, title="Besloten", group=group.id)
    await published(3, title="Open", group=group.id)
    await published(4, state=EventState.cancelled, published_at=None, title="Nooit getoond")

    assert titles((await client.get(PUBLIC)).content) == ["Open"]
    assert titles((await client.get("/calendars/groups/onderzoek.ics")).content) == ["Open"]
    assert (await client.get("/events/pijndag-1/event.ics")).status_code == 404
    assert titles((await client.get("/events/pijndag-3/event.ics")).content) == ["Open"]


async def test_only_open_groups_have_a_feed(client: httpx.AsyncClient) -> None:
    await WorkingGroup(name="Dicht", slug="dicht", is_public=False).save()
    await WorkingGroup(name="Plan", slug="plan", state="proposed").save()
    await WorkingGroup(name="Oud", slug="oud", state="concluded").save()
    paths = [f"/calendars/groups/{slug}.ics" for slug in ("dicht", "plan", "oud", "geen")]

    answers = [await client.get(path) for path in [*paths, "/calendars/groups/oud"]]

    assert [answer.status_code for answer in answers] == [404, 404, 200, 404, 404]
    assert {answer.content for answer in answers if answer.status_code == 404} == {b"Not found.\n"}
    assert answers[0].headers["cache-control"] == "no-store"


async def test_the_window_begins_with_the_month_a_year_ago(db: None) -> None:
    settings.use(LOCAL)
    edge = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)  # midnight in Amsterdam
    for number, ends in enumerate([edge - timedelta(seconds=1), edge, edge + timedelta(days=40)]):
        starts = ends - timedelta(hours=2)
        await published(number + 1, title=f"nr {number}", starts_at=starts, ends_at=ends)

    shown = await entries.public_entries("nl", NOW)
    end_of_month = await entries.public_entries("nl", datetime(2027, 1, 31, 22, 59, tzinfo=UTC))
    next_month = await entries.public_entries("nl", datetime(2027, 1, 31, 23, 1, tzinfo=UTC))

    assert sorted(entry.title for entry in shown) == ["nr 1", "nr 2"]
    assert end_of_month == shown
    assert [entry.title for entry in next_month] == ["nr 2"]


async def test_a_cancelled_event_leaves_a_fortnight_after_its_end(
    client: httpx.AsyncClient,
) -> None:
    event = await published(state=EventState.cancelled)

    before = await entries.public_entries("nl", event.ends_at + timedelta(days=14))
    after = await entries.public_entries("nl", event.ends_at + timedelta(days=14, seconds=1))

    assert [len(before), len(after)] == [1, 0]


async def test_a_moved_event_says_so_until_the_new_date(client: httpx.AsyncClient) -> None:
    old = datetime(2025, 6, 3, 7, 30, tzinfo=UTC)
    event = await published(moved_from_at=old)

    before = await entries.public_entries("nl", event.starts_at - timedelta(seconds=1))
    after = await entries.public_entries("nl", event.starts_at)
    english = await entries.public_entries("en", event.starts_at - timedelta(seconds=1))

    assert [entry.notes for entry in before] == [("Verplaatst van di 3 juni 09.30 uur",)]
    assert [entry.notes for entry in after] == [()]
    assert [entry.notes for entry in english] == [("Moved from Tue 3 June 09:30",)]


async def test_the_english_address_has_english_titles(client: httpx.AsyncClient) -> None:
    await published(1, title="Pijndag", title_en="Pain day")
    await published(2, title="Alleen Nederlands")

    answer = await client.get(f"{PUBLIC}?lang=en", headers={"cookie": "lang=nl"})
    dutch = await client.get(PUBLIC, headers={"cookie": "lang=en", "accept-language": "en"})

    assert titles(answer.content) == ["Pain day", "Alleen Nederlands"]
    assert titles(dutch.content) == ["Pijndag", "Alleen Nederlands"]


async def test_an_unchanged_feed_answers_304(client: httpx.AsyncClient) -> None:
    await published()
    first = await client.get(PUBLIC)

    by_etag = await client.get(PUBLIC, headers={"if-none-match": first.headers["etag"]})
    by_date = await client.get(
        PUBLIC, headers={"if-modified-since": first.headers["last-modified"]}
    )
    again = await client.get(PUBLIC)

    for answer in (by_etag, by_date):
        assert (answer.status_code, answer.content) == (304, b"")
        for name in ("etag", "last-modified", "cache-control", "vary"):
            assert answer.headers[name] == first.headers[name]
    assert (again.content, again.headers) == (first.content, first.headers)


async def test_the_headers_of_an_open_feed(client: httpx.AsyncClient) -> None:
    answer = await client.get(PUBLIC)

    length = str(len(answer.content))
    assert dict(answer.headers) == {
        "content-type": "text/calendar; charset=utf-8",
        "content-disposition": 'inline; filename="agenda.ics"',
        "content-length": length,
        "cache-control": "public, max-age=900",
        "access-control-allow-origin": "*",
        "vary": "Accept-Encoding",
        "etag": answer.headers["etag"],
        "last-modified": answer.headers["last-modified"],
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "strict-origin-when-cross-origin",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
    }


async def test_gzip_is_stored_beside_the_plain_body(client: httpx.AsyncClient) -> None:
    await published()
    plain = await client.get(PUBLIC)

    async with client.stream("GET", PUBLIC, headers={"accept-encoding": "gzip"}) as zipped:
        raw = b"".join([part async for part in zipped.aiter_raw()])
    unchanged = await client.get(
        PUBLIC,
        headers={"accept-encoding": "gzip", "if-none-match": zipped.headers["etag"]},
    )

    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] == plain.headers["etag"][:-1] + '-gz"'
    assert gzip.decompress(raw) == plain.content
    assert unchanged.status_code == 304
    assert unchanged.headers["etag"] == zipped.headers["etag"]


@pytest.mark.parametrize("path", [PUBLIC, "/events/pijndag-1/event.ics"])
async def test_head_says_the_same_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    await published()

    cold = await client.head(path)
    get = await client.get(path)
    warm = await client.head(path)

    assert (cold.status_code, cold.content) == (200, b"")
    assert cold.headers == get.headers == warm.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT"])
@pytest.mark.parametrize("path", [PUBLIC, "/calendars/groups/x.ics", "/calendars/personal/x.ics"])
async def test_other_methods_are_refused(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_one_change_changes_exactly_that_entry(client: httpx.AsyncClient) -> None:
    for number in range(1, 6):
        await published(number, changed_at=NOW - timedelta(days=365))
    event = await Event.objects().get(Event.slug == "pijndag-3")
    assert event is not None
    first = await client.get(PUBLIC)

    later = event.starts_at + timedelta(hours=1)
    await change(event, starts_at=later, sequence=event.sequence + 1)
    second = await client.get(PUBLIC)

    before, after = grammar.by_uid(first.content), grammar.by_uid(second.content)
    changed = [uid for uid in before if before[uid] != after[uid]]
    assert changed == ["event-00000000-0000-0000-0000-000000000003@netwerk.example"]
    assert grammar.value(before[changed[0]], "SEQUENCE") == "0"
    assert grammar.value(after[changed[0]], "SEQUENCE") == "1"
    assert grammar.value(after[changed[0]], "DTSTART") == "20270312T130000"
    assert grammar.value(before[changed[0]], "DTSTAMP") == "20260110T120000Z"
    assert grammar.value(after[changed[0]], "DTSTAMP") > "20260110T120000Z"
    assert second.headers["etag"] != first.headers["etag"]
    assert _modified(second) > _modified(first)


async def test_a_venue_that_is_renamed_changes_its_events(client: httpx.AsyncClient) -> None:
    venue = Venue(name="Domus", street="Straat 1", postcode="3512 PH", city="Utrecht")
    await venue.save()
    await published(1, venue=venue.id)
    await published(2)
    first = await client.get(PUBLIC)

    async with transaction():
        await execute("UPDATE venue SET name = 'Domus Medica' WHERE id = $1", venue.id)
    second = await client.get(PUBLIC)

    before, after = grammar.by_uid(first.content), grammar.by_uid(second.content)
    changed = [uid for uid in before if before[uid] != after[uid]]
    assert changed == ["event-00000000-0000-0000-0000-000000000001@netwerk.example"]
    assert grammar.value(after[changed[0]], "LOCATION") == (
        r"Domus Medica\, Straat 1\, 3512 PH Utrecht"
    )


async def test_last_modified_rises_when_the_newest_event_is_deleted(
    client: httpx.AsyncClient,
) -> None:
    await published(1)
    newest = await published(2)
    first = await client.get(PUBLIC)

    async with transaction():
        await execute("DELETE FROM event WHERE id = $1", newest.id)
    second = await client.get(PUBLIC)
    by_date = await client.get(
        PUBLIC, headers={"if-modified-since": first.headers["last-modified"]}
    )

    assert titles(second.content) == ["Pijndag", "Geannuleerd: Pijndag"]
    assert _modified(second) > _modified(first)
    assert by_date.status_code == 200


async def test_a_change_that_shows_nowhere_leaves_the_answer_as_it_was(
    client: httpx.AsyncClient,
) -> None:
    event = await published()
    draft = await factories.event()
    first = await client.get(PUBLIC)

    await change(event, lock_seq=7, online_url=SECRET_LINK)
    await change(draft, title="Nog een idee")
    second = await client.get(PUBLIC)

    assert (second.content, second.headers) == (first.content, first.headers)


async def test_a_registration_marks_no_feed_and_sends_no_notice(client: httpx.AsyncClient) -> None:
    event = await published()
    await client.get(PUBLIC)
    await asyncio.sleep(0.05)
    notices = feeds.COPIES.notices

    await change(event, lock_seq=1)
    await asyncio.sleep(0.05)

    assert feeds.COPIES.notices == notices
    assert await execute("SELECT dirty FROM feed_state") == [{"dirty": False}]


async def test_an_unchanged_feed_asks_the_database_nothing(client: httpx.AsyncClient) -> None:
    await published()
    await client.get(PUBLIC)
    await asyncio.sleep(0.05)
    await client.get(PUBLIC)
    counter = [0]
    database.STATEMENTS.set(counter)

    answers = [(await client.get(PUBLIC)).status_code for _ in range(20)]

    assert answers == [200] * 20
    assert counter == [0]


async def test_a_change_by_another_process_is_heard_of(client: httpx.AsyncClient) -> None:
    event = await published(title="Oud")
    first = await client.get(PUBLIC)
    await asyncio.sleep(0.05)

    # Outside transaction(): this process does not know that something was committed.
    await execute("UPDATE event SET title = 'Nieuw' WHERE id = $1", event.id)
    await asyncio.sleep(0.1)
    second = await client.get(PUBLIC)

    assert [titles(first.content), titles(second.content)] == [["Oud"], ["Nieuw"]]


async def test_ears_that_were_cut_off_grow_again(client: httpx.AsyncClient) -> None:
    event = await published(title="Oud")
    await client.get(PUBLIC)
    await asyncio.sleep(0.05)
    cut = await execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    assert len(cut) == 1
    await asyncio.sleep(feeds.SECONDS_WITHOUT_LISTENING + 0.5)
    await client.get(PUBLIC)

    await execute("UPDATE event SET title = 'Nieuw' WHERE id = $1", event.id)
    await asyncio.sleep(0.1)
    answer = await client.get(PUBLIC)

    assert titles(answer.content) == ["Nieuw"]


async def test_a_lost_notice_delays_a_change_by_two_seconds_at_most(
    client: httpx.AsyncClient,
) -> None:
    event = await published(title="Oud")
    await client.get(PUBLIC)
    await asyncio.sleep(0.05)
    await execute("ALTER TABLE event DISABLE TRIGGER event_marks_feeds")
    await execute("UPDATE event SET title = 'Nieuw' WHERE id = $1", event.id)
    await execute("ALTER TABLE event ENABLE TRIGGER event_marks_feeds")
    await execute("UPDATE feed_state SET dirty = true")

    deadline = asyncio.get_running_loop().time() + feeds.SECONDS_FRESH + 0.5
    while titles((await client.get(PUBLIC)).content) != ["Nieuw"]:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.1)


async def test_a_restart_and_a_second_process_give_the_same_bytes(
    client: httpx.AsyncClient,
) -> None:
    for number in range(1, 4):
        await published(number, title=f"Dag {number}")
    first = await client.get(PUBLIC)

    vevent.cache_clear()
    async with asking() as second_process:
        second = await second_process.get(PUBLIC)

    assert second.content == first.content
    assert second.headers == first.headers


async def test_a_first_fetch_by_many_at_once_stores_one_answer(client: httpx.AsyncClient) -> None:
    await published()

    answers = await asyncio.gather(*(client.get(PUBLIC) for _ in range(20)))

    assert len({(a.content, a.headers["etag"], a.headers["last-modified"]) for a in answers}) == 1


async def test_a_mark_that_comes_while_rendering_is_not_lost(db: None) -> None:
    event = await published(title="Oud")
    rendered = 0

    async def render() -> Rendered:
        nonlocal rendered
        rendered += 1
        title = (await execute("SELECT title FROM event WHERE id = $1", event.id))[0]["title"]
        if rendered == 2:
            await change(event, title="Nieuw")
        return Rendered(str(title).encode())

    first = await service.stored("public:nl", render, always=False, now=NOW)
    await change(event, title="Tussen")
    second = await service.stored("public:nl", render, always=False, now=NOW)

    assert [first.body, second.body, rendered] == [b"Oud", b"Nieuw", 3]
    assert (await execute("SELECT dirty FROM feed_state")) == [{"dirty": False}]


async def test_a_reader_never_waits_for_somebody_who_is_still_changing(db: None) -> None:
    event = await published(title="Oud")

    async def render() -> Rendered:
        rows = await execute("SELECT title FROM event WHERE id = $1", event.id)
        return Rendered(str(rows[0]["title"]).encode())

    await service.stored("public:nl", render, always=False, now=NOW)
    await change(event, title="Nieuw")

    async def hold() -> None:
        async with transaction():
            await execute("UPDATE feed_state SET dirty = true")
            held.set()
            await release.wait()

    held, release = asyncio.Event(), asyncio.Event()
    holder = asyncio.create_task(hold())
    await held.wait()
    during = await asyncio.wait_for(
        service.stored("public:nl", render, always=False, now=NOW), timeout=2
    )
    release.set()
    await holder
    after = await service.stored("public:nl", render, always=False, now=NOW)

    assert [during.body, after.body] == [b"Oud", b"Nieuw"]


async def test_concurrent_changes_of_many_events_never_lock_each_other_up(db: None) -> None:
    events = [await published(number) for number in range(1, 9)]
    for number in range(1, 9):
        await service.stored(f"event:{number}:nl", _nothing, always=False, now=NOW)

    async def change_all(order: list[Event], title: str) -> None:
        async with transaction():
            for event in order:
                await execute("UPDATE event SET title = $2 WHERE id = $1", event.id, title)
                await asyncio.sleep(0.002)

    pairs = [events[0:2], events[2:4], events[4:6], events[6:8]]
    for turn in range(5):
        await asyncio.gather(
            *(change_all(pair, f"t{turn}") for pair in pairs),
            service.tick(NOW),
        )

    assert {row["title"] for row in await execute("SELECT title FROM event")} == {"t4"}


async def test_the_hourly_look_keeps_the_date_of_bytes_that_stay(
    client: httpx.AsyncClient,
) -> None:
    await published()
    first = await client.get(PUBLIC)

    assert await service.tick(NOW) == 1
    second = await client.get(PUBLIC)

    assert second.headers == first.headers
    assert await execute("SELECT dirty FROM feed_state") == [{"dirty": False}]


async def test_the_online_address_is_in_no_feed(client: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    anna = await factories.person("Anna")
    await GroupMembership(group=group.id, person=anna.id, from_on=NOW.date()).save()
    await published(mode="online", online_url=SECRET_LINK, group=group.id, slug="webinar")

    own = await feeds.personal(anna.id, "nl").stored(factories.NOON)
    paths = (PUBLIC, "/calendars/groups/onderzoek.ics", "/events/webinar/event.ics")
    bodies = [own.body, *[(await client.get(path)).content for path in paths]]

    for body in bodies:
        (entry,) = grammar.entries(body)
        assert grammar.value(entry, "LOCATION") == "Online"
        assert b"meet.example.org" not in body.replace(b"\r\n ", b"")


async def test_too_many_requests_of_one_address_are_refused(db: None) -> None:
    settings.use(LOCAL)
    async with asking("203.0.113.7") as client:
        statuses = [(await client.get(PUBLIC)).status_code for _ in range(61)]
        refused = await client.get(PUBLIC)

    if 429 in statuses[:60]:  # a new minute began in between; the count began anew
        statuses = statuses[:60]
    assert set(statuses[:60]) == {200}
    assert 1 <= int(refused.headers.get("retry-after", "1")) <= 60


async def _nothing() -> Rendered:
    return Rendered(b"")


def _modified(answer: httpx.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["last-modified"])


async def test_the_organiser_is_the_mailbox_that_takes_answers(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published()
    other = msgspec.structs.replace(settings.current(), agenda_address="dagen@example.net")
    monkeypatch.setattr(settings, "_IN_USE", [other])

    assert "mailto:dagen@example.net" in (await client.get("/calendars/public.ics")).text
