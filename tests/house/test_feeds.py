"""Every feed of the demo as programs read it: three readers, both seasons, and nobody's secrets."""

import re
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import httpx
import ics
import pytest
import vobject
from icalendar import Calendar

from server.calendars import feeds
from server.clock import AMSTERDAM
from server.database import execute
from tests.calendars import grammar
from tests.house import things

pytestmark = pytest.mark.anyio

Seen = set[tuple[str, str, datetime, datetime]]
FEEDS = (
    *("public.ics", "public.ics?lang=en", "deadlines.ics", "deadlines.ics?lang=en"),
    *("public.atom", "public.json", "public.json?lang=en"),
)
OWN = f"/calendars/personal/{things.OF_FEED}.ics"
# By the clock of Amsterdam, so that what was in winter is at the same hour in summer.
HALF_A_YEAR = """UPDATE {table} SET
  starts_at = (starts_at AT TIME ZONE 'Europe/Amsterdam' + interval '26 weeks')
    AT TIME ZONE 'Europe/Amsterdam',
  ends_at = (ends_at AT TIME ZONE 'Europe/Amsterdam' + interval '26 weeks')
    AT TIME ZONE 'Europe/Amsterdam'"""
ROLE = "agenda@localhost.localdomain"
PAGES = re.compile(r"https?://[^\s\\<\"]+")


def instant(value: date) -> datetime:
    """A whole day begins with its first moment in Amsterdam."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=AMSTERDAM).astimezone(UTC)


def by_icalendar(feed: bytes) -> Seen:
    return {
        (
            str(e["UID"]),
            str(e["SUMMARY"]),
            instant(e.decoded("DTSTART")),
            instant(e.decoded("DTEND")),
        )
        for e in Calendar.from_ical(feed).walk("VEVENT")
    }


def by_vobject(feed: bytes) -> Seen:
    found = getattr(vobject.readOne(feed.decode()), "vevent_list", [])
    return {
        (e.uid.value, e.summary.value, instant(e.dtstart.value), instant(e.dtend.value))
        for e in found
    }


def by_ics(feed: bytes) -> Seen:
    found = set()
    shown = sys.stdout, sys.stderr
    events = ics.Calendar(feed.decode()).events
    sys.stdout, sys.stderr = shown  # it wraps them anew with every line
    for e in events:
        moments = [e.begin.datetime, e.end.datetime]
        if e.all_day:
            moments = [instant(moment.date()) for moment in moments]
        found.add((e.uid, e.name, *(moment.astimezone(UTC) for moment in moments)))
    return found


READERS: list[Callable[[bytes], Seen]] = [by_icalendar, by_vobject]
SLOW = ("/calendars/public.ics", OWN)  # by ics


async def every_address() -> list[str]:
    """Of every feed there is in the demo."""
    groups = await execute("SELECT slug FROM working_group WHERE is_public AND state <> 'proposed'")
    events = await execute(
        "SELECT slug FROM event WHERE visibility = 'public'"
        " AND state IN ('published', 'postponed', 'completed')"
    )
    return [
        *(f"/calendars/{name}" for name in FEEDS),
        *(f"/calendars/groups/{row['slug']}.ics" for row in groups),
        *(f"/events/{row['slug']}/event.ics" for row in events),
        *(f"/calendars/events/{row['slug']}/programme.ics" for row in events),
    ]


async def test_three_readers_see_the_same_in_both_seasons(
    site: dict[str, httpx.AsyncClient],
) -> None:
    offsets = set()
    for season in range(2):
        if season:
            for table in ("event", "event_part"):
                await execute(HALF_A_YEAR.format(table=table))
            feeds.COPIES.forget()
        told = 0
        for path in [*await every_address(), OWN]:
            answer = await site["stranger"].get(path)
            assert answer.status_code == 200, path
            if ".ics" not in path:
                continue
            grammar.check(answer.content)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # old ways of their own dependencies
                seen = [read(answer.content) for read in READERS]
                if path in SLOW:
                    seen.append(by_ics(answer.content))
            assert [one for one in seen if one != seen[0]] == [], path
            assert len(seen[0]) == answer.content.count(b"BEGIN:VEVENT")
            told += len(seen[0])
            offsets |= {begins.astimezone(AMSTERDAM).utcoffset() for *_, begins, _ in seen[0]}
        assert told > 30
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


async def test_no_open_feed_tells_of_people(site: dict[str, httpx.AsyncClient]) -> None:
    """No address of anybody, no name of anybody, no link but to our own pages."""
    await execute(
        "UPDATE event SET online_url = 'https://vergaderen.example.org/x', mode = 'hybrid'"
    )
    people = await execute(
        "SELECT display_name, surname, email FROM person WHERE surname <> '' AND surname <> 'x'"
    )
    names = {row["display_name"] for row in people if " " in row["display_name"]}
    found = []
    for path in await every_address():
        body = (await site["stranger"].get(path)).text.replace("\r\n ", "")
        found += [(path, name) for name in names if name in body]
        addresses = re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+", body)
        found += [
            (path, one) for one in addresses if one != ROLE and not one.endswith("@netwerk.example")
        ]
        found += [(path, one) for one in PAGES.findall(body) if not is_ours(one)]
        found += [(path, "online") for _ in re.findall("CONFERENCE|/online", body)]

    assert len(names) > 20
    assert found == []


def is_ours(address: str) -> bool:
    named = ("http://www.w3.org/2005/Atom", "https://jsonfeed.org/version/1.1")
    return address.startswith("http://localhost:8000/") or address in named


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT"])
async def test_every_feed_says_405_to_what_it_does_not_know(
    site: dict[str, httpx.AsyncClient], method: str
) -> None:
    for path in [*await every_address(), OWN]:
        answer = await site["stranger"].request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), path


async def test_every_feed_answers_every_form_of_condition(
    site: dict[str, httpx.AsyncClient],
) -> None:
    stranger = site["stranger"]
    for path in [*await every_address(), OWN]:
        await execute("DELETE FROM rate_limit")
        first = await stranger.get(path, headers={"accept-encoding": "identity"})
        etag, dated = first.headers["etag"], first.headers["last-modified"]
        for given, status in (
            ({"if-none-match": etag}, 304),
            ({"if-none-match": f'"other", W/{etag}'}, 304),
            ({"if-none-match": etag[:-1] + '-gz"'}, 304),
            ({"if-none-match": "*"}, 304),
            ({"if-modified-since": dated}, 304),
            ({"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
            ({"if-modified-since": "yesterday"}, 200),
            ({"if-none-match": '"other"', "if-modified-since": dated}, 200),
            ({"if-none-match": '"other'}, 200),
        ):
            answer = await stranger.get(path, headers={"accept-encoding": "identity", **given})
            assert answer.status_code == status, (path, given)
            assert answer.content == (first.content if status == 200 else b"")
            assert answer.headers["last-modified"] == dated
            for name in ("cache-control", "vary"):
                assert answer.headers[name] == first.headers[name]
