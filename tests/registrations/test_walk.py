"""A long random life of one event: what must always hold, holds after every step."""

import contextlib
import random
from datetime import datetime, timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import Refusal
from server.registrations import organising, places, queries, service, strangers
from tables.people import Person
from tests import factories
from tests.factories import NOON
from tests.registrations.cast import EARLY, HELD, ask, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
STEPS = 120
LETTER_OF = {
    "confirmed": "registration_confirmed",
    "unverified": "registration_to_verify",
    "offered": "place_offered",
    "declined": "registration_cancelled",
    "cancelled": "registration_cancelled",
    "cancelled_by_organiser": "registration_ended",
}


async def check(unit_id: int, most_held: int, now: datetime) -> None:
    """The invariants. `most_held` allows for places that were taken away later."""
    [unit] = await execute("SELECT capacity FROM capacity_unit WHERE id = $1", unit_id)
    rows = await execute(
        f"SELECT count(*) FILTER (WHERE {HELD}) AS held,"
        " count(*) FILTER (WHERE l.state = 'waiting') AS waiting,"
        " count(*) FILTER (WHERE l.state IN ('offered', 'unverified') AND l.expires_at <= $1)"
        " AS overdue FROM registration_line l WHERE l.unit = $2",
        now,
        unit_id,
    )
    held, waiting, overdue = rows[0]["held"], rows[0]["waiting"], rows[0]["overdue"]
    assert held <= max(unit["capacity"], most_held)
    if not overdue:
        assert waiting == 0 or held >= unit["capacity"]
    assert (
        await execute(
            "SELECT person FROM registration_line WHERE state IN"
            " ('unverified', 'approval', 'waiting', 'offered', 'confirmed')"
            " GROUP BY unit, person HAVING count(*) > 1"
        )
        == []
    )
    # Nobody was let in past somebody of the same class who waits longer.
    assert (
        await execute(
            "SELECT w.id FROM registration_line w JOIN registration_line o ON o.unit = w.unit"
            " AND o.class_rank = w.class_rank AND o.queued_at > w.queued_at"
            " WHERE w.state = 'waiting' AND o.state = 'offered'"
        )
        == []
    )
    # Every state a line came to has its one audit line, and a line changed as often as audited.
    assert (
        await execute(
            "SELECT l.id FROM registration_line l JOIN audit_entry a ON a.entity_id = l.id"
            " AND a.entity = 'registration_line' GROUP BY l.id HAVING count(*) <> l.revision"
        )
        == []
    )


async def letters_follow() -> None:
    """Every audited move into a state that is told has its letter."""
    moves = await execute(
        "SELECT after->>'state' AS state, count(*) AS n FROM audit_entry"
        " WHERE entity = 'registration_line' GROUP BY 1"
    )
    rows = await execute("SELECT kind, count(*) AS n FROM outbox_letter GROUP BY kind")
    sent = {row["kind"]: row["n"] for row in rows}
    owed: dict[str, int] = {}
    for row in moves:
        if row["state"] in LETTER_OF:
            kind = LETTER_OF[row["state"]]
            owed[kind] = owed.get(kind, 0) + row["n"]
    again = sum(
        row["n"]
        for row in await execute(
            "SELECT kind, count(*) AS n FROM outbox_letter WHERE cause LIKE '%:again:%' GROUP BY 1"
        )
    )
    assert 0 <= sum(sent.get(kind, 0) for kind in owed) - sum(owed.values()) <= again


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_life_keeps_every_promise(seed: int) -> None:
    chance, now, most_held = random.Random(seed), EARLY, 0
    event, unit = await factories.open_event(3)
    people = [await factories.known(f"P{n}") for n in range(8)]
    people += [await factories.member(f"M{n}") for n in range(4)]

    for _ in range(STEPS):
        now += timedelta(minutes=chance.choice([0, 1, 20, 45, 600]))
        now = min(now, NOON - timedelta(hours=1))
        capacity = chance.randint(1, 6)
        with contextlib.suppress(Refusal):
            await step(chance, event.id, unit.id, people, capacity, now)
        held = await execute(
            f"SELECT count(*) AS n FROM registration_line l WHERE {HELD} AND l.unit = $2",
            now,
            unit.id,
        )
        [row] = await execute("SELECT capacity FROM capacity_unit WHERE id = $1", unit.id)
        most_held = max(row["capacity"], min(most_held, held[0]["n"]))
        await check(unit.id, most_held, now)
    await letters_follow()


async def step(
    chance: random.Random,
    event_id: int,
    unit_id: int,
    people: list[Person],
    capacity: int,
    now: datetime,
) -> None:
    """One thing that somebody does."""
    views = await queries.of_event(event_id)
    doing = chance.choices(
        ["register", "stranger", "cancel", "verify", "accept", "decline", "tick", "units", "move"],
        [8, 4, 3, 4, 4, 1, 4, 1, 1],
    )[0]
    who, view = chance.choice(people), chance.choice(views) if views else None
    if doing == "register":
        await register(who, event_id, now=now)
    elif doing == "stranger":
        await ask(str(who.email), event_id, now=now)
    elif doing == "tick":
        await places.tick(now)
    elif doing == "units":
        await places.change_unit(SYSTEM, unit_id, {"capacity": capacity}, now=now)
    elif doing == "move":
        change = {"room": f"Zaal {capacity}"}
        await organising.change_event(SYSTEM, event_id, change, now=now)
    elif view is not None:
        verb = strangers.verify if doing == "verify" else getattr(service, doing)
        await verb(ANONYMOUS, view.code, now=now)
