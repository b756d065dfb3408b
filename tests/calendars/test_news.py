"""The public agenda as news: Atom and JSON Feed, stored and conditional like the calendars."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

import httpx
import pytest

from tables.events import EventState, Venue, Visibility
from tables.groups import WorkingGroup
from tests.calendars import grammar
from tests.calendars.test_feeds import PUBLIC, SECRET_LINK, change, published

pytestmark = pytest.mark.anyio

ATOM, JSON = "/calendars/public.atom", "/calendars/public.json"
A = "{http://www.w3.org/2005/Atom}"
SITE = "https://netwerk.example.org"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TYPES = {
    ATOM: "application/atom+xml; charset=utf-8",
    JSON: "application/feed+json; charset=utf-8",
}


async def one_of_each() -> None:
    group = WorkingGroup(name="Onderzoek & <pijn>", slug="onderzoek")
    await group.save()
    venue = Venue(name="Domus", street="Straat 1", postcode="3512 PH", city="Utrecht")
    await venue.save()
    await published(
        1, title="Pijn & slaap <3", description="Een *dag*.", venue=venue.id, group=group.id
    )
    await published(2, title="Weg", state=EventState.cancelled, online_url=SECRET_LINK)
    whole = datetime(2027, 3, 11, 23, tzinfo=UTC)
    days = {"starts_at": whole, "ends_at": whole + timedelta(days=2), "all_day": True}
    await published(3, title="Congres", title_en="Congress", mode="online", **days)
    await published(4, title="Leden", visibility=Visibility.members)


def one(parent: Xml.Element, name: str) -> str:
    """The text of an element that stands there once (RFC 4287 4.1)."""
    (found,) = parent.findall(f"{A}{name}")
    return found.text or ""


def links(parent: Xml.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in parent.findall(f"{A}link")}


def by_atom(body: bytes) -> dict[str, tuple[str, str, str]]:
    feed = Xml.fromstring(body)
    assert feed.tag == f"{A}feed"
    assert one(feed, "id") == links(feed)["self"]
    assert links(feed)["alternate"].startswith(f"{SITE}/events")
    assert RFC_3339.fullmatch(one(feed, "updated"))
    assert one(feed.findall(f"{A}author")[0], "name") == "Netwerk Pijnpsychologie"
    found = {}
    for entry in feed.findall(f"{A}entry"):
        for name in ("updated", "published"):
            assert RFC_3339.fullmatch(one(entry, name))
        assert one(entry, "content")
        assert one(entry, "id") not in found
        told = (one(entry, "title"), links(entry)["alternate"], one(entry, "summary"))
        found[one(entry, "id")] = told
    newest = max([one(entry, "updated") for entry in feed.findall(f"{A}entry")], default=None)
    assert newest in (None, one(feed, "updated"))
    return found


def by_json(body: bytes) -> dict[str, tuple[str, str, str]]:
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].startswith(SITE + JSON)
    assert feed["home_page_url"].startswith(f"{SITE}/events")
    assert feed["authors"] == [{"name": "Netwerk Pijnpsychologie"}]
    known = {"id", "url", "title", "summary", "content_text", "date_published", "date_modified"}
    for item in feed["items"]:
        assert set(item) == known | {"tags", "_event"}
        assert all(item[name] and isinstance(item[name], str) for name in known)
        assert RFC_3339.fullmatch(item["date_modified"])
        assert RFC_3339.fullmatch(item["date_published"])
    found = {item["id"]: (item["title"], item["url"], item["summary"]) for item in feed["items"]}
    assert len(found) == len(feed["items"])
    return found


async def test_both_forms_tell_what_the_calendar_tells(client: httpx.AsyncClient) -> None:
    await one_of_each()

    calendar = grammar.entries((await client.get(PUBLIC)).content)
    told = by_atom((await client.get(ATOM)).content)

    assert by_json((await client.get(JSON)).content) == told
    assert sorted(told) == sorted(
        f"tag:netwerk.example,2026:{grammar.value(entry, 'UID').removesuffix('@netwerk.example')}"
        for entry in calendar
    )
    assert sorted((title, summary) for title, _, summary in told.values()) == [
        ("Congres", "vrijdag 12 maart 2027 – zaterdag 13 maart 2027, Online"),
        ("Geannuleerd: Weg", "vrijdag 12 maart 2027, 12.00–18.00 uur"),
        (
            "Pijn & slaap <3",
            "vrijdag 12 maart 2027, 12.00–18.00 uur, Domus, Straat 1, 3512 PH Utrecht",
        ),
    ]


async def test_what_a_program_counts_with_stands_in_the_item(client: httpx.AsyncClient) -> None:
    await one_of_each()

    items = json.loads((await client.get(JSON)).content)["items"]
    counted = {item["title"]: item["_event"] for item in items}

    assert counted["Geannuleerd: Weg"]["status"] == "CANCELLED"
    assert counted["Pijn & slaap <3"]["starts_at"] == "2027-03-12T12:00:00+01:00"
    assert counted["Congres"] == {
        "starts_at": "2027-03-12",
        "ends_at": "2027-03-14",
        "all_day": True,
        "status": "CONFIRMED",
        "place": "Online",
        "sequence": 0,
    }
    tags = {item["title"]: item["tags"] for item in items}
    assert tags["Pijn & slaap <3"] == ["Onderzoek & <pijn>", "Eventdag"]


@pytest.mark.parametrize("path", TYPES)
async def test_news_is_stored_and_conditional(client: httpx.AsyncClient, path: str) -> None:
    event = await published()
    first = await client.get(path)
    again = await client.get(path)
    known = {"if-none-match": first.headers["etag"]}
    unchanged = await client.get(path, headers=known)
    dated = await client.get(path, headers={"if-modified-since": first.headers["last-modified"]})
    zipped = await client.get(path, headers={"accept-encoding": "gzip"})

    await change(event, title="Anders")
    changed = await client.get(path, headers=known)

    assert (first.content, first.headers) == (again.content, again.headers)
    assert first.headers["content-type"] == TYPES[path]
    assert first.headers["cache-control"] == "public, max-age=900"
    assert [unchanged.status_code, dated.status_code, changed.status_code] == [304, 304, 200]
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == first.content
    assert (await client.head(path)).headers == changed.headers
    for method in ("POST", "PROPFIND"):
        refused = await client.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", TYPES)
async def test_the_english_address_has_english_titles(client: httpx.AsyncClient, path: str) -> None:
    await one_of_each()

    body = (await client.get(f"{path}?lang=en")).content

    told = by_atom(body) if path == ATOM else by_json(body)
    assert ("Congress", f"{SITE}/events/pijndag-3?lang=en") in [one[:2] for one in told.values()]


@pytest.mark.parametrize("path", TYPES)
async def test_an_empty_agenda_is_a_feed_without_news(client: httpx.AsyncClient, path: str) -> None:
    body = (await client.get(path)).content

    assert (by_atom(body) if path == ATOM else by_json(body)) == {}


@pytest.mark.parametrize("path", TYPES)
async def test_what_may_not_be_told_is_not_told(client: httpx.AsyncClient, path: str) -> None:
    await one_of_each()
    nasty = "Pijn\x07dag \u2028 ]]> & \ufeff"
    await published(
        5, title=nasty, description="\x1b[31mrood", mode="online", online_url=SECRET_LINK
    )

    body = (await client.get(path)).content

    assert b"meet.example.org" not in body
    assert "Leden" not in body.decode()
    told = by_atom(body) if path == ATOM else by_json(body)
    assert "Pijndag ]]> &" in [title for title, *_ in told.values()]


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\x0b"])
async def test_a_character_that_xml_forbids_is_left_out(
    client: httpx.AsyncClient, character: str
) -> None:
    await published(title=f"Pijn{character}dag", description=f"Over{character}morgen")

    (told,) = by_atom((await client.get(ATOM)).content).values()

    assert told[0] == "Pijndag"
