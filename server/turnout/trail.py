"""How each sort of place of an event filled up, read from its claims and the audit trail."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.database import execute
from server.registrations import sorts
from server.registrations.sorts import Unit
from server.turnout import history
from server.turnout.history import Filling, Move, Story

CLAIMS = """SELECT l.id, l.unit, l.state, l.created_at, l.changed_at, l.expires_at
  FROM registration_line l JOIN capacity_unit u ON u.id = l.unit WHERE u.event = $1 ORDER BY l.id"""
# By keys, so that the index on entity and its number serves.
MOVES = """SELECT a.entity_id, a.at, a.action = 'register' AS is_first, a.after ->> 'state' AS state
  FROM audit_entry a WHERE a.entity = 'registration_line' AND a.entity_id = ANY($1::bigint[])
  AND a.after ->> 'state' IS NOT NULL ORDER BY a.at, a.id"""
CAPACITIES = """SELECT a.entity_id, a.at, a.before ->> 'capacity' AS was,
  a.after ->> 'capacity' AS becomes FROM audit_entry a WHERE a.entity = 'capacity_unit'
  AND a.action = 'change' AND a.entity_id = ANY($1::bigint[]) AND a.after ? 'capacity'
  ORDER BY a.at, a.id"""


@dataclass(frozen=True)
class Filled:
    """A sort of place as it stands today, and how it came to be so; None while nobody asked."""

    unit: Unit
    filling: Filling | None


async def of_event(event_id: int, *, ends_at: datetime, now: datetime) -> list[Filled]:
    """Every sort of place, up to now or the end of the event; in a fixed number of statements."""
    units = await sorts.of_event(event_id, now=now)
    stories, first = await _stories(event_id)
    changes = await _changes([unit.id for unit in units])
    found = []
    for unit in units:
        told = stories.get(unit.id)
        capacity = history.capacities(first, unit.capacity, changes[unit.id]) if first else []
        filling = (
            history.filling(told, capacity, begins=first, ends=min(now, ends_at))
            if told and first
            else None
        )
        found.append(Filled(unit, filling))
    return found


async def _stories(event_id: int) -> tuple[dict[int, list[Story]], datetime | None]:
    """The stories of each sort of place, and when the first of all began."""
    rows = await execute(CLAIMS, event_id)
    begun: dict[int, str] = {}
    moves: dict[int, list[Move]] = defaultdict(list)
    for row in await execute(MOVES, [row["id"] for row in rows]):
        if row["is_first"] and row["entity_id"] not in begun:
            begun[row["entity_id"]] = row["state"]
        else:
            moves[row["entity_id"]].append((row["at"], row["state"]))
    found: dict[int, list[Story]] = defaultdict(list)
    for row in rows:
        found[row["unit"]].append(_story(row, begun.get(row["id"]), moves[row["id"]]))
    return dict(found), min((row["created_at"] for row in rows), default=None)


def _story(row: dict[str, Any], first: str | None, moves: list[Move]) -> Story:
    now_is = (row["changed_at"], row["state"])
    return history.story(row["created_at"], first, moves, now_is, row["expires_at"])


async def _changes(
    unit_ids: list[int],
) -> dict[int, list[tuple[datetime, int | None, int | None]]]:
    found: dict[int, list[tuple[datetime, int | None, int | None]]] = defaultdict(list)
    for row in await execute(CAPACITIES, unit_ids):
        was, becomes = (json.loads(row[name] or "null") for name in ("was", "becomes"))
        found[row["entity_id"]].append((row["at"], was, becomes))
    return found
