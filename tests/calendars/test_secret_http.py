"""Secret addresses over HTTP, behind the whole application: 3.6 and 3.7 of the design."""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from server import clock, settings
from server.app import create_app
from server.calendars import service
from server.database import execute
from tables.people import Person
from tests import factories
from tests.calendars.test_personal import path, signed_in

pytestmark = pytest.mark.anyio

HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before


@pytest.fixture
async def site(db: None) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.current())
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """The log of what happens meanwhile."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as caught:
        yield caught
    structlog.configure(**before)


async def token_of(person: Person) -> str:
    return await service.create_token(signed_in(person), "telefoon", now=clock.now())


def told(answer: httpx.Response) -> tuple[object, ...]:
    """All that a guesser can see; only the number of the request differs each time."""
    headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
    return answer.status_code, answer.content, sorted(headers.items())


async def test_all_that_opens_nothing_is_answered_alike(site: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    gone, known = await token_of(anna), await token_of(anna)
    await execute(
        "UPDATE feed_token SET revoked_at = now() - interval '30 days 1 second' WHERE id = 1"
    )
    paths = [
        path("A" * 43),  # unknown
        path(gone),
        path("kort"),
        path("A" * 44),
        path("é" * 43),
        path(known[:-1] + "!"),
        path(known).removesuffix(".ics"),
        f"/calendars/personal/{known}/agenda.ics",
        f"/calendars/personal/x/{known}.ics",
        "/calendars/personal/.ics",
        "/calendars/personal/%00.ics",
        path(known.swapcase()),
    ]

    answers = {wrong: told(await site.get(wrong)) for wrong in paths}
    heads = {wrong: told(await site.head(wrong)) for wrong in paths}

    (answer,), (head,) = set(map(str, answers.values())), set(map(str, heads.values()))
    assert "Not found." in answer
    assert head.startswith("(404, b''")
    assert (await site.get(path(known))).status_code == 200


async def test_an_unknown_key_takes_as_long_as_an_ended_one(site: httpx.AsyncClient) -> None:
    """By hash, so there is nothing to measure but the one look-up; generous: this machine works."""
    gone = await token_of(await factories.person("Anna"))
    await execute("UPDATE feed_token SET revoked_at = now() - interval '31 days'")
    took: dict[str, list[float]] = {gone: [], gone[:42] + ("A" if gone[42] != "A" else "B"): []}

    for _ in range(15):
        for token, times in took.items():
            began = time.perf_counter()
            await site.get(path(token))
            times.append(time.perf_counter() - began)

    one, other = (median(times) for times in took.values())
    assert max(one, other) < 3 * min(one, other)


async def test_thirty_a_minute_and_then_when_to_come_back(site: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    token, other = await token_of(anna), await token_of(anna)

    answers = [await site.get(path(token)) for _ in range(32)]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * 30 + [429] * 2
    refused = answers[-1]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["content-type"] == "text/plain; charset=utf-8"
    assert token not in refused.text
    assert (await site.get(path(other))).status_code == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "MKCALENDAR", "LOCK"]
)
async def test_other_methods_are_refused_in_words_of_http(
    site: httpx.AsyncClient, method: str
) -> None:
    token = await token_of(await factories.person("Anna"))

    answer = await site.request(method, path(token))

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.content == b""


async def test_the_log_knows_the_row_and_never_the_key(
    site: httpx.AsyncClient, lines: list[Any]
) -> None:
    anna = await factories.person("Anna")
    token = await token_of(anna)
    (row,) = await execute("SELECT id FROM feed_token")

    await site.get(path(token))
    await site.get(path("A" * 43))

    asked = [line for line in lines if line["event"] == "request"]
    assert [line.get("feed_token") for line in asked] == [row["id"], None]
    assert [line["path"] for line in asked] == ["/calendars/personal/…"] * 2
    assert [line["person"] for line in asked] == [None, None]  # a key opens no session
    assert token not in str(lines)


async def test_a_key_is_nowhere_in_what_it_opens(site: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    token = await token_of(anna)

    answer = await site.get(path(token), headers={"cookie": "lang=en", "accept": "text/html"})
    await execute("UPDATE feed_token SET revoked_at = now()")
    ended = await site.get(path(token))

    for one in (answer, ended):
        assert one.headers["content-type"] == "text/calendar; charset=utf-8"
        assert token not in one.text.replace("\r\n ", "")
        assert token not in str(one.headers)
        assert "set-cookie" not in one.headers
        assert one.headers["cache-control"] == "private, no-cache"
        assert one.headers["x-robots-tag"] == "noindex, nofollow"
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in one.headers
    assert "Mijn agenda" in answer.text  # the address says in which language, not the cookie


async def test_a_poll_of_ones_own_calendar_writes_nothing_that_is_known(
    site: httpx.AsyncClient,
) -> None:
    token = await token_of(await factories.person("Anna"))
    first = await site.get(path(token))
    known = "SELECT xmin::text AS v FROM feed_token UNION ALL SELECT xmin::text FROM feed_state"
    before = await execute(known)

    again = await site.get(path(token), headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert await execute(known) == before


async def test_robots_may_read_feeds_and_not_a_page_of_ones_own(site: httpx.AsyncClient) -> None:
    robots = (await site.get("/robots.txt")).text

    assert "Disallow: /calendars/p" not in robots
    assert "Disallow: /calendars\n" not in robots


async def test_used_by_another_program_on_another_day(site: httpx.AsyncClient) -> None:
    token = await token_of(await factories.person("Anna"))
    await site.get(path(token), headers={"user-agent": "Google-Calendar-Importer"})
    yesterday = clock.today() - timedelta(days=1)
    await execute("UPDATE feed_token SET fetched_on = $1", yesterday)

    await site.get(path(token), headers={"user-agent": "iOS/26.1 (23B85) dataaccessd/1.0"})

    rows = await execute("SELECT fetched_on, client FROM feed_token")
    assert rows == [{"fetched_on": clock.today(), "client": "Apple"}]
