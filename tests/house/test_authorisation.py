"""Who may open what: every address of the product has a row, and every cell is tried.

`authorisation.csv` says for each address and each kind of visitor what happens:
    yes   it answers, or says what is wrong with what was sent (200, 303, 404 of a thing, 409, 422)
    –     it does not exist for them (404)
    no    it is known to exist, but they may not (403)
    in    they are sent to the sign-in page, or told 401 by the API
"""

import csv
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from server import clock, settings
from server.accounts import service as accounts
from server.app import create_app
from server.cli import product
from server.database import execute
from server.demo import story
from server.people import service as people
from server.routes import ROUTES

pytestmark = pytest.mark.anyio
TABLE = Path(__file__).with_name("authorisation.csv")
BASE = "http://localhost:8000"
VISITORS = {
    "stranger": "",
    "member": "lid@example.org",
    "speaker": "spreker@example.org",
    "chair": "voorzitter@example.org",
    "committee": "commissie@example.org",
    "board": "bestuur@example.org",
}


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def addresses() -> set[tuple[str, str]]:
    """(method, path) of every route; mounts and files stand outside the table."""
    app = Litestar(route_handlers=ROUTES, openapi_config=None, logging_config=None)
    found = set()
    for route in app.routes:
        for method in getattr(route, "methods", ()):
            if method not in ("OPTIONS", "HEAD"):
                found.add((str(method), re.sub(r":(str|int|uuid)\}", "}", route.path_format)))
    return found


def test_every_address_has_a_row() -> None:
    listed = {(row["method"], row["path"]) for row in rows()}

    assert addresses() == listed


EXAMPLES = {
    "/groups/{slug}": "SELECT g.slug FROM working_group g JOIN group_membership m ON m.group = g.id"
    " JOIN person p ON p.id = m.person WHERE p.email = 'voorzitter@example.org'"
    " AND m.role = 'chair' LIMIT 1",
    "/calls/{slug}": "SELECT e.slug FROM call c JOIN event e ON e.id = c.event"
    " ORDER BY c.closes_at DESC LIMIT 1",
    "/board/talks/{slug}": "SELECT e.slug FROM call c JOIN event e ON e.id = c.event"
    " ORDER BY c.closes_at DESC LIMIT 1",
    "/newsletters/{slug}": "SELECT slug FROM newsletter_list ORDER BY id LIMIT 1",
    "/events/{slug}": "SELECT slug FROM event WHERE state = 'published' AND visibility = 'public'"
    " AND ends_at > now() AND EXISTS (SELECT 1 FROM registration r WHERE r.event = event.id)"
    " ORDER BY starts_at DESC LIMIT 1",
    "/library/{code}": "SELECT code FROM resource ORDER BY code LIMIT 1",
    "/board/talks/{code}": "SELECT p.code FROM proposal p JOIN call c ON c.id = p.call"
    " JOIN event e ON e.id = c.event WHERE e.slug = $1 ORDER BY p.id LIMIT 1",
    "/proposals/{code}": "SELECT p.code FROM proposal p JOIN proposal_speaker s"
    " ON s.proposal = p.id JOIN person w ON w.id = s.person"
    " WHERE w.email = 'spreker@example.org' ORDER BY p.id LIMIT 1",
    "/registrations/{code}": "SELECT r.code FROM registration r JOIN person p ON p.id = r.person"
    " WHERE p.email = 'lid@example.org' ORDER BY r.id LIMIT 1",
    "{line_id}": "SELECT l.id FROM registration_line l JOIN capacity_unit u ON u.id = l.unit"
    " JOIN event e ON e.id = u.event WHERE e.slug = $1 ORDER BY l.id LIMIT 1",
    "{membership_id}": "SELECT m.id FROM membership m JOIN person p ON p.id = m.person"
    " WHERE p.email = 'lid@example.org' LIMIT 1",
    "{letter_id}": "SELECT id FROM outbox_letter ORDER BY id LIMIT 1",
    "{seat_id}": "SELECT m.id FROM group_membership m JOIN working_group g ON g.id = m.group"
    " WHERE g.slug = $1 AND m.role = 'member' ORDER BY m.id LIMIT 1",
}
GIVEN = {
    "{kind}": "place_offered",
    "{said}": "nl",
    "{name}": "00000000-0000-4000-8000-000000000000",
    "{token}": "A" * 43,
    "{file}": "citation.ris",
    "{session_id}": "2147483647",
    "{address_id}": "2147483647",
    "{code}": "nothing",
}


async def value(sql: str, *arguments: object) -> str:
    found = await execute(sql, *arguments)
    return str(next(iter(found[0].values()))) if found else "0"


async def example(path: str) -> str:
    """The path with the keys of real rows of the demo story."""
    slug = ""
    for shape, sql in EXAMPLES.items():
        folder, _, key = shape.rpartition("/")
        if key == "{slug}" and folder in path and "{slug}" in path and not slug:
            slug = await value(sql)
    path = path.replace("{slug}", slug)
    for shape, sql in EXAMPLES.items():
        folder, _, key = shape.rpartition("/")
        if key in path and folder in path:
            path = path.replace(key, await value(sql, slug) if "$1" in sql else await value(sql))
    for key, given in GIVEN.items():
        path = path.replace(key, given)
    return path


@pytest.fixture
async def site(db: None, tmp_path: Path) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The demo story, and somebody of every kind who is signed in."""
    using = settings.load({"VAR_DIR": str(tmp_path), "DEMO": "1"}, tmp_path / ".env")
    app = create_app(using)
    now = clock.now()
    async with app.lifespan():
        await product.seed()
        await story.load(now)
        clients = {}
        for kind, email in VISITORS.items():
            transport = httpx.ASGITransport(app=app)
            clients[kind] = httpx.AsyncClient(transport=transport, base_url=BASE)
            if email:
                await sign_in(clients[kind], email)
        yield clients
        for client in clients.values():
            await client.aclose()


async def sign_in(client: httpx.AsyncClient, email: str) -> None:
    person = await people.find_by_email(email)
    assert person is not None
    url = await accounts.sign_in_url(person.id, now=clock.now())
    await client.post(url)


def outcome(answer: httpx.Response) -> str:
    leads_to = answer.headers.get("location", "")
    if answer.status_code == 401 or leads_to.startswith("/sign-in?"):
        return "in"
    if answer.status_code in (403, 404):
        return "no" if answer.status_code == 403 else "–"
    assert answer.status_code < 500, answer.text
    return "yes"


async def ask(client: httpx.AsyncClient, method: str, path: str) -> str:
    if method == "POST" and path.startswith("/api/"):
        return outcome(await client.post(path, json={}))
    return outcome(await client.request(method, path))


async def test_every_cell(site: dict[str, httpx.AsyncClient]) -> None:
    wrong = []
    for row in rows():
        path = await example(row["path"])
        for kind, client in site.items():
            found = await ask(client, row["method"], path)
            if found != row[kind]:
                wrong.append(f"{row['method']} {path} as {kind}: {found}, not {row[kind]}")
            if row["path"] == "/sign-out" and VISITORS[kind]:
                await sign_in(client, VISITORS[kind])

    assert wrong == []
