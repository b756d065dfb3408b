"""The processing register (AVG art. 30) and what we hold of one person: `tables.processing`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.database import execute
from tables.processing import PROCESSING, Ground, Processing, Sensitivity

PURPOSES = tuple(dict.fromkeys(one.purpose for one in PROCESSING.values()))
SHOWN = (Sensitivity.personal, Sensitivity.sensitive)
JSON_STARTS = ("{", "[")


@dataclass(frozen=True)
class Entry:
    """One table in the register: its columns that say something of somebody."""

    table: str
    processing: Processing
    columns: list[tuple[str, Sensitivity]]


def entries(purpose: str) -> list[Entry]:
    """The tables of a purpose in which there is something of somebody."""
    return [
        Entry(table, one, [(c, kind) for c, kind in one.columns().items() if kind in SHOWN])
        for table, one in PROCESSING.items()
        if one.purpose == purpose and one.ground != Ground.nobody
    ]


def about_people(table: str) -> list[str]:
    """The columns of a table that are handed out: all that is no secret."""
    kinds = PROCESSING[table].columns()
    return ["id", *(name for name, kind in kinds.items() if kind != Sensitivity.secret)]


async def held(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything we hold of somebody: table → rows, without secrets. One statement per table."""
    found = {}
    for table, one in PROCESSING.items():
        if not one.subject:
            continue
        columns = ", ".join(f't."{column}"' for column in about_people(table))
        rows = await execute(
            f'SELECT {columns} FROM "{table}" t WHERE {one.subject} ORDER BY t.id', person_id
        )
        if rows:
            found[table] = [_readable(row) for row in rows]
    return found


async def counts(person_id: int) -> dict[str, int]:
    """Table → how many rows of this person, where there are any; in one statement."""
    tables = [table for table, one in PROCESSING.items() if one.subject]
    parts = [
        f"SELECT '{table}' AS what, count(*) AS n FROM \"{table}\" t"
        f" WHERE {PROCESSING[table].subject}"
        for table in tables
    ]
    rows = await execute(" UNION ALL ".join(parts), person_id)
    return {row["what"]: row["n"] for row in rows if row["n"]}


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON within JSON is opened; bytes never come here, they are secrets."""
    return {name: _opened(value) for name, value in row.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(JSON_STARTS):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
