"""The processing register (AVG art. 30) and what we hold of one person: `tables.processing`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from piccolo.columns import JSONB, Column, ForeignKey

from server.database import execute
from tables.piccolo_app import APP_CONFIG
from tables.processing import PROCESSING, Ground, Processing, Sensitivity

PURPOSES = tuple(dict.fromkeys(one.purpose for one in PROCESSING.values()))
SHOWN = (Sensitivity.personal, Sensitivity.sensitive)
TABLES = {
    str(table._meta.tablename): {str(c._meta.name): c for c in table._meta.columns}
    for table in APP_CONFIG.table_classes
}
# What a row of these is called, where another row points at it.
CALLED = {
    **dict.fromkeys(("membership_type", "newsletter_list", "capacity_unit"), "name_{said}"),
    **{"working_group": "name", "event": "title"},
}
Names = dict[tuple[str, str, Any], str]


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


async def held(family: list[int]) -> dict[str, list[dict[str, Any]]]:
    """Everything we hold of somebody and of who was merged into them: table → rows, no secrets.

    One statement per table.
    """
    found = {}
    for table, one in PROCESSING.items():
        if not one.subject:
            continue
        columns = ", ".join(_column(table, column) for column in about_people(table))
        rows = await execute(
            f'SELECT {columns} FROM "{table}" t WHERE {one.subject} ORDER BY t.id', family
        )
        if rows:
            found[table] = [_readable(row, TABLES[table]) for row in rows]
    return found


def _column(table: str, column: str) -> str:
    """A column in SQL; what is about them only in some rows is nothing in the others."""
    condition = PROCESSING[table].only_if.get(column)
    whole = f't."{column}"'
    return f'CASE WHEN {condition} THEN {whole} END AS "{column}"' if condition else whole


async def counts(family: list[int]) -> dict[str, int]:
    """Table → how many rows of these persons, where there are any; in one statement."""
    tables = [table for table, one in PROCESSING.items() if one.subject]
    parts = [
        f"SELECT '{table}' AS what, count(*) AS n FROM \"{table}\" t"
        f" WHERE {PROCESSING[table].subject}"
        for table in tables
    ]
    rows = await execute(" UNION ALL ".join(parts), family)
    return {row["what"]: row["n"] for row in rows if row["n"]}


def _readable(row: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
    """JSON within JSON is opened; bytes never come here, they are secrets."""
    return {
        name: json.loads(value)
        if isinstance(columns[name], JSONB) and isinstance(value, str)
        else value
        for name, value in row.items()
    }


async def names(held: Mapping[str, Sequence[Mapping[str, Any]]], said: str) -> Names:
    """(table, column, number) → what the row is called that a column points at."""
    found: Names = {}
    for table, rows in held.items():
        for column, one in TABLES[table].items():
            if not isinstance(one, ForeignKey):
                continue
            target = str(one._foreign_key_meta.resolved_references._meta.tablename)
            if target in CALLED:
                ids = [row[column] for row in rows if row.get(column) is not None]
                called = CALLED[target].format(said=said)
                for row in await execute(
                    f'SELECT id, "{called}" AS called FROM "{target}" WHERE id = ANY($1)', ids
                ):
                    found[table, column, row["id"]] = str(row["called"])
    return found
