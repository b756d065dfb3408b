"""Registering in few words, and what must hold after every step."""

from datetime import datetime
from uuid import UUID

from server.actors import ANONYMOUS
from server.database import execute
from server.registrations import queries, service, strangers
from server.registrations.queries import RegistrationView
from server.registrations.wishes import RegistrationForm
from tables.people import Person
from tests import factories
from tests.factories import NOON

EARLY = datetime.fromisoformat("2027-02-01T10:00+01:00")  # a Monday; the event is on 12 March
HELD = """(l.state = 'confirmed'
  OR l.state IN ('offered', 'unverified') AND l.expires_at > $1)"""


async def register(
    who: Person, event_id: int, *, now: datetime = EARLY, key: UUID | None = None
) -> RegistrationView:
    """A signed-in person registers."""
    form = RegistrationForm(idempotency_key=key)
    return await service.register(factories.acting(who, is_member=True), event_id, form, now=now)


async def ask(email: str, event_id: int, *, now: datetime = EARLY, key: UUID | None = None) -> None:
    """Somebody who is not signed in asks for a place."""
    form = RegistrationForm(name="Vreemd Ling", email=email, idempotency_key=key)
    await strangers.ask(ANONYMOUS, event_id, form, now=now)


async def stranger(
    email: str, event_id: int, *, now: datetime = EARLY, key: UUID | None = None
) -> RegistrationView:
    """The same, with what they have then."""
    await ask(email, event_id, now=now, key=key)
    rows = await execute(
        "SELECT r.code FROM registration r JOIN person p ON p.id = r.person"
        " WHERE r.event = $1 AND p.email_key = $2",
        *(event_id, email.lower()),
    )
    return await queries.get(rows[0]["code"])


async def crowd(event_id: int, count: int) -> list[RegistrationView]:
    """So many people who are no member register one after the other."""
    people = [await factories.known(f"P{n}") for n in range(count)]
    return [await register(who, event_id) for who in people]


async def states(event_id: int) -> list[str]:
    """The state of every line of an event, in the order in which they were made."""
    rows = await execute(
        "SELECT l.state FROM registration_line l JOIN registration r ON r.id = l.registration"
        " WHERE r.event = $1 ORDER BY l.id",
        event_id,
    )
    return [row["state"] for row in rows]


async def held(unit_id: int, now: datetime = NOON) -> int:
    """How many places are taken, counted anew."""
    rows = await execute(
        f"SELECT count(*) AS n FROM registration_line l WHERE {HELD} AND l.unit = $2", now, unit_id
    )
    return int(rows[0]["n"])
