"""Two workers, two letters about one event, at the same moment: a calendar is told once."""

import asyncio
from datetime import datetime
from uuid import uuid4

import pytest

from server.database import execute, transaction
from server.invitations import enclosing as invitations
from server.outbox.calendar_part import Enclosed
from server.outbox.message import Queued
from tables.people import Person
from tests import factories
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
WORKERS = 6


def letter(who: Person, event_id: int, number: int) -> Queued:
    return Queued(
        id=number,
        kind="registration_confirmed",
        category="service",
        address="anna@example.com",
        language="nl",
        values={"name": "Anna"},
        message_id=uuid4(),
        attempts=1,
        claimed_at=EARLY,
        person=who.id,
        event=event_id,
    )


async def enclose(one: Queued, now: datetime = EARLY) -> Enclosed | None:
    async with transaction():
        return await invitations.enclose(one, now)


async def told_by_all(who: Person, event_id: int) -> int:
    """How many of the workers told it."""
    found = await asyncio.gather(*(enclose(letter(who, event_id, n)) for n in range(WORKERS)))
    return sum(one is not None for one in found)


async def coming() -> tuple[Person, int]:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    return anna, event.id


async def test_the_first_invitation_goes_once() -> None:
    assert await told_by_all(*await coming()) == 1


async def test_a_change_goes_once() -> None:
    anna, event_id = await coming()
    await told_by_all(anna, event_id)
    await execute("UPDATE event SET sequence = sequence + 1, ends_at = ends_at + interval '1 hour'")

    assert await told_by_all(anna, event_id) == 1


async def test_the_control_without_lock_and_guard_tells_it_more_than_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna, event_id = await coming()
    await told_by_all(anna, event_id)
    await execute("UPDATE event SET sequence = sequence + 1, ends_at = ends_at + interval '1 hour'")
    monkeypatch.setattr(invitations, "TOLD", invitations.TOLD.replace("FOR UPDATE", ""))
    guard = "WHERE i.sequence < $4 OR i.method = 'none'"
    assert guard in invitations.NOTE
    monkeypatch.setattr(invitations, "NOTE", invitations.NOTE.replace(guard, ""))

    assert await told_by_all(anna, event_id) > 1
