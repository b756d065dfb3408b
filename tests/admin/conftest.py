"""The admin of a few desks, in a site that takes the visitor's word for who they are."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.types import ASGIApp, Receive, Scope, Send

from server import settings
from server.actors import ANONYMOUS, Actor
from server.database import execute
from server.errors import Refusal
from server.events.states import EVENT
from server.rights import Area
from server.routes import static
from server.web.admin_kit import Desk
from server.web.admin_kit.mount import mount
from server.web.refusals import HANDLERS
from tables.accounts import Session
from tables.audit import AuditEntry
from tables.events import Event, Venue
from tables.newsletters import NewsletterList, Subscription
from tables.outbox import OutboxLetter
from tables.people import Person
from tests.factories import NOON

HOST = "http://localhost:8000"
BOARD = frozenset({"board"})
PROVED = datetime(2100, 1, 1, tzinfo=UTC)  # fresh, however long the tests take
CARLA = Actor(person_id=3, name="Carla Bos", roles=BOARD, proved_at=PROVED)
CAST = {
    "carla": CARLA,
    "anna": Actor(person_id=1, name="Anna Aal", is_member=True),
    "charles": Actor(person_id=9, name="Charles", language="en", roles=BOARD, proved_at=PROVED),
}
LINKS = {"admin.link.site": "/", "admin.link.board": "/board"}


class NoVenue(Refusal):
    """Stands in for any rule of a domain that says no after it has written."""

    code = "refused"


async def publish(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    """Move, and owe a letter: what a domain does in its own verb."""
    row = await EVENT.move(
        row_id, "publish", actor=actor, reason=reason, set_also={"published_at": now}
    )
    await execute(
        "INSERT INTO outbox_letter (kind, cause, address, message_id)"
        " VALUES ('event_published', $1, 'a@example.org', gen_random_uuid())",
        f"event:{row_id}:published",
    )
    if row["title"] == "Kapot":
        raise NoVenue


async def announce(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await EVENT.move(row_id, "announce", actor=actor, reason=reason)


async def remove_venue(_actor: Actor, row_id: int, _now: datetime) -> None:
    await execute("DELETE FROM venue WHERE id = $1", row_id)


DESKS = [
    Desk(
        Venue,
        group="events",
        area=Area.events,
        listed=("name", "city"),
        required=("name",),
        remove=remove_venue,
    ),
    Desk(
        Event,
        group="events",
        area=Area.events,
        machine=EVENT,
        moves={"announce": announce, "publish": publish},
        fixed=("published_at", "cancelled_at", "cancel_reason", "moved_from_at"),
        given_once=("slug",),
        required=("title", "slug"),
        listed=("title", "kind", "starts_at", "venue", "state"),
        order=("-starts_at",),
        page="/events/{slug}",
    ),
    Desk(Person, group="people", area=Area.people, hidden=("note",), creatable=False),
    Desk(
        NewsletterList, group="newsletters", area=Area.newsletters, given_once=("slug", "list_id")
    ),
    Desk(Subscription, group="newsletters", area=Area.newsletters, creatable=False),
    Desk(
        OutboxLetter,
        group="machinery",
        area=Area.letters,
        read_only=True,
        listed=("kind", "created_at", "state"),
    ),
    Desk(AuditEntry, group="machinery", area=Area.audit, read_only=True, hidden=("seal",)),
]
UNLISTED = (Session,)


def trusting(inside: ASGIApp) -> ASGIApp:
    """A front door that takes the visitor's word for it."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            visitor = dict(scope["headers"]).get(b"x-visitor", b"").decode()
            scope["state"]["actor"] = CAST.get(visitor, ANONYMOUS)
        await inside(scope, receive, send)

    return enter


@pytest.fixture(autouse=True)
def in_use(tmp_path: Path) -> Iterator[None]:
    """Settings that pages make links with."""
    before = [*settings._IN_USE]
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": HOST, "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))
    yield
    settings._IN_USE[:] = before


@pytest.fixture(scope="session")
def site() -> Litestar:
    handlers: list[Any] = [mount(DESKS, LINKS), get("/static/{name:str}")(static)]
    app = Litestar(handlers, exception_handlers=HANDLERS, openapi_config=None)
    app.asgi_handler = trusting(app.asgi_handler)
    return app


Visit = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def visit(db: None, site: Litestar) -> AsyncIterator[Visit]:
    browsers: list[httpx.AsyncClient] = []

    def come(visitor: str) -> httpx.AsyncClient:
        browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site),
            base_url=HOST,
            headers={"x-visitor": visitor},
        )
        browsers.append(browser)
        return browser

    yield come
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
async def board(visit: Visit) -> httpx.AsyncClient:
    return visit("carla")


Make = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def an_event(db: None) -> Make:
    async def make(**values: object) -> dict[str, Any]:
        given = {"title": "Pijndag", "slug": "pijndag", "starts_at": NOON}
        row = Event(**{**given, "ends_at": NOON + timedelta(hours=6), **values})
        await row.save()
        return (await execute("SELECT * FROM event WHERE id = $1", row.id))[0]

    return make
