"""Links with a secret in them, while they still work: looking changes nothing, acting counts once,
nobody else's bent copy of one opens anything, and whoever comes too late reads what to do.

The table of who may open what tries them on secrets that open nothing; this is the other half.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from tests import factories
from tests.clients import sign_in
from tests.house.links import FOR_EVER, MAKERS, SHAPES, Live
from tests.house.test_authorisation import rows

pytestmark = pytest.mark.anyio
Maker = Callable[[datetime], Awaitable[Live]]
EMPTIED = "TRUNCATE person, newsletter_list, sign_in_link, event, membership_type CASCADE"
every_link = pytest.mark.parametrize("make", MAKERS, ids=[make.__name__ for make in MAKERS])
TABLES = """SELECT relname FROM pg_class WHERE relkind = 'r'
  AND relnamespace = 'public'::regnamespace
  AND relname NOT IN ('migration', 'rate_limit', 'session') ORDER BY relname"""


async def everything() -> dict[str, tuple[int, str]]:
    """All that is stored, table by table; not how often somebody asked, nor who is signed in."""
    found = {}
    for row in await execute(TABLES):
        told = await execute(
            "SELECT count(*)::int AS n, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum"
            f' FROM "{row["relname"]}" t'
        )
        found[row["relname"]] = (told[0]["n"], told[0]["sum"])
    return found


async def counts() -> dict[str, int]:
    """How many rows there are; links, marks and mail counters among them."""
    return {name: n for name, (n, _) in (await everything()).items()}


def bent(token: str) -> list[str]:
    """What mail programs and people make of a link, and what a guesser tries."""
    other = "B" if token[0] != "B" else "C"
    return [other + token[1:], token[:-1], token + "A", token.swapcase(), token + "%00", token * 99]


def is_secret(answer: httpx.Response) -> bool:
    """Nobody keeps it, and its address goes nowhere."""
    kept = answer.headers["cache-control"]
    return kept == "no-store" and answer.headers["referrer-policy"] == "no-referrer"


def test_every_address_with_a_token_is_tried_while_it_works() -> None:
    elsewhere = {"/check-in/{token}/scans/{scan_id}/undoing"}  # in tests/attendance/test_door.py

    assert {row["path"] for row in rows() if "{token}" in row["path"]} == SHAPES | elsewhere


@every_link
async def test_looking_changes_nothing(client: httpx.AsyncClient, make: Maker) -> None:
    link = await make(clock.now())
    before = await everything()

    looked = [await client.get(link.path) for _ in range(2)]
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE"):
        await client.request(method, link.path, params={"_method": "POST"})

    assert [answer.status_code for answer in looked] == [200 if link.looks else 405] * 2
    assert not link.looks or all(map(is_secret, looked))
    assert await everything() == before


@every_link
async def test_a_second_time_does_nothing_more_and_says_so(
    client: httpx.AsyncClient, make: Maker
) -> None:
    link = await make(clock.now())
    first = await client.post(link.path, data=link.sent)
    client.cookies.clear()
    once = await counts()

    again = await client.post(link.path, data=link.sent)
    looked = await client.get(link.path)

    assert first.status_code in (200, 303)
    assert again.status_code == link.again
    assert looked.status_code in (200, 404, 405, 409, 410)
    assert await counts() == once


@every_link
async def test_five_at_once_do_what_one_does(client: httpx.AsyncClient, make: Maker) -> None:
    link = await make(clock.now())
    five = [client.post(link.path, data=link.sent) for _ in range(5)]

    answers = sorted(answer.status_code for answer in await asyncio.gather(*five))

    if link.again == 409:
        assert answers == [303, 409, 409, 409, 409]
        assert len(await execute("SELECT 1 FROM session")) <= 1
    else:
        assert answers == [link.again] * 5


@every_link
async def test_one_that_is_over_says_what_to_do(client: httpx.AsyncClient, make: Maker) -> None:
    link = await make(clock.now())
    if link.life == FOR_EVER:
        return
    await execute(EMPTIED)
    link = await make(clock.now() - link.life - timedelta(seconds=1))
    before = await everything()

    looked, acted = await client.get(link.path), await client.post(link.path, data=link.sent)

    assert looked.status_code in (404, 409, 410)
    assert acted.status_code in (404, 409)
    assert is_secret(looked)
    for answer in (looked, acted):
        main = answer.text.partition("<main")[2].partition("</main")[0]
        assert "<a " in main or "ink" in main, link.shape
    assert await everything() == before


@every_link
async def test_a_bent_one_opens_nothing(client: httpx.AsyncClient, make: Maker) -> None:
    link = await make(clock.now())
    before = await everything()

    for token in bent(link.token):
        path = link.path.replace(link.token, token)
        looked = await client.get(path)
        acted = await client.post(path, data=link.sent)
        assert looked.status_code in (404, 405, 409, 410), token
        assert acted.status_code in (404, 409), token

    assert await everything() == before


@every_link
async def test_whoever_is_signed_in_besides_stays_who_they_are(
    client: httpx.AsyncClient, make: Maker
) -> None:
    link = await make(clock.now())
    dirk = await factories.dirk()
    await sign_in(client, dirk)
    before = await execute("SELECT * FROM person WHERE id = $1", dirk.id)

    await client.post(link.path, data=link.sent)

    assert await execute("SELECT * FROM person WHERE id = $1", dirk.id) == before
    theirs = await execute("SELECT action FROM audit_entry WHERE actor_id = $1", dirk.id)
    assert {row["action"] for row in theirs} <= {
        "sign_in",
        "end_session",
        "verify",
        "cancel",
        "take",
        "decline",
    }
