"""Who comes is told what changed: what was and what is, once, and nothing that stayed."""

from datetime import timedelta

import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.registrations import organising
from server.registrations import service as registrations
from server.registrations.claiming import RegistrationForm
from tables.events import Venue
from tests import factories
from tests.factories import NOON, acting

pytestmark = pytest.mark.anyio


async def venue(name: str, city: str) -> int:
    row = Venue(name=name, city=city)
    await row.save()
    return int(row.id)


async def comes(language: str = "nl") -> int:
    """One person with a place at a published event in Utrecht."""
    event, _ = await factories.open_event(
        5, venue=await venue("De Vosch", "Utrecht"), room="Zaal 1"
    )
    who = await factories.member("Anna", language=language)
    await registrations.register(acting(who), event.id, RegistrationForm(), now=clock.now())
    return int(event.id)


async def told() -> list[str]:
    rows = await execute(
        """SELECT "values" ->> 'changes' AS said FROM outbox_letter
           WHERE kind = 'event_changed' ORDER BY id"""
    )
    return [row["said"] for row in rows]


async def test_several_changes_at_once_are_one_letter(db: None) -> None:
    event = await comes()
    later = {"starts_at": NOON + timedelta(days=7), "ends_at": NOON + timedelta(days=7, hours=6)}
    moved = {**later, "venue": await venue("Het Huis", "Zwolle"), "room": "", "mode": "hybrid"}

    await organising.change_event(SYSTEM, event, moved, now=clock.now())

    assert await told() == [
        "Datum: was vrijdag 12 maart 2027, 12.00–18.00 uur,"
        " wordt vrijdag 19 maart 2027, 12.00–18.00 uur\n"
        "Vorm: was Op locatie, wordt Op locatie en online\n"
        "Plaats: was De Vosch, Zaal 1, Utrecht, wordt Het Huis, Zwolle"
    ]


async def test_what_stays_is_not_named_but_the_date(db: None) -> None:
    event = await comes("en")

    await organising.change_event(SYSTEM, event, {"room": "Zaal 2"}, now=clock.now())

    (said,) = await told()
    assert said == (
        "Date: still Friday 12 March 2027, 12:00–18:00\n"
        "Place: was De Vosch, Zaal 1, Utrecht, is now De Vosch, Zaal 2, Utrecht"
    )


async def test_a_typo_tells_nobody(db: None) -> None:
    event = await comes()

    await organising.change_event(SYSTEM, event, {"title": "Pijndag!"}, now=clock.now())

    assert await told() == []
