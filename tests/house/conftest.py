"""The demo story, and somebody of every kind who is signed in."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from server import clock, settings
from server.accounts import api_tokens, token_rules
from server.accounts.api_tokens import TokenForm
from server.actors import Actor
from server.cli import product as planting
from server.database import execute
from server.demo import story
from server.people import service as people
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.conftest import product
from tests.house import things
from tests.house.visitors import EXAMPLES, OFFICES, VISITORS, sign_in, value
from tests.keeping import told_once

HELD = {office: Role(office.removeprefix("board_")) for office in OFFICES}
BASE = "http://localhost:8000"


@pytest.fixture
async def site(
    pool: asyncpg.Connection, db: None, tmp_path: Path
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The demo story, and somebody of every kind who is signed in."""
    given = {"SECRET_KEY": "k" * 32, "VAR_DIR": str(tmp_path), "DEMO": "1"}
    app = product(settings.load(given, tmp_path / ".env"))
    async with app.lifespan():
        await told_once(pool, f"site_{clock.today():%Y%m%d}", tell)
        clients = {}
        for kind, email in VISITORS.items():
            transport = httpx.ASGITransport(app=app)
            clients[kind] = httpx.AsyncClient(transport=transport, base_url=BASE)
            if email:
                await sign_in(clients[kind], email)
        clients["token"] = await program_of(app, VISITORS["member"])
        clients["board_token"] = await program_of(app, VISITORS["board"], office="board")
        yield clients
        for client in clients.values():
            await client.aclose()


async def tell() -> None:
    """Everything there is, before anybody signs in."""
    now = clock.now()
    await planting.seed()
    await story.load(now)
    await give_offices()
    await give_things(now)


async def give_offices() -> None:
    """One person for each office that nobody of the story holds, and a helper at the door."""
    slug = await value(EXAMPLES["/events/{slug}"])
    event = (await execute("SELECT id FROM event WHERE slug = $1", slug))[0]["id"]
    for office in (*OFFICES, "victim"):
        who = await factories.known(office)
        at = event if office == Role.check_in else None
        await RoleGrant(
            person=who.id, role=HELD.get(office, Role.editor), from_on=factories.LONG_AGO, event=at
        ).save()


async def give_things(now: datetime) -> None:
    """What the story lacks."""
    last = await people.find_by_email(VISITORS["board_chair"])
    assert last is not None
    await things.own(last.id, now)
    await things.of_the_board()
    await things.at_the_door(await value(EXAMPLES["/events/{slug}"]), now)
    await things.of_presence(now)
    await things.of_questions(await value(EXAMPLES["/events/{slug}"]))
    await things.of_organisers(await value(EXAMPLES["/events/{slug}"]))
    await things.of_moves(await value(EXAMPLES["/events/{slug}"]), now)
    await things.of_documents(await value(EXAMPLES["/events/{slug}"]))
    await things.of_admission(await value(EXAMPLES["/events/{slug}"]), now)
    await things.of_certificates(last.id)
    await things.of_accreditation()
    await things.of_rights(VISITORS["member"])


async def program_of(app: Litestar, email: str, *, office: str = "") -> httpx.AsyncClient:
    """A program with a token for all that somebody may give, their office only if it is named."""
    who = await people.find_by_email(email)
    assert who is not None
    now = clock.now()
    held = frozenset({office} if office else ())
    holder = Actor(
        *(who.id, who.display_name, email), roles=held, held=held, signed_in_at=now, proved_at=now
    )
    scopes = tuple(token_rules.offered(holder))
    token = await api_tokens.make(holder, TokenForm("Programma", scopes, 30), now=now)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=BASE,
        headers={"authorization": f"Bearer {token}"},
    )
