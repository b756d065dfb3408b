"""Section "registration and waiting list" as a machine: 200 lives of 30 steps, none of which breaks
a promise. What Hypothesis finds, it shrinks to the fewest steps that break it."""

import contextlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.actors import ANONYMOUS, SYSTEM, Actor
from server.database import execute
from server.errors import Invalid, NotFound, Refusal
from server.registrations import (
    approving,
    choosing,
    passing_on,
    places,
    queries,
    service,
    strangers,
    taking_over,
)
from server.registrations.precedence import can_be_met
from server.registrations.queries import RegistrationView
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.factories import NOON
from tests.registrations.cast import EARLY, HELD

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
PEOPLE = 6
LIVE = "('unverified', 'approval', 'waiting', 'offered', 'confirmed')"
# What is broken, one row each; nothing is the answer that is wanted.
BROKEN = f"""
WITH unit AS (SELECT u.id, u.capacity, u.kind, (SELECT count(*) FROM registration_line l
    WHERE l.unit = u.id AND {HELD}) AS held FROM capacity_unit u WHERE u.event = $2),
  line AS (SELECT l.* FROM registration_line l JOIN unit u ON u.id = l.unit)
SELECT 'oversold' AS what, u.id FROM unit u WHERE u.held > greatest(u.capacity,
    coalesce(($3::jsonb ->> u.id::text)::int, 0))
UNION ALL SELECT 'free while somebody waits', l.id FROM line l JOIN unit u ON u.id = l.unit
  WHERE l.state = 'waiting' AND u.held < u.capacity AND {can_be_met("l", "$1")}
UNION ALL SELECT 'two live lines', min(id) FROM line l WHERE l.state IN {LIVE}
  GROUP BY l.unit, l.person HAVING count(*) > 1
UNION ALL SELECT 'overtaken', w.id FROM line w JOIN line o ON o.unit = w.unit
  AND o.class_rank = w.class_rank AND o.queued_at > w.queued_at
  WHERE w.state = 'waiting' AND o.state = 'offered' AND {can_be_met("w", "$1")}
UNION ALL SELECT 'a workshop with no seat', l.id FROM line l JOIN unit u ON u.id = l.unit
  WHERE u.kind = 'workshop' AND l.state IN {LIVE} AND NOT EXISTS (SELECT 1 FROM line s
    JOIN unit c ON c.id = s.unit WHERE s.registration = l.registration AND c.kind <> 'workshop'
    AND s.state IN {LIVE})
UNION ALL SELECT 'moved without a trace', l.id FROM line l JOIN audit_entry a
  ON a.entity_id = l.id AND a.entity = 'registration_line'
  GROUP BY l.id, l.revision HAVING count(*) <> l.revision
"""


@dataclass
class Life:
    """One event, who comes to it, and how many places were given beyond what there are."""

    event_id: int
    hall: int
    workshop: int
    people: list[Actor]
    now: datetime = EARLY
    over: dict[int, int] = field(default_factory=dict)


VERBS = (
    *("register", "register", "register", "ask", "verify", "accept", "accept", "decline"),
    *("cancel", "cancel", "take", "drop", "tick", "tick", "capacity", "place", "remove"),
    *("approve", "reject", "wishes", "hand_over", "judge"),
)
STEP = st.tuples(
    st.sampled_from(VERBS),
    st.integers(0, PEOPLE - 1),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 1, 45, 600, 3000]),
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=30, max_size=30), capacity=st.integers(0, 3))
async def test_no_life_breaks_a_promise(
    cast: list[Actor], steps: list[tuple[str, int, bool, bool, int]], capacity: int
) -> None:
    event, hall = await factories.open_event(capacity)
    extra = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="A", capacity=1)
    await extra.save()
    life = Life(event.id, hall.id, extra.id, cast)
    for verb, number, one, other, minutes in steps:
        life.now = min(life.now + timedelta(minutes=minutes), NOON - timedelta(hours=1))
        with contextlib.suppress(Refusal, NotFound, Invalid):
            await do(life, verb, life.people[number], one, other)
        await places.tick(life.now)
        await check(life)


