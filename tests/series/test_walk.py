"""Whatever is done with a series, in whatever order: what is over or off never changes."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid, Refusal
from server.series import changing, laying_out, queries, rules, stepping
from server.series.rules import Every, Layout, Scope
from tests import factories
from tests.registrations.cast import register
from tests.series.cast import NOW, series

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
STEPS = 14
FROZEN = ("cancelled", "completed", "archived")
Verb = Callable[["Life"], Awaitable[object]]


class Life:
    """One series under way."""

    def __init__(self, series_id: int, dice: random.Random) -> None:
        self.id, self.dice, self.now = series_id, dice, NOW

    async def some(self) -> list[str]:
        """A few of its events."""
        slugs = [one.slug for one in await queries.occurrences(self.id)]
        return [slug for slug in slugs if self.dice.random() < 0.4]


async def change(life: Life) -> None:
    found = await queries.occurrences(life.id)
    was = await queries.row_of(life.dice.choice(found).id)
    hours = timedelta(hours=life.dice.choice((-24, -1, 0, 1, 48)))
    asked: dict[str, Any] = {
        **was,
        "room": f"Zaal {life.dice.randrange(9)}",
        "starts_at": was["starts_at"] + hours,
        "ends_at": was["ends_at"] + hours,
    }
    scope = life.dice.choice(list(Scope))
    plan = await changing.plan(SYSTEM, was["id"], asked, scope, "nl", now=life.now)
    await execute("DELETE FROM outbox_letter")
    await changing.change(SYSTEM, plan, now=life.now)
    kinds = ["series_changed", "event_changed"]
    rows = await execute("SELECT address FROM outbox_letter WHERE kind = ANY($1)", kinds)
    told = Counter(row["address"] for row in rows)
    assert set(told.values()) <= {1}
    assert len(told) == plan.people


async def extend(life: Life) -> None:
    view = await queries.get(SYSTEM, life.id, now=life.now)
    layout = Layout(view.every, life.dice.randrange(1, 3))
    await laying_out.extend(SYSTEM, view, layout, left_out=(), now=life.now)


async def add(life: Life) -> None:
    await laying_out.add(SYSTEM, life.id, life.now + timedelta(days=9, hours=1), now=life.now)


async def step(life: Life) -> None:
    action = life.dice.choice(list(stepping.NOUNS.values()))
    await stepping.take(SYSTEM, life.id, action, await life.some(), reason="Ziek", now=life.now)


async def end(life: Life) -> None:
    await stepping.end(SYSTEM, life.id, await life.some(), reason="Klaar", now=life.now)


async def resume(life: Life) -> None:
    await stepping.resume(SYSTEM, life.id)


async def wait(life: Life) -> None:
    life.now += timedelta(days=life.dice.randrange(1, 20))


VERBS: tuple[Verb, ...] = (change, change, change, extend, add, step, step, step, end, resume, wait)


async def frozen(life: Life) -> dict[int, tuple[datetime, str]]:
    """What may not change any more: when and where it was; drafts that are over may still go."""
    rows = await execute(
        "SELECT id, starts_at, room FROM event WHERE series = $1 AND (state = ANY($2)"
        " OR starts_at <= $3 AND state <> 'draft')",
        *(life.id, list(FROZEN), life.now),
    )
    return {row["id"]: (row["starts_at"], row["room"]) for row in rows}


@pytest.mark.parametrize("seed", range(12))
async def test_a_life_of_a_series(seed: int) -> None:
    life = Life(await series(5, Every.week), random.Random(seed))
    people = [await factories.member(f"P{n}") for n in range(3)]
    for one in await queries.occurrences(life.id):
        for who in people:
            if life.dice.random() < 0.5:
                await register(who, one.id, now=NOW)

    for _ in range(STEPS):
        before = await frozen(life)
        with suppress(Invalid, Refusal):
            await life.dice.choice(VERBS)(life)
        after = await frozen(life)
        assert {key: after[key] for key in before} == before
        row = (await execute("SELECT * FROM event_series WHERE id = $1", life.id))[0]
        assert rules.every_of(row["rule"]) == Every.week
        assert rules.last_of(row["rule"]) >= row["starts_at"] - timedelta(days=3)
