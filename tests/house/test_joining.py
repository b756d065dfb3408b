"""The link to take part online: on no page, feed, file or answer but those made for it.

Every address that answers a GET, for every kind of visitor, and every letter that waits.
"""

import httpx
import pytest

from server.database import execute
from tests.house.test_authorisation import rows
from tests.house.visitors import example

pytestmark = pytest.mark.anyio
LINK = "vergaderen.example.org"  # where every meeting of the demo is held
# The form of who manages the event; a place, by its secret code.
MADE_FOR_IT = {
    "/board/events/{slug}/settings",
    "/board/events/{slug}/series/changes",
    "/events/{slug}/online",
    "/registrations/{code}",
    "/api/registrations/{code}",
}


async def test_no_address_gives_the_joining_link_away(site: dict[str, httpx.AsyncClient]) -> None:
    everywhere = "UPDATE event SET online_url = 'https://vergaderen.example.org/x'"
    await execute(f"{everywhere}, mode = 'hybrid' WHERE state <> 'archived'")
    found = []
    for row in rows():
        if row["method"] != "GET" or row["path"] in MADE_FOR_IT:
            continue
        await execute("DELETE FROM rate_limit")
        path = await example(row["path"])
        for kind, client in site.items():
            answer = await client.get(path)
            if LINK.encode() in answer.content:
                found.append(f"{path} as {kind}")

    assert found == []


async def test_no_letter_and_no_stored_feed_holds_the_joining_link(
    site: dict[str, httpx.AsyncClient],
) -> None:
    letters = "SELECT kind FROM outbox_letter WHERE values::text LIKE '%vergaderen.example.org%'"
    feeds = "SELECT key FROM feed_state WHERE position('vergaderen.example.org'::bytea in body) > 0"

    assert site
    assert await execute(letters) == []
    assert await execute(feeds) == []
