"""Pairs that wait for an eye, the two beside each other, and what was merged of late."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import references
from server.database import execute
from server.errors import NotFound

# What is chosen field by field; the name is one whole, so that no half names come about, and the
# province goes with its postcode.
NAME = (
    *("initials", "first_name", "prefix", "surname", "partner_prefix", "partner_surname"),
    *("name_use", "name_country", "form_of_address", "titles_before", "titles_after"),
)
FIELDS = ("name", "email", "phone", "postcode", "city", "country", "language", "note")
PAIRS = """SELECT d.id, d.first AS first_id, d.second AS second_id, d.score, d.reasons, d.state,
  a.display_name AS first_name, b.display_name AS second_name, a.email AS first_email,
  b.email AS second_email
  FROM duplicate_pair d JOIN person a ON a.id = d.first JOIN person b ON b.id = d.second
  WHERE a.merged_into IS NULL AND b.merged_into IS NULL
  AND a.anonymised_at IS NULL AND b.anonymised_at IS NULL"""
MERGES = """SELECT e.id, e.kept AS kept_id, e.absorbed AS absorbed_id, k.display_name AS kept_name,
  a.display_name AS absorbed_name, e.merged_at, e.undo_until, e.undone_at,
  e.snapshot IS NOT NULL AS can_undo
  FROM merge_event e JOIN person k ON k.id = e.kept JOIN person a ON a.id = e.absorbed"""


@dataclass(frozen=True)
class Pair:
    """Two people who may be one, and why."""

    id: int
    first_id: int
    second_id: int
    score: int
    reasons: list[str]
    state: str
    first_name: str
    second_name: str
    first_email: str | None
    second_email: str | None


@dataclass(frozen=True)
class Side:
    """One of the two: what stands in the register, and how much belongs to them."""

    id: int
    name: str
    row: Mapping[str, Any]
    counts: Mapping[str, int]

    def value(self, field: str) -> str:
        """A field as one reads it; the whole name for "name"."""
        return self.name if field == "name" else str(self.row[field] or "")


@dataclass(frozen=True)
class Merged:
    """A merge of late; `can_undo` until its memory is forgotten."""

    id: int
    kept_id: int
    absorbed_id: int
    kept_name: str
    absorbed_name: str
    merged_at: datetime
    undo_until: datetime
    undone_at: datetime | None
    can_undo: bool


async def open_pairs() -> list[Pair]:
    """Pairs nobody has decided on, the likest first."""
    rows = await execute(f"{PAIRS} AND d.state = 'open' ORDER BY d.score DESC, d.id LIMIT 200")
    return [_pair(row) for row in rows]


async def pair(pair_id: int) -> Pair:
    """One pair. Raises NotFound, also when one of the two is gone."""
    rows = await execute(f"{PAIRS} AND d.id = $1", pair_id)
    if not rows:
        raise NotFound
    return _pair(rows[0])


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(**{**row, "reasons": json.loads(row["reasons"])})


async def side(person_id: int) -> Side:
    """One of the two. Raises NotFound."""
    rows = await execute("SELECT * FROM person WHERE id = $1", person_id)
    if not rows:
        raise NotFound
    counted: dict[str, int] = {}
    for column, count in (await references.counts("person", person_id)).items():
        table = column.partition(".")[0]
        counted[table] = counted.get(table, 0) + count
    return Side(person_id, rows[0]["display_name"], rows[0], counted)


async def merges() -> list[Merged]:
    """What was merged of late, the newest first."""
    return [Merged(**row) for row in await execute(f"{MERGES} ORDER BY e.id DESC LIMIT 50")]


async def merge(merge_id: int) -> Merged:
    """One merge. Raises NotFound."""
    rows = await execute(f"{MERGES} WHERE e.id = $1", merge_id)
    if not rows:
        raise NotFound
    return Merged(**rows[0])
