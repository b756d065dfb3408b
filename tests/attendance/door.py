"""A door that is open now, and who stands at it."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

from server import clock
from server.attendance import queries, rules
from server.attendance.service import Asked
from server.database import execute
from server.registrations import service as registrations
from server.registrations import tickets
from server.registrations.wishes import RegistrationForm
from tests import factories
from tests.factories import acting

HOUR = timedelta(hours=1)
PHONE = uuid4()


async def today(capacity: int = 5) -> tuple[int, str]:
    """An event that is on now: its id and address."""
    now = clock.now()
    event, _ = await factories.open_event(capacity, starts_at=now + HOUR, ends_at=now + 6 * HOUR)
    return event.id, event.slug


async def guest(event_id: int, name: str = "Anna") -> tuple[int, str]:
    """Somebody with a place, and the code of their ticket."""
    row = await factories.member(name)
    who = acting(row)
    await execute("UPDATE person SET search_key = $2 WHERE id = $1", row.id, name.lower())
    view = await registrations.register(who, event_id, RegistrationForm(), now=clock.now())
    return view.id, await tickets.code_of(view.id)


def scan_of(code: str, **more: object) -> Asked:
    return Asked(**{"device": PHONE, "nonce": uuid4(), "code": code, **more})  # type: ignore[arg-type]


async def inside(event_id: int, part_id: int | None = None) -> int:
    """How many are in today."""
    since = rules.day_began(clock.now())
    return (await queries.numbers(event_id, part_id, since=since)).inside


async def results(event_id: int) -> Counter[str]:
    rows = await execute("SELECT result FROM scan WHERE event = $1", event_id)
    return Counter(row["result"] for row in rows)
