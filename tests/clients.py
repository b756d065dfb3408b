"""A browser signs in, reads a page's heading, and everybody's letters are read."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import httpx

from server import clock
from server.accounts import service as accounts
from server.database import STATEMENTS, execute
from server.web import public_form
from tables.people import Person


async def session_of(who: Person) -> str:
    """A session of this person, with the second factor if they need one."""
    url = await accounts.sign_in_url(who.id, carries_proof=True, now=clock.now())
    session, _ = await accounts.redeem(url.rpartition("/")[2], device="", now=clock.now())
    return session


async def sign_in(client: httpx.AsyncClient, who: Person) -> httpx.AsyncClient:
    """Give the browser a session of this person."""
    client.cookies.clear()
    client.cookies.set("session", await session_of(who))
    return client


def heading(page: httpx.Response) -> str:
    """The one h1 of a page, in plain words."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page.text, re.S)
    assert len(found) == 1
    return html.unescape(re.sub(r"<[^>]+>|\s+", " ", found[0])).strip()


async def letters() -> list[tuple[str, str]]:
    """Kind and address of every letter owed, in order."""
    rows = await execute("SELECT kind, address FROM outbox_letter ORDER BY id")
    return [(row["kind"], row["address"]) for row in rows]


async def last_letter() -> dict[str, Any]:
    """What the newest letter says."""
    rows = await execute('SELECT "values" FROM outbox_letter ORDER BY id DESC LIMIT 1')
    values: dict[str, Any] = json.loads(rows[0]["values"])
    return values


def human(**values: str) -> dict[str, str]:
    """What a stranger sends who opened the form a while ago and saw no hidden field."""
    return {**values, "opened": public_form.sealed(clock.now() - timedelta(minutes=1))}


async def statements(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> int:
    """How many statements one request costs."""
    counted = await client.request(method, path, **more)
    assert counted.status_code in (200, 303)
    counter = STATEMENTS.get()
    assert counter is not None
    return counter[0]
