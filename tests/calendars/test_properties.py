"""What each kind of feed says of itself, and each kind of entry: the specification, row by row."""

import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import httpx
import pytest

from server.calendars import feeds
from server.calendars.ical import to_bytes
from server.calendars.rules import CalendarEntry
from server.database import execute
from tables.events import Event, EventKind, EventState, Venue, Visibility
from tables.groups import GroupMembership, WorkingGroup
from tables.people import Person
from tables.registrations import CapacityUnit, LineState
from tests import factories
from tests.calendars import grammar
from tests.calendars.samples import HEADER, entry
from tests.calendars.test_feeds import NOW, PUBLIC, SECRET_LINK, published
from tests.calendars.test_personal import registered
from tests.calendars.test_programme import part

pytestmark = pytest.mark.anyio

SITE = "https://netwerk.example.org"
ZONE = re.compile(rb"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", re.DOTALL)


def of_calendar(feed: bytes) -> dict[str, str]:
    lines = grammar.unfolded(feed)
    head = lines[1 : lines.index("BEGIN:VTIMEZONE")]
    return {re.split("[;:]", line)[0]: line.split(":", 1)[1] for line in head}


async def every_feed(client: httpx.AsyncClient, *, is_empty: bool = False) -> dict[str, bytes]:
    """One of each kind, with an entry or without."""
    anna = await factories.anna()
    group = WorkingGroup(name="Onderzoek", slug="onderzoek", colour="crimson")
    await group.save()
    event = await published(group=group.id, title="Congres", kind=EventKind.congress)
    if not is_empty:
        await part(event, 1)
        await execute("UPDATE event SET registration_closes_at = starts_at - interval '1 day'")
        await registered(event, anna, LineState.confirmed)
    else:
        await execute("UPDATE event SET ends_at = '2019-01-02', starts_at = '2019-01-01'")
    paths = {
        "public": PUBLIC,
        "group": "/calendars/groups/onderzoek.ics",
        "programme": "/calendars/events/pijndag-1/programme.ics",
        "deadlines": "/calendars/deadlines.ics",
        "event": "/events/pijndag-1/event.ics",
    }
    found = {kind: (await client.get(path)).content for kind, path in paths.items()}
    return {**found, "personal": (await feeds.personal(anna.id, "nl").stored(factories.NOON)).body}


async def test_the_properties_of_every_kind_of_feed(client: httpx.AsyncClient) -> None:
    found = await every_feed(client)

    for kind, feed in found.items():
        grammar.check(feed)
        said = of_calendar(feed)
        assert said["VERSION"] == "2.0"
        assert said["PRODID"] == "-//Netwerk Pijnpsychologie//Agenda//NL"
        assert (said["CALSCALE"], said["METHOD"]) == ("GREGORIAN", "PUBLISH")
        assert said["NAME"] == said["X-WR-CALNAME"] != ""
        assert said["DESCRIPTION"] == said["X-WR-CALDESC"] != ""
        assert said["REFRESH-INTERVAL"] == said["X-PUBLISHED-TTL"]
        assert b"REFRESH-INTERVAL;VALUE=DURATION:" in feed
        assert re.fullmatch("[a-z]+", said["COLOR"])
        assert b"X-WR-TIMEZONE" not in feed
        assert ("URL" in said, "SOURCE" in said) == (kind != "personal",) * 2
        assert len(grammar.entries(feed)) == 1
    told = {kind: of_calendar(feed) for kind, feed in found.items()}
    assert {kind: said["NAME"] for kind, said in told.items()} == {
        "public": "Netwerk Pijnpsychologie: Agenda",
        "group": "Onderzoek",
        "programme": "Congres: programma",
        "deadlines": "Netwerk Pijnpsychologie: Deadlines",
        "event": told["event"]["NAME"],
        "personal": "Mijn agenda (Netwerk Pijnpsychologie)",
    }
    assert {kind: said["X-PUBLISHED-TTL"] for kind, said in told.items()} == {
        **dict.fromkeys(("public", "group", "event", "personal"), "PT1H"),
        "programme": "PT15M",
        "deadlines": "PT6H",
    }
    assert told["group"]["COLOR"] == told["programme"]["COLOR"] == "crimson"
    assert told["personal"]["DESCRIPTION"].startswith("Persoonlijk")
    assert "deel" in told["personal"]["DESCRIPTION"]
    for kind in ("public", "group", "programme", "deadlines"):
        assert urlsplit(told[kind]["SOURCE"]).path.startswith("/calendars/")


async def test_every_feed_has_the_same_time_zone_also_when_it_is_empty(
    client: httpx.AsyncClient,
) -> None:
    found = await every_feed(client, is_empty=True)

    assert {kind: len(grammar.entries(feed)) for kind, feed in found.items()} == dict.fromkeys(
        found, 0
    )
    assert len({zone for feed in found.values() for zone in ZONE.findall(feed)}) == 1


async def test_the_properties_that_every_kind_of_entry_has(client: httpx.AsyncClient) -> None:
    for kind, feed in (await every_feed(client)).items():
        (one,) = grammar.entries(feed)
        assert re.fullmatch(r"[a-z]+-[0-9a-f-]{36}@netwerk\.example", grammar.value(one, "UID"))
        assert grammar.value(one, "DTSTAMP") == grammar.value(one, "LAST-MODIFIED")
        assert grammar.value(one, "SEQUENCE") == ("1" if kind == "personal" else "0")
        assert grammar.value(one, "STATUS") == "CONFIRMED"
        assert 'ORGANIZER;CN="Netwerk Pijnpsychologie":mailto:agenda@netwerk.example.org' in one, (
            kind
        )
        assert grammar.value(one, "CLASS") == ("PRIVATE" if kind == "personal" else "PUBLIC")
        address = grammar.value(one, "URL")
        assert address.isascii() and address.startswith(f"{SITE}/")
        assert grammar.value(one, "DESCRIPTION").endswith(address)
        assert grammar.value(one, "CATEGORIES")
        free = kind == "deadlines"
        assert grammar.value(one, "TRANSP") == ("TRANSPARENT" if free else "OPAQUE")


