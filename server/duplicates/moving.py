"""Everything that belongs to one person becomes another's, row by row, so that it can go back.

Which columns point at a person is asked of the database itself: a new table is moved too. A row
that would break a rule of the database, two registrations for one day for instance, stays where it
is and is named; nothing is ever lost.
"""

from dataclasses import dataclass

import asyncpg

from server import references
from server.database import execute, transaction
from server.references import Reference

# How somebody signs in is not another's; answers of an address stay with it; the rest is history.
STAYS = frozenset(
    {"password", "passkey", "passkey_challenge", "totp_secret", "recovery_code", "session"}
    | {"sign_in_link", "api_token", "suspension", "email_change", "consent_event"}
    | {"merge_event", "duplicate_pair", "person"}
)
FIRST = ("registration", "membership", "profile")
# A line goes where its registration went.
ONLY_WITH = {
    "registration_line": "registration IN (SELECT id FROM registration WHERE person = $2)",
}


@dataclass(frozen=True)
class Moved:
    """The rows of one column that went over, and those that stayed."""

    table: str
    column: str
    ids: list[int]
    stayed: list[int]


async def move_all(from_id: int, to_id: int, *, also: frozenset[str] = frozenset()) -> list[Moved]:
    """Move every row that points at somebody to somebody else, in the caller's transaction.

    `also`: tables of STAYS that go over this time.
    """
    stays = STAYS - also
    found = [one for one in await references.to("person") if one.table not in stays]
    found.sort(key=lambda one: (one.table not in FIRST, one.table, one.column))
    return [moved for one in found if (moved := await _move(one, from_id, to_id)) is not None]


async def move_back(moved: list[Moved], from_id: int, to_id: int) -> list[tuple[str, int]]:
    """Give rows back that still are where they went: (table, id) of those that are not."""
    left = []
    for one in moved:
        for row_id in one.ids:
            if not await _set(one.table, one.column, row_id, from_id, to_id):
                left.append((one.table, row_id))
    return left


async def _move(one: Reference, from_id: int, to_id: int) -> Moved | None:
    rows = await execute(
        f'SELECT id FROM "{one.table}" WHERE "{one.column}" = $1 ORDER BY id', from_id
    )
    ids: list[int] = []
    stayed: list[int] = []
    for row in rows:
        went = await _set(one.table, one.column, row["id"], from_id, to_id)
        (ids if went else stayed).append(int(row["id"]))
    return Moved(one.table, one.column, ids, stayed) if rows else None


async def _set(table: str, column: str, row_id: int, from_id: int, to_id: int) -> bool:
    """One row; False when a rule of the database keeps it where it is."""
    only = f" AND {ONLY_WITH[table]}" if table in ONLY_WITH else ""
    try:
        async with transaction():
            rows = await execute(
                f'UPDATE "{table}" SET "{column}" = $2 WHERE id = $3 AND "{column}" = $1{only}'
                " RETURNING id",
                *(from_id, to_id, row_id),
            )
    except (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError):
        return False
    return bool(rows)
