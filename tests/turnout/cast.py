"""An event with people in it, and what a browser is shown of it."""

import html
import re
from datetime import timedelta

import httpx

from server import clock
from server.database import execute
from server.registrations.queries import RegistrationView
from tables.events import Event
from tables.people import Person
from tables.registrations import CapacityUnit
from tests import factories
from tests.registrations.cast import register

SQL = """WITH p AS (INSERT INTO person (surname, sort_key, search_key, display_name, email,
    email_key, email_state) SELECT 'G' || n, 'g' || n, '', 'G' || n, 'g' || n || '@example.com',
    'g' || n || '@example.com', 'ok' FROM generate_series(1, $2::int) n RETURNING id),
  r AS (INSERT INTO registration (event, person, code, created_at)
    SELECT $1, id, 'many' || id, $3 FROM p RETURNING id, person),
  l AS (INSERT INTO registration_line (registration, unit, person, state, queued_at, created_at)
    SELECT r.id, $4, r.person, 'confirmed', $3, $3 FROM r RETURNING id)
  INSERT INTO audit_entry (at, actor, action, entity, entity_id, after)
    SELECT $3, 'x', 'register', 'registration_line', id, '{"state": "confirmed"}'::jsonb FROM l"""


async def day(capacity: int | None = 2, **values: object) -> tuple[Event, CapacityUnit]:
    """A published day, thirty days from now."""
    starts = clock.now() + timedelta(days=30)
    given = {"starts_at": starts, "ends_at": starts + timedelta(hours=6), "title_en": "Pain day"}
    return await factories.open_event(capacity, **{**given, **values})


async def comes(name: str, event: Event, **values: object) -> tuple[Person, RegistrationView]:
    """Somebody registers: a place while there is one, else the line."""
    who = await factories.known(name, **values)
    return who, await register(who, event.id, now=clock.now())


async def crowd(event: Event, unit: CapacityUnit, people: int) -> None:
    """So many more have a place."""
    await execute(SQL, event.id, people, clock.now() - timedelta(days=2), unit.id)


def names(page: httpx.Response) -> list[str]:
    """The row headings of every table of a page, or the first words of a CSV."""
    if "csv" in page.headers["content-type"]:
        return [line.split(";")[0] for line in page.text.lstrip("\ufeff").splitlines()[1:]]
    found = re.findall(r'<th scope="row">(.*?)(?:<br>|</th>)', page.text)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


def hidden(page: httpx.Response) -> dict[str, str]:
    """The key of the letter, and what was looked at."""
    return dict(re.findall(r'name="(key|seen)" value="([^"]*)"', page.text))
