"""The card of an event for search engines: as the feed says it, and only of public ones."""

import itertools
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from server.clock import AMSTERDAM
from tables.events import Event, EventKind, EventMode, Venue
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.anyio
LINK = "https://vergaderen.example.org/geheim"


async def card(client: httpx.AsyncClient, event: Event, said: str = "nl") -> dict[str, Any]:
    page = (await client.get(f"/events/{event.slug}?lang={said}")).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found[1]) if found else {}


async def test_the_card_says_what_the_feed_says(client: httpx.AsyncClient) -> None:
    venue = Venue(name="De Witte Vosch", street="Oudegracht 46", postcode="3511 AR", city="Utrecht")
    await venue.save()
    event, _ = await factories.open_event(5, venue=venue.id, mode="hybrid", online_url=LINK)

    said = await card(client, event)
    feed = Calendar.from_ical((await client.get(f"/events/{event.slug}/event.ics")).content)
    (entry,) = feed.walk("VEVENT")

    assert said["startDate"] == entry["DTSTART"].dt.isoformat() == "2027-03-12T12:00:00+01:00"
    assert said["endDate"] == entry["DTEND"].dt.isoformat()
    assert str(entry["UID"]).startswith(said["identifier"])
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in said["location"]] == ["Place", "VirtualLocation"]
    assert said["offers"]["availability"] == "https://schema.org/InStock"
    assert "vergaderen" not in json.dumps(said)


STATES: dict[str, tuple[dict[str, object], str]] = {
    "EventScheduled": ({}, "CONFIRMED"),
    "EventRescheduled": ({"moved_from_at": NOON - timedelta(days=7)}, "CONFIRMED"),
    "EventPostponed": ({"state": "postponed"}, "TENTATIVE"),
    "EventCancelled": ({"state": "cancelled", "published_at": NOON}, "CANCELLED"),
}


def on(*parts: int, fold: int = 0) -> datetime:
    """A moment of 2027 on a clock in Amsterdam."""
    return datetime(*parts, fold=fold, tzinfo=AMSTERDAM)  # type: ignore[misc,arg-type]


SPANS = {
    "winter": (on(2027, 1, 15, 19, 30), on(2027, 1, 15, 22), False),
    "summer": (on(2027, 7, 15, 9), on(2027, 7, 15, 17), False),
    "over the change": (on(2027, 10, 30, 23), on(2027, 10, 31, 4), False),
    "the second 02.30": (on(2027, 10, 31, 2, 30, fold=1), on(2027, 10, 31, 4), False),
    "one whole day": (on(2027, 7, 15), on(2027, 7, 16), True),
    "three whole days": (on(2027, 3, 26), on(2027, 3, 29), True),
    "whole days with hours": (on(2027, 3, 26, 9), on(2027, 3, 28, 17), True),
}


def instants(entry: Any, said: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Begin and end by the feed and by the card: a card names the last day, a feed the next."""
    by_feed = [entry.decoded("DTSTART"), entry.decoded("DTEND")]
    if not isinstance(by_feed[0], datetime):
        first, last = (date.fromisoformat(said[name]) for name in ("startDate", "endDate"))
        return by_feed, [first, last + timedelta(days=1)]
    by_card = [datetime.fromisoformat(said[name]) for name in ("startDate", "endDate")]
    return by_feed, by_card


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_for_every_kind_of_event_card_and_feed_agree(
    client: httpx.AsyncClient, kind: EventKind, language: str
) -> None:
    """Instant, title, status and place; in both languages, both seasons, every state and mode."""
    venue = Venue(name="De Witte Vosch", street="Oudegracht 46", postcode="3511 AR", city="Utrecht")
    await venue.save()
    cases = itertools.cycle(itertools.product(STATES, EventMode))
    for number, (begins, ends, all_day) in enumerate([*SPANS.values()] * 2):
        state, mode = next(cases)
        values, status = STATES[state]
        event, _ = await factories.open_event(
            5,
            **{
                **{"slug": f"dag-{number}", "kind": kind, "mode": mode, "venue": venue.id},
                **{"title": f"Pijn, & <slaap> {number}", "title_en": f"Pain {number}"},
                "starts_at": begins.astimezone(UTC),
                "ends_at": ends.astimezone(UTC),
                "all_day": all_day,
                **values,
            },
        )
        said = await card(client, event, language)
        feed = (await client.get(f"/events/{event.slug}/event.ics?lang={language}")).content
        (entry,) = Calendar.from_ical(feed).walk("VEVENT")

        by_feed, by_card = instants(entry, said)
        assert by_feed == by_card, number
        prefix = {"nl": "Geannuleerd: ", "en": "Cancelled: "}[language]
        assert str(entry["SUMMARY"]).removeprefix(prefix) == said["name"]
        assert str(entry["SUMMARY"]).startswith(prefix) is (status == "CANCELLED")
        assert (entry["STATUS"], said["eventStatus"].rpartition("/")[2]) == (status, state)
        assert str(entry["UID"]).startswith(said["identifier"])
        places = [one for one in said["location"] if one["@type"] == "Place"]
        if mode == EventMode.online:
            assert (str(entry["LOCATION"]), places) == ("Online", [])
        else:
            address = places[0]["address"]
            town = f"{address['postalCode']} {address['addressLocality']}"
            in_one_line = ", ".join([places[0]["name"], address["streetAddress"], town])
            assert str(entry["LOCATION"]) == in_one_line
        assert ("VirtualLocation" in str(said["location"])) is (mode != EventMode.on_site)


async def test_the_agenda_leads_programs_to_its_feeds(client: httpx.AsyncClient) -> None:
    found = {}
    for language in ("nl", "en"):
        page = (await client.get(f"/events?lang={language}")).text
        links = re.findall(
            r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)"', page
        )
        for kind, address in links:
            answer = await client.get(address)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        found[language] = links

    assert [address for _, address in found["nl"]] == [
        f"/calendars/public.{form}" for form in ("atom", "json", "ics")
    ]
    assert [address for _, address in found["en"]] == [
        f"/calendars/public.{form}?lang=en" for form in ("atom", "json", "ics")
    ]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"state": "cancelled", "published_at": NOON}, "EventCancelled"),
        ({"state": "postponed"}, "EventPostponed"),
        ({"moved_from_at": NOON - timedelta(days=7)}, "EventRescheduled"),
    ],
)
async def test_what_became_of_it(
    client: httpx.AsyncClient, values: dict[str, object], status: str
) -> None:
    event, _ = await factories.open_event(5, **values)

    said = await card(client, event)

    assert said["eventStatus"] == f"https://schema.org/{status}"
    assert ("offers" in said) is (status == "EventRescheduled")


async def test_nothing_ends_the_script_early(client: httpx.AsyncClient) -> None:
    title = '</script><b>"&'
    event, _ = await factories.open_event(5, title=title)

    assert (await card(client, event))["name"] == title


@pytest.mark.parametrize("values", [{"visibility": "members"}, {"state": "announced"}])
async def test_only_what_everybody_may_know_of_has_a_card(
    client: httpx.AsyncClient, values: dict[str, object]
) -> None:
    event, _ = await factories.open_event(5, **values)

    assert await card(client, event) == {}
