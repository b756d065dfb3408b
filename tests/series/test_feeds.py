"""Every time is an entry of its own, related to its series; clients know no rule of it."""

import httpx
import pytest
from icalendar import Calendar

from server import clock
from server.actors import SYSTEM
from server.series import laying_out, queries, stepping
from server.series.rules import Every, Layout
from tests.clients import sign_in
from tests.factories import carla
from tests.series.test_pages import meeting

pytestmark = pytest.mark.anyio
PUBLIC = "/calendars/public.ics"


def entries(answer: httpx.Response) -> list[tuple[str, str]]:
    """UID and what it is related to, of each entry."""
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(one["UID"]), str(one.get("RELATED-TO", ""))) for one in found]


async def test_a_feed_follows_an_event_into_its_series(client: httpx.AsyncClient) -> None:
    event, now = await meeting(), clock.now()
    before = await client.get(PUBLIC)

    made = await laying_out.create(SYSTEM, event.id, Layout(Every.week, 3), left_out=(), now=now)
    joined = await client.get(PUBLIC)
    slugs = [one.slug for one in await queries.occurrences(made)]
    await stepping.take(SYSTEM, made, "publish", slugs, now=now)
    after = await client.get(PUBLIC)

    series = await queries.get(SYSTEM, made, now=now)
    related = f"series-{series.uid}@netwerk.example"
    assert [one for _, one in entries(before)] == [""]
    assert [one for _, one in entries(joined)] == [related]
    assert [one for _, one in entries(after)] == [related] * 3
    assert len({uid for uid, _ in entries(after)}) == 3
    assert b"RRULE:FREQ=WEEKLY" not in after.content
    assert before.headers["etag"] != joined.headers["etag"]


async def test_each_moves_in_the_feed_by_itself(client: httpx.AsyncClient) -> None:
    event, now = await meeting(), clock.now()
    made = await laying_out.create(SYSTEM, event.id, Layout(Every.week, 3), left_out=(), now=now)
    found = await queries.occurrences(made)
    await stepping.take(SYSTEM, made, "publish", [one.slug for one in found], now=now)
    await sign_in(client, await carla())

    await client.post(
        f"/api/events/{found[1].slug}/series/changes", json={"scope": "following", "room": "Zaal 3"}
    )

    walked = Calendar.from_ical((await client.get(PUBLIC)).content).walk("VEVENT")
    sequences = {one["DTSTART"].dt: int(one["SEQUENCE"]) for one in walked}
    assert [sequences[moment] for moment in sorted(sequences)] == [0, 1, 1]
