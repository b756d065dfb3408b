"""The programme of one event: its parts with UIDs of their own, moved and taken out."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from server.actors import SYSTEM
from server.calendars import feeds, service
from server.database import execute, transaction
from server.events import copying, timetable
from server.registrations import organising
from tables.events import Event, EventPart, EventState, Room, Venue, Visibility
from tables.groups import WorkingGroup
from tests import factories
from tests.calendars import grammar
from tests.calendars.test_feeds import NOW, PUBLIC, change, published, titles

pytestmark = pytest.mark.anyio

FEED = "/calendars/events/pijndag-1/programme.ics"


async def part(event: Event, number: int, **values: object) -> EventPart:
    given = {"title": f"Deel {number}", "starts_at": event.starts_at, "ends_at": event.ends_at}
    made = EventPart(**{"event": event.id, **given, **values})
    await made.save()
    return made


async def fetched(client: httpx.AsyncClient, path: str = FEED) -> list[list[str]]:
    answer = await client.get(path)
    grammar.check(answer.content)
    return grammar.entries(answer.content)


def told(entry: list[str]) -> tuple[str, str, str]:
    return tuple(grammar.value(entry, name) for name in ("SUMMARY", "SEQUENCE", "STATUS"))  # type: ignore[return-value]


async def test_a_part_says_what_it_is_where_and_of_which_event(client: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek", colour="crimson")
    await group.save()
    venue = Venue(name="Domus", city="Utrecht")
    await venue.save()
    room = Room(venue=venue.id, name="Zaal 2")
    await room.save()
    event = await published(title="Congres", title_en="Congress", venue=venue.id, group=group.id)
    one = await part(event, 1, title="Lezing", title_en="Talk", booked_room=room.id)

    answer = await client.get(FEED)
    english = await client.get(f"{FEED}?lang=en")

    grammar.check(answer.content)
    lines = grammar.unfolded(answer.content)
    for line in (
        "NAME:Congres: programma",
        "X-WR-CALNAME:Congres: programma",
        "COLOR:crimson",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "URL:https://netwerk.example.org/events/pijndag-1",
        f"SOURCE;VALUE=URI:https://netwerk.example.org{FEED}",
    ):
        assert line in lines
    (entry,) = grammar.entries(answer.content)
    assert grammar.value(entry, "UID") == f"part-{one.uid}@netwerk.example"
    assert grammar.value(entry, "RELATED-TO") == f"event-{event.uid}@netwerk.example"
    assert grammar.value(entry, "LOCATION") == r"Zaal 2\, Domus"
    assert grammar.value(entry, "CATEGORIES") == "Onderzoek,Inhoud"
    assert grammar.value(entry, "DESCRIPTION") == (
        r"Congres\n\nhttps://netwerk.example.org/events/pijndag-1"
    )
    assert titles(english.content) == ["Talk"]
    assert b"NAME:Congress: programme\r\n" in english.content


async def test_a_part_that_moves_is_the_same_part_later(client: httpx.AsyncClient) -> None:
    event = await published()
    one, other = await part(event, 1), await part(event, 2)
    before = grammar.by_uid((await client.get(FEED)).content)

    for values in (
        {"starts_at": event.starts_at + timedelta(minutes=30)},
        {"room": "Zaal 3"},
        {"title": "Andere titel"},
    ):
        await timetable.change(SYSTEM, one.id, values, now=NOW)
    answer = await client.get(FEED)

    after = grammar.by_uid(answer.content)
    assert [uid for uid in after if before[uid] != after[uid]] == [
        f"part-{one.uid}@netwerk.example"
    ]
    assert told(after[f"part-{one.uid}@netwerk.example"]) == ("Andere titel", "2", "CONFIRMED")
    assert told(after[f"part-{other.uid}@netwerk.example"]) == ("Deel 2", "0", "CONFIRMED")


async def test_a_part_that_is_taken_out_is_told_for_thirty_days(client: httpx.AsyncClient) -> None:
    event = await published()
    one = await part(event, 1)
    await part(event, 2)
    await client.get(FEED)

    await timetable.remove(SYSTEM, one.id)
    gone = await fetched(client)
    await execute("UPDATE feed_tombstone SET gone_at = gone_at - interval '30 days'")
    await service.tick(datetime.now(UTC))
    later = await fetched(client)

    assert sorted(map(told, gone)) == [
        ("Deel 2", "0", "CONFIRMED"),
        ("Geannuleerd: Deel 1", "1", "CANCELLED"),
    ]
    assert [told(entry) for entry in later] == [("Deel 2", "0", "CONFIRMED")]
    assert await execute("SELECT 1 FROM feed_tombstone") == []


async def test_a_part_that_nobody_could_have_fetched_is_gone(client: httpx.AsyncClient) -> None:
    event = await published()
    await client.get(FEED)
    one = await part(event, 1)

    await timetable.remove(SYSTEM, one.id)

    assert await fetched(client) == []


async def test_a_cancelled_event_cancels_every_part(client: httpx.AsyncClient) -> None:
    event = await published()
    await part(event, 1)
    before = await fetched(client)

    await organising.cancel_event(SYSTEM, event.id, reason="", now=NOW)
    after = await fetched(client)

    assert [told(entry) for entry in [*before, *after]] == [
        ("Deel 1", "0", "CONFIRMED"),
        ("Geannuleerd: Deel 1", "1", "CANCELLED"),
    ]


async def test_a_copied_event_has_parts_of_its_own(db: None) -> None:
    event = await published()
    one = await part(event, 1)
    await execute("UPDATE event_part SET room = 'Zaal' WHERE id = $1", one.id)

    copy = await copying.copy(SYSTEM, event.id, event.starts_at + timedelta(days=7), now=NOW)

    rows = await execute("SELECT uid, sequence FROM event_part WHERE event = $1", copy)
    assert [row["sequence"] for row in rows] == [0]
    assert rows[0]["uid"] != one.uid


@pytest.mark.parametrize(
    "values",
    [
        {"state": EventState.draft},
        {"state": EventState.announced},
        {"visibility": Visibility.members},
        {"visibility": Visibility.group},
        {"state": EventState.cancelled, "published_at": None},
    ],
)
async def test_a_programme_that_is_not_public_is_not_there(
    client: httpx.AsyncClient, values: dict[str, object]
) -> None:
    await part(await published(**values), 1)

    answers = [await client.get(FEED), await client.get("/calendars/events/none/programme.ics")]

    assert [(a.status_code, a.content) for a in answers] == [(404, b"Not found.\n")] * 2


async def test_only_the_programme_follows_its_parts(client: httpx.AsyncClient) -> None:
    event, other = await published(1), await published(2)
    one = await part(event, 1)
    paths = (PUBLIC, FEED, "/calendars/events/pijndag-2/programme.ics")
    before = [(await client.get(path)).headers["etag"] for path in paths]

    async with transaction():
        await execute("UPDATE event_part SET title = 'Anders' WHERE id = $1", one.id)
    dirty = await execute("SELECT key FROM feed_state WHERE dirty ORDER BY key")
    after = [(await client.get(path)).headers["etag"] for path in paths]

    assert dirty == [{"key": f"programme:{event.id}:nl"}]
    assert [was == becomes for was, becomes in zip(before, after, strict=True)] == [
        True,
        False,
        True,
    ]
    assert other.id


async def test_a_deleted_event_lingers_as_cancelled_and_leaves(client: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    event = await published(title="Dag", group=group.id, sequence=3)
    await part(event, 1)
    paths = (PUBLIC, "/calendars/groups/onderzoek.ics", "/events/pijndag-1/event.ics", FEED)
    before = [grammar.by_uid((await client.get(path)).content) for path in paths]

    async with transaction():
        await execute("DELETE FROM event WHERE id = $1", event.id)
    feeds.COPIES.forget()
    after = [await fetched(client, path) for path in paths]

    assert [list(map(told, entries)) for entries in after] == [
        *[[("Geannuleerd: Dag", "4", "CANCELLED")]] * 3,
        [("Geannuleerd: Deel 1", "4", "CANCELLED")],
    ]
    for was, (becomes,) in zip(before, after, strict=True):
        (old,) = was.values()
        for name in ("UID", "DTSTART", "DTEND"):
            assert grammar.value(becomes, name) == grammar.value(old, name)
    await execute("UPDATE feed_tombstone SET gone_at = gone_at - interval '30 days'")
    await service.tick(datetime.now(UTC))
    assert await fetched(client, PUBLIC) == []
    assert (await client.get(FEED)).status_code == 404


async def test_a_deleted_event_that_nobody_could_have_fetched_is_gone(
    client: httpx.AsyncClient,
) -> None:
    await client.get(PUBLIC)
    event = await published()

    async with transaction():
        await execute("DELETE FROM event WHERE id = $1", event.id)

    assert await fetched(client, PUBLIC) == []
    assert await execute("SELECT 1 FROM feed_tombstone") == []


async def test_a_deleted_meeting_of_a_group_is_told_to_its_members_only(
    client: httpx.AsyncClient,
) -> None:
    bram, group = await factories.bram()
    event = await published(visibility=Visibility.group, group=group.id, title="Overleg")
    own = feeds.personal(bram.id, "nl")
    await own.stored(factories.NOON)

    async with transaction():
        await execute("DELETE FROM event WHERE id = $1", event.id)
    (entry,) = grammar.entries((await own.stored(datetime.now(UTC))).body)

    assert told(entry) == ("Geannuleerd: Overleg", "1", "CANCELLED")
    assert grammar.value(entry, "CLASS") == "PRIVATE"
    assert await fetched(client, PUBLIC) == []
    assert (await client.get("/events/pijndag-1/event.ics")).status_code == 404


async def test_another_group_has_the_same_entry_and_the_first_has_it_no_more(
    client: httpx.AsyncClient,
) -> None:
    groups = [WorkingGroup(name=name, slug=name) for name in ("een", "twee")]
    for group in groups:
        await group.save()
    event = await published(group=groups[0].id)
    paths = ("/calendars/groups/een.ics", "/calendars/groups/twee.ics")
    before = [[grammar.value(e, "UID") for e in await fetched(client, path)] for path in paths]

    await change(event, group=groups[1].id)
    after = [[grammar.value(e, "UID") for e in await fetched(client, path)] for path in paths]

    assert before == [[f"event-{event.uid}@netwerk.example"], []]
    assert after == before[::-1]


async def test_what_is_for_members_now_leaves_every_open_feed(client: httpx.AsyncClient) -> None:
    event = await published()
    paths = (PUBLIC, "/events/pijndag-1/event.ics", FEED)
    assert [(await client.get(path)).status_code for path in paths] == [200] * 3

    await change(event, visibility=Visibility.members)

    assert await fetched(client, PUBLIC) == []
    assert [(await client.get(path)).status_code for path in paths[1:]] == [404, 404]


async def test_what_is_put_back_is_one_entry_above_its_end(client: httpx.AsyncClient) -> None:
    event = await published(title="Dag")
    await part(event, 1)
    paths = (PUBLIC, FEED)
    for path in paths:
        await client.get(path)
    for table in ("event", "event_part"):
        await execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    try:
        async with transaction():
            await execute("DELETE FROM event")
        async with transaction():
            await execute("INSERT INTO event SELECT * FROM kept_event")
            await execute("INSERT INTO event_part SELECT * FROM kept_event_part")
    finally:
        await execute("DROP TABLE kept_event, kept_event_part")

    (day,), (talk,) = [await fetched(client, path) for path in paths]
    assert told(day) == ("Dag", "2", "CONFIRMED")
    assert told(talk) == ("Deel 1", "4", "CONFIRMED")
    async with transaction():
        await execute("DELETE FROM event")
    (again,) = await fetched(client, PUBLIC)
    assert told(again) == ("Geannuleerd: Dag", "3", "CANCELLED")