@pytest.fixture
async def cast(db: None) -> list[Actor]:
    """Who registers: members and others."""
    others = [await factories.known(f"P{n}") for n in range(PEOPLE - 2)]
    members = [await factories.member(f"M{n}") for n in range(2)]
    return [factories.acting(one, is_member=True) for one in (*members, *others)]


async def check(life: Life) -> None:
    """Nothing is broken; who was let in beyond the places stays, and no more come."""
    over = json.dumps({str(unit): count for unit, count in life.over.items()})
    assert await execute(BROKEN, life.now, life.event_id, over) == []
    rows = await execute(
        "SELECT u.id, (SELECT count(*) FROM registration_line l WHERE l.unit = u.id"
        f" AND {HELD})::int AS held FROM capacity_unit u WHERE u.event = $2",
        *(life.now, life.event_id),
    )
    life.over = {row["id"]: row["held"] for row in rows}


async def do(life: Life, verb: str, who: Actor, one: bool, other: bool) -> None:
    """One thing that somebody does."""
    unit = life.workshop if one else life.hall
    mine = await queries.find(life.event_id, who.person_id or 0)
    wish = RegistrationForm(
        name=who.name,
        email=who.email,
        extra_ids=(life.workshop,) if one else (),
        together=other,
        auto_accept=not other and one,
    )
    if verb == "register":
        await service.register(who, life.event_id, wish, now=life.now)
    elif verb == "ask":
        await strangers.ask(ANONYMOUS, life.event_id, wish, now=life.now)
    elif verb == "capacity":
        capacity = {"capacity": int(one) + 2 * int(other)}
        await places.change_unit(SYSTEM, unit, capacity, now=life.now)
    elif verb == "judge":
        await execute("UPDATE event SET needs_approval = $2 WHERE id = $1", life.event_id, one)
    elif mine is not None and verb != "tick":
        await do_to(life, verb, mine, unit, one, other)


async def do_to(
    life: Life, verb: str, mine: RegistrationView, unit: int, one: bool, other: bool
) -> None:
    """One thing that is done to a registration."""
    now = life.now
    if verb in ("verify", "accept", "decline", "cancel"):
        act = strangers.verify if verb == "verify" else getattr(service, verb)
        await act(ANONYMOUS, mine.code, now=now)
    elif verb == "take":
        await choosing.take(ANONYMOUS, mine.code, unit, for_them=other, now=now)
    elif verb == "drop":
        await service.cancel(ANONYMOUS, mine.code, unit_id=unit, now=now)
    elif verb == "wishes":
        await service.change_wishes(ANONYMOUS, mine.code, auto_accept=one, together=other, now=now)
    elif verb == "hand_over":
        await hand_over(life, mine)
    else:
        await organise(life, verb, mine, unit, other)


async def organise(life: Life, verb: str, mine: RegistrationView, unit: int, other: bool) -> None:
    """One thing that the organiser does to it."""
    if verb == "approve":
        await approving.approve(SYSTEM, mine.line_id, now=life.now)
    elif verb == "reject":
        await approving.reject(SYSTEM, mine.line_id, "Vol.")
    elif verb == "remove":
        await places.remove(SYSTEM, mine.line_id, now=life.now)
    elif verb == "place":
        found = await queries.of_unit(mine.id, unit)
        reason = "Spreker"
        await places.place(SYSTEM, found.line_id, is_over=other, reason=reason, now=life.now)
        life.over[unit] = life.over.get(unit, 0) + 1


async def hand_over(life: Life, mine: RegistrationView) -> None:
    """To somebody who may be there already."""
    to = life.people[mine.id % PEOPLE]
    await passing_on.ask(ANONYMOUS, mine.code, name="X", email=to.email, now=life.now)
    rows = await execute(
        "SELECT values->>'url' AS url FROM outbox_letter WHERE kind = 'place_for_you'"
        " ORDER BY id DESC LIMIT 1"
    )
    token = rows[0]["url"].rpartition("/")[2]
    await taking_over.take(ANONYMOUS, token, cents=0, now=life.now)
