"""The card of an event for search engines: as the feed says it, and only of public ones."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from tables.events import Event, Venue
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.anyio
LINK = "https://vergaderen.example.org/geheim"


async def card(client: httpx.AsyncClient, event: Event) -> dict[str, Any]:
    page = (await client.get(f"/events/{event.slug}")).text
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
