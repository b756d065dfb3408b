"""What people eat and need: kept with their consent (AVG art. 9 lid 2 a), and not for long.

Thirty days after the event only numbers are left; of a registration that ended, nothing. While an
event is postponed it is still to come, whatever its date says.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.questions.queries import IS_LIVE, AskedNeeds, NeedView, need_view
from server.rights import Area

DIETS = ("vegetarian", "vegan", "no_pork", "halal", "kosher", "gluten_free", "lactose_free")
KEPT_FOR = timedelta(days=30)
ALLERGIES, ACCESS, ANY = "allergies", "access", "any"
EACH = """SELECT r.event, d.need, count(DISTINCT n.id)::int AS people
  FROM need n JOIN registration r ON r.id = n.registration
  CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(n.diets) AS need
    UNION ALL SELECT 'allergies' WHERE n.allergies <> ''
    UNION ALL SELECT 'access' WHERE n.access <> '' UNION ALL SELECT 'any') d
  WHERE {which} GROUP BY r.event, d.need"""
COMES = """EXISTS (SELECT 1 FROM registration_line x WHERE x.registration = r.id
  AND x.state = 'confirmed')"""
WHOM = f"""SELECT n.diets, n.allergies, n.access, w.display_name, {COMES} AS comes FROM need n
  JOIN registration r ON r.id = n.registration JOIN person w ON w.id = r.person
  WHERE r.event = $1 AND {IS_LIVE} ORDER BY w.sort_key, r.id"""


async def ask(actor: Actor, event_id: int, asked: AskedNeeds, *, now: datetime) -> None:
    """Decide what an event asks for. Raises NotFound."""
    async with transaction():
        found = await execute('SELECT "group" FROM event WHERE id = $1 FOR NO KEY UPDATE', event_id)
        if not found or not actor.manages(found[0]["group"], Area.events):
            raise NotFound
        rows = await execute(
            "INSERT INTO needs_asked (event, asks_diet, asks_access, created_at, changed_at)"
            " VALUES ($1, $2, $3, $4, $4) ON CONFLICT (event) DO UPDATE SET"
            " asks_diet = excluded.asks_diet, asks_access = excluded.asks_access,"
            " changed_at = excluded.changed_at, revision = needs_asked.revision + 1 RETURNING id",
            *(event_id, asked.diet, asked.access, now),
        )
        after = {"asks_diet": asked.diet, "asks_access": asked.access}
        await audit.record(actor, "change", ("needs_asked", rows[0]["id"]), after=after)


async def keep(actor: Actor, registration_id: int, need: NeedView, *, now: datetime) -> None:
    """What somebody needs now; nothing more is kept when they need nothing. Never in the trail."""
    if need.is_empty:
        gone = await execute(
            "DELETE FROM need WHERE registration = $1 RETURNING id", registration_id
        )
        if not gone:
            return
    else:
        await execute(
            "INSERT INTO need (registration, diets, allergies, access, consented_at, created_at,"
            " changed_at) VALUES ($1, $2::jsonb, $3, $4, $5, $5, $5) ON CONFLICT (registration)"
            " DO UPDATE SET diets = excluded.diets, allergies = excluded.allergies,"
            " access = excluded.access, consented_at = excluded.consented_at,"
            " changed_at = excluded.changed_at, revision = need.revision + 1",
            *(registration_id, json.dumps(need.diets), need.allergies, need.access, now),
        )
    await audit.record(actor, "change_need", ("registration", registration_id))


async def of_event(event_id: int) -> list[tuple[str, NeedView, bool]]:
    """Name, need, and whether they have a place, of everybody who is still registered, by name.

    For the board only: the caller sees to that.
    """
    rows = await execute(WHOM, event_id)
    return [(row["display_name"], need_view(row), row["comes"]) for row in rows]


async def counts(event_id: int) -> dict[str, int]:
    """Need → how many people who have a place; what was counted when the rest was forgotten."""
    rows = await execute(EACH.format(which=f"r.event = $1 AND {COMES}"), event_id)
    if not rows:
        rows = await execute("SELECT need, people FROM need_count WHERE event = $1", event_id)
    found = {str(row["need"]): int(row["people"]) for row in rows}
    return {name: found[name] for name in (*DIETS, ALLERGIES, ACCESS, ANY) if name in found}


async def forget_ended(registration_ids: Sequence[int]) -> None:
    """Whoever does not come any more needs nothing here; in the transaction of the ending."""
    await execute(
        "DELETE FROM need n USING registration r WHERE r.id = n.registration"
        f" AND r.id = ANY($1::int[]) AND NOT {IS_LIVE}",
        list(registration_ids),
    )


async def tick(now: datetime) -> int:
    """Forget what is not needed any more, once counted: of how many people. Idempotent."""
    over = "r.event IN (SELECT id FROM event WHERE ends_at < $1 AND state <> 'postponed')"
    async with transaction():
        ended = await execute(
            "DELETE FROM need n USING registration r WHERE r.id = n.registration"
            f" AND NOT {IS_LIVE} RETURNING n.id"
        )
        await execute(
            "INSERT INTO need_count (event, need, people, counted_at)"
            f" SELECT c.*, $2 FROM ({EACH.format(which=f'{over} AND {COMES}')}) c"
            " ON CONFLICT (event, need) DO UPDATE SET"
            " people = need_count.people + excluded.people, counted_at = excluded.counted_at",
            *(now - KEPT_FOR, now),
        )
        gone = await execute(
            "DELETE FROM need n USING registration r WHERE r.id = n.registration"
            f" AND {over} RETURNING n.id",
            now - KEPT_FOR,
        )
        if gone or ended:
            after = {"rule": "needs", "rows": len(gone) + len(ended)}
            await audit.record(SYSTEM, "forget", ("need", 0), after=after)
    return len(gone) + len(ended)
