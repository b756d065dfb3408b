"""Events typed in the hour that comes twice: every reader of a feed sees the instant meant."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.web import calendar_links
from server.web.calendar_links import Copied
from tests import factories
from tests.calendars import grammar
from tests.calendars.test_ical import READERS, Seen
from tests.clients import sign_in
from tests.test_hours import last_sunday

pytestmark = pytest.mark.anyio
FIRST = datetime(2087, 10, 26, 0, 30, tzinfo=UTC)
NEW = {"kind": "event_day", "mode": "on_site", "visibility": "public", "venue": "", "group": ""}


@pytest.mark.parametrize("read", READERS)
async def test_both_of_two_hours_are_told_apart(
    client: httpx.AsyncClient, read: Callable[[bytes], Seen]
) -> None:
    await sign_in(client, await factories.carla())
    day = last_sunday(clock.now().year + 1, 10)
    for said in ("first", "second"):
        moments = {"starts_at": [f"{day}T02:30", said], "ends_at": f"{day}T04:00"}
        made = await client.post("/board/events", data={**NEW, **moments, "title": said})
        assert made.status_code == 303
    await execute("UPDATE event SET state = 'published', published_at = now()")

    feed = (await client.get("/calendars/public.ics")).content

    midnight = datetime.combine(day, time(), UTC)
    first, second, ends = (midnight + timedelta(hours=n) for n in (0.5, 1.5, 3))
    grammar.check(feed)
    assert read(feed) == {("first", first, ends), ("second", second, ends)}


@pytest.mark.parametrize(
    ("starts_at", "dates"),
    [
        (FIRST, "20871026T003000Z/20871026T040000"),
        (FIRST + timedelta(hours=1), "20871026T013000Z/20871026T040000"),
        (FIRST - timedelta(hours=1), "20871026T013000/20871026T040000"),
    ],
)
def test_a_link_of_google_tells_which_of_two(starts_at: datetime, dates: str) -> None:
    event = Copied("Nacht", starts_at, datetime(2087, 10, 26, 3, tzinfo=UTC), False, "", "", "")

    assert f"&dates={dates}&ctz=Europe/Amsterdam" in calendar_links.for_event(event).google
