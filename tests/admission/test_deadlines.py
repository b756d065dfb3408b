"""Windows of classes in the feed of deadlines: what everybody may know of, and only that."""

from datetime import date, datetime, time, timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.admission import terms
from server.clock import AMSTERDAM
from server.database import execute
from server.events.terms import Terms
from tables.events import Event
from tests import factories
from tests.calendars import grammar

pytestmark = pytest.mark.anyio
FEED = "/calendars/deadlines.ics"
CLASSES = ("speaker", "member", "partner", "other")


def day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def noon(days: int) -> datetime:
    return datetime.combine(day(days), time(12), AMSTERDAM)


async def congress(*given: Terms, **values: object) -> Event:
    starts = noon(90)
    about = {"title": "Pijn", "starts_at": starts, "ends_at": starts + timedelta(hours=5)}
    event, _ = await factories.open_event(5, **{**about, **values})
    theirs = {one.ticket_class: one for one in given}
    all_of = [theirs.get(name, Terms(name)) for name in CLASSES]
    await terms.set_all(SYSTEM, event.id, all_of, now=clock.now())
    return event


async def shown(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Summary, day and SEQUENCE of each."""
    answer = await client.get(FEED)
    grammar.check(answer.content)
    names = ("SUMMARY", "DTSTART", "SEQUENCE")
    found = [
        [grammar.value(one, name) for name in names] for one in grammar.entries(answer.content)
    ]
    return sorted((title, start, number) for title, start, number in found)


async def test_the_last_moments_of_classes_and_the_end_of_members_first(
    client: httpx.AsyncClient,
) -> None:
    await congress(
        Terms("member", closes_at=noon(60)),
        Terms("other", opens_at=noon(20), closes_at=noon(40)),
        Terms("speaker", closes_at=noon(80)),
        registration_closes_at=noon(70),
    )

    assert await shown(client) == [
        ("Deadline 12.00 uur: als lid inschrijven voor Pijn", f"{day(60):%Y%m%d}", "0"),
        (
            "Deadline 12.00 uur: als lid met voorrang inschrijven voor Pijn",
            f"{day(20):%Y%m%d}",
            "0",
        ),
        ("Deadline 12.00 uur: inschrijven voor Pijn", f"{day(70):%Y%m%d}", "0"),
        (
            "Deadline 12.00 uur: inschrijven voor Pijn\\, voor wie geen lid is",
            f"{day(40):%Y%m%d}",
            "0",
        ),
    ]


async def test_where_every_class_has_its_own_there_is_none_of_the_event(
    client: httpx.AsyncClient,
) -> None:
    own = [Terms(name, closes_at=noon(40)) for name in CLASSES]
    await congress(*own, registration_closes_at=noon(70))

    assert len(await shown(client)) == 3
    assert all("lid" in title or "partner" in title for title, *_ in await shown(client))


async def test_another_moment_is_the_same_deadline(client: httpx.AsyncClient) -> None:
    event = await congress(Terms("member", closes_at=noon(60)))
    before = await shown(client)
    later = [Terms(name, closes_at=noon(65) if name == "member" else None) for name in CLASSES]

    await terms.set_all(SYSTEM, event.id, later, now=clock.now())

    title = "Deadline 12.00 uur: als lid inschrijven voor Pijn"
    assert before == [(title, f"{day(60):%Y%m%d}", "0")]
    assert await shown(client) == [(title, f"{day(65):%Y%m%d}", "1")]


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"visibility": "members"}, 0),
        ({"state": "draft"}, 0),
        ({"members_only_registration": True}, 1),
    ],
)
async def test_what_is_not_for_everybody_is_not_told(
    client: httpx.AsyncClient, values: dict[str, object], left: int
) -> None:
    await congress(
        Terms("member", closes_at=noon(60)),
        Terms("other", opens_at=noon(20), closes_at=noon(40)),
        **values,
    )

    assert [title for title, *_ in await shown(client)] == [
        "Deadline 12.00 uur: als lid inschrijven voor Pijn"
    ][:left]


async def test_the_feed_learns_of_an_event_that_becomes_for_members_only(
    client: httpx.AsyncClient,
) -> None:
    event = await congress(Terms("other", closes_at=noon(40)))
    before = await shown(client)

    await execute("UPDATE event SET members_only_registration = true WHERE id = $1", event.id)

    after = await shown(client)
    assert [title.startswith("Geannuleerd") for title, *_ in before + after] == [False, True]


async def test_who_opens_no_earlier_is_not_first(client: httpx.AsyncClient) -> None:
    await congress(Terms("member", opens_at=noon(20)), Terms("other", opens_at=noon(20)))

    assert await shown(client) == []