@pytest.mark.parametrize(
    ("values", "transp"),
    [
        ({"all_day": True, "kind": EventKind.congress}, "TRANSPARENT"),
        ({"all_day": True, "kind": EventKind.course}, "OPAQUE"),
        ({"kind": EventKind.congress}, "OPAQUE"),
        ({"state": EventState.cancelled}, "TRANSPARENT"),
        ({"state": EventState.postponed}, "OPAQUE"),
    ],
)
async def test_what_takes_time_and_what_does_not(
    client: httpx.AsyncClient, values: dict[str, object], transp: str
) -> None:
    start = factories.NOON.replace(hour=0)
    await published(**{"starts_at": start, "ends_at": start + timedelta(days=3), **values})

    (one,) = grammar.entries((await client.get(PUBLIC)).content)

    assert grammar.value(one, "TRANSP") == transp


async def test_an_address_that_is_no_ascii_is_written_in_ascii() -> None:
    (one,) = grammar.entries(to_bytes(HEADER, [entry(url="https://example.org/events/café, ü")]))

    assert grammar.value(one, "URL") == "https://example.org/events/caf%C3%A9,%20%C3%BC"


async def located(**values: object) -> Event:
    place = {"latitude": Decimal("52.0886"), "longitude": Decimal("5.1073")}
    venue = Venue(**{"name": "Domus", **place, "is_location_checked": True, **values})
    await venue.save()
    return await published(
        venue=venue.id, created_at=NOW - timedelta(days=400), changed_at=NOW - timedelta(days=400)
    )


async def test_a_location_that_was_checked_is_there_with_six_decimals(
    client: httpx.AsyncClient,
) -> None:
    event = await located(changed_at=NOW - timedelta(days=400))

    (before,) = grammar.entries((await client.get(PUBLIC)).content)
    await execute("UPDATE venue SET is_location_checked = false")
    feeds.COPIES.forget()
    (unchecked,) = grammar.entries((await client.get(PUBLIC)).content)
    await execute("UPDATE venue SET is_location_checked = true")
    await execute("UPDATE event SET mode = 'online' WHERE id = $1", event.id)
    feeds.COPIES.forget()
    (online,) = grammar.entries((await client.get(PUBLIC)).content)

    assert grammar.value(before, "GEO") == "52.088600;5.107300"
    for one in (unchecked, online):
        assert [line for line in one if line.startswith("GEO")] == []
    assert grammar.value(unchecked, "LAST-MODIFIED") > grammar.value(before, "LAST-MODIFIED")


async def own(person: Person, language: str = "nl") -> list[list[str]]:
    body = (await feeds.personal(person.id, language).stored(factories.NOON)).body
    grammar.check(body)
    assert b"meet.example.org" not in body.replace(b"\r\n ", b"")
    return grammar.entries(body)


@pytest.mark.parametrize(
    ("mode", "unit", "state", "joins"),
    [
        ("online", "seat", LineState.confirmed, True),
        ("hybrid", "online", LineState.confirmed, True),
        ("hybrid", "seat", LineState.confirmed, False),
        ("on_site", "online", LineState.confirmed, False),
        ("online", "seat", LineState.waiting, False),
        ("online", "seat", LineState.cancelled, False),
    ],
)
async def test_who_takes_part_online_has_our_address_of_the_meeting(
    client: httpx.AsyncClient, mode: str, unit: str, state: LineState, joins: bool
) -> None:
    anna = await factories.anna()
    event = await published(mode=mode, online_url=SECRET_LINK)
    line = await registered(event, anna, state)
    await execute("UPDATE capacity_unit SET kind = $1 WHERE id = $2", unit, line.unit)

    (one,) = await own(anna)
    (english,) = await own(anna, "en")

    address = f"{SITE}/events/pijndag-1/online"
    here = f"CONFERENCE;FEATURE=VIDEO;LABEL=Online deelnemen;VALUE=URI:{address}"
    assert (here in one) is joins
    assert (f"Online deelnemen: {address}" in grammar.value(one, "DESCRIPTION")) is joins
    assert (f"Take part online: {address}" in grammar.value(english, "DESCRIPTION")) is joins
    (public,) = grammar.entries((await client.get(PUBLIC)).content)
    assert [line for line in public if "CONFERENCE" in line or "/online" in line] == []


async def test_a_meeting_of_ones_group_needs_no_registration_to_join(
    client: httpx.AsyncClient,
) -> None:
    bram, group = await factories.bram()
    event = await published(
        mode="online", online_url=SECRET_LINK, visibility=Visibility.group, group=group.id
    )
    anna = await factories.anna()
    await GroupMembership(
        group=group.id, person=anna.id, from_on=factories.NOON.date(), state="invited"
    ).save()

    (with_link,) = await own(bram)
    assert await own(anna) == []
    await CapacityUnit(event=event.id, capacity=10).save()
    (with_places,) = await own(bram)

    assert [
        len([line for line in one if line.startswith("CONFERENCE")])
        for one in (with_link, with_places)
    ] == [1, 0]


def test_no_entry_can_hold_the_address_of_a_meeting() -> None:
    assert [name for name in CalendarEntry.__annotations__ if re.search("online|join", name)] == []
