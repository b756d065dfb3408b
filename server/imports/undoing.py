"""Undo a whole file; what would stay behind is known before."""

from dataclasses import dataclass
from datetime import datetime

from server.actors import Actor
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.imports import queries
from server.imports.giving_back import is_undoable, take_back
from server.imports.states import IMPORT
from server.rights import Area


class Forgotten(Refusal):
    """The lines of the file are gone, and with them what it did."""

    code = "imports.forgotten"


@dataclass(frozen=True)
class Left:
    """A line that cannot be undone whole, of whom, and why (message keys)."""

    line: int
    name: str
    keys: list[str]


class _OnlyTrying(Exception):
    """Thrown to roll a trial back."""


async def undo(actor: Actor, batch_id: int, *, now: datetime) -> list[Left]:
    """Undo what can be undone, in one transaction: what stays. Raises NotFound.

    Refuses: WrongState, Forgotten.
    """
    if not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        await execute("SELECT 1 FROM import_batch WHERE id = $1 FOR UPDATE", batch_id)
        await IMPORT.move(batch_id, "undo", actor=actor, set_also={"undone_at": now})
        if not (await queries.batch(batch_id)).is_kept:
            raise Forgotten
        left = []
        for row in reversed(await queries.rows(batch_id, limit=None)):
            if is_undoable(row):
                keys = await take_back(actor, row, now=now)
                left += [Left(row.line, row.name or "", keys)] if keys else []
    return left[::-1]


async def try_to_undo(actor: Actor, batch_id: int, *, now: datetime) -> list[Left]:
    """What would stay behind; nothing is changed. Raises NotFound.

    Refuses: WrongState, Forgotten.
    """
    left: list[Left] = []
    try:
        async with transaction():
            left = await undo(actor, batch_id, now=now)
            raise _OnlyTrying
    except _OnlyTrying:
        return left
