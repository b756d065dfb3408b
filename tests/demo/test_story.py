"""The demo story, loaded for real."""

import re
import time
from collections import Counter
from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, Actor
from server.calendars import moves
from server.cli.welcome import DEMO_PEOPLE
from server.database import execute
from server.demo import story
from server.events import queries as events
from server.groups import queries as groups
from server.newsletters import lists as newsletters
from server.people import service as people
from server.seeds import planting
from server.segments import queries as segments
from tests.factories import NOON, person
from tests.keeping import told_once
from tests.newsletters.cast import heading, sign_in

BOARD = Actor(name="Carla", roles=frozenset({"board"}))
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def tell(now: datetime = NOON) -> float:
    await planting.plant(now)
    await newsletters.set_up(now)
    began = time.perf_counter()
    assert await story.load(now) is True
    return time.perf_counter() - began


@pytest.fixture
async def told(pool: asyncpg.Connection, db: None) -> None:
    """The story of noon, for who only reads it."""

    async def at_noon() -> None:
        await tell()

    await told_once(pool, "story_of_noon", at_noon)


async def counted(column: str, table: str, condition: str = "true") -> dict[str, int]:
    rows = await execute(
        f"SELECT {column} AS what, count(*) AS n FROM {table} WHERE {condition} GROUP BY 1"
    )
    return {row["what"]: row["n"] for row in rows}


async def members_on(day: date) -> int:
    return await segments.count(segments.Filters(), day)


async def lines(event_slug: str) -> dict[str, int]:
    return await counted(
        "l.state",
        "registration_line l JOIN registration r ON r.id = l.registration"
        " JOIN event e ON e.id = r.event",
        f"e.slug = '{event_slug}'",
    )


async def test_whole_story_is_told_in_a_moment() -> None:
    seconds = await tell()

    assert seconds < 60  # a few, on a machine that does nothing else
    assert await members_on(NOON.date()) == 58
    assert [(g.slug, g.chairs) for g in await groups.public(NOON.date())] == [
        ("bestuur", ("C.E. de Wit",)),
        ("programmacommissie", ("K. Brouwer-van Dam",)),
        ("onderzoek", ("K. van de Ven",)),
        ("richtlijnen", ("M. in 't Veld",)),
        ("scholing", ("B. 't Hart",)),
    ]
    coming = await events.upcoming(BOARD, now=NOON, limit=50)
    assert Counter(event.state for event in coming) == {
        "published": 17,
        "cancelled": 2,
        "announced": 1,
        "draft": 3,
    }
    assert Counter(event.kind for event in coming)["congress"] == 1
    assert await counted("state", "proposal") == {
        "draft": 1,
        "submitted": 3,
        "accepted": 1,
        "reserve": 1,
        "rejected": 1,
        "revision": 1,
        "confirmed": 1,
        "withdrawn": 1,
        "delivered": 3,
    }
    assert await counted("state", "subscription") == {"confirmed": 62}


async def test_one_day_is_full_and_one_has_room(told: None) -> None:
    assert await lines("eventdag-slapen-met-pijn-2027") == {
        "confirmed": 11,
        "offered": 1,
        "waiting": 4,
        "cancelled": 1,
    }
    assert await lines("eventdag-samen-beslissen-2027") == {"confirmed": 9}
    full = await events.get(ANONYMOUS, "eventdag-slapen-met-pijn-2027", now=NOON)
    room = await events.get(ANONYMOUS, "eventdag-samen-beslissen-2027", now=NOON)
    assert (full.is_full, room.is_full) == (True, False)


async def test_some_have_the_calendar_and_a_webinar_moved() -> None:
    await tell(clock.now())

    assert await counted("client", "feed_token", "revoked_at IS NULL") == {
        "Apple": 1,
        "Google": 3,
        "Outlook": 2,
    }
    assert len(await execute("SELECT 1 FROM feed_fetch")) == 10 * 28
    assert await counted("ended_by", "feed_token", "revoked_at IS NOT NULL") == {"owner": 1}
    behind = {one.title_nl: len(one.behind) for one in await moves.coming(clock.now())}
    assert {title: n for title, n in behind.items() if n} == {"Webinar Virtual reality bij pijn": 4}


async def test_nobody_is_mailed(told: None) -> None:
    assert [*await counted("state", "outbox_letter")] == ["dropped"]
    assert await counted("values::text", "outbox_letter") == {
        "{}": (await counted("'all'", "outbox_letter"))["all"]
    }


async def test_everybody_lives_at_example_org(told: None) -> None:
    rows = await execute("SELECT email, email_state FROM person WHERE merged_into IS NULL")
    assert {row["email"].partition("@")[2] for row in rows} == {"example.org"}
    assert sorted(row["email_state"] for row in rows if row["email_state"] != "ok") == ["hold"]


async def test_demo_roles_are_there(told: None) -> None:
    found = [await people.find_by_email(email) for email in DEMO_PEOPLE]

    assert [one.display_name if one else None for one in found] == [
        "C.E. de Wit",
        "A.M. van der Berg",
        "B. 't Hart",
        "E.J. Vermeulen",
        "F. El Amrani",
    ]


async def test_story_is_told_once(told: None) -> None:
    assert await story.load(NOON) is False
    assert await counted("'all'", "person") == {"all": 71}


async def test_database_with_people_is_left_alone() -> None:
    await person("Echt")

    assert await story.load(NOON) is False
    assert await counted("'all'", "event") == {}


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2027, 4, 26, 4, 0, tzinfo=UTC),
        datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    ],
)
async def test_story_can_begin_on_any_day(now: datetime) -> None:
    await tell(now)

    assert await members_on(clock.day_of(now)) == 58
    rows = await execute(
        "SELECT (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM registration_line"
        " WHERE state = 'offered' AND expires_at > $1) AS offers",
        now,
    )
    assert rows == [{"events": 32, "offers": 1}]


async def test_pages_show_the_story(client: httpx.AsyncClient) -> None:
    await tell(clock.now())
    lid = await people.find_by_email("lid@example.org")
    assert lid is not None
    await sign_in(client, lid)

    me = await client.get("/me")
    group = await client.get("/groups/scholing")

    assert heading(me.text).endswith("A.M. van der Berg")
    assert "Plaats aangeboden" in me.text
    assert len(re.findall(r'<th scope="row">', group.text)) == 7


async def test_calendars_were_invited_and_answered() -> None:
    await tell()

    answers = await counted("answer", "calendar_invitation", "method = 'request'")
    assert answers == {"declined": 3, "tentative": 3, "accepted": 3, "none": 18}
    assert await counted("meetings", "calendar_choice") == {"invitation": 7}
