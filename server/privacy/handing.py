"""Hand out what we hold of somebody: to them, or by the board on their behalf; always on record."""

from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import NotFound
from server.people import service as people
from server.privacy import register
from server.rights import Area, letters_kept_from, may_read

Held = dict[str, list[dict[str, Any]]]
TRAIL = "audit_entry"


async def hand_out(actor: Actor, person_id: int) -> Held:
    """Table → rows, without secrets. Raises NotFound for who may not have them.

    Of somebody else an office gets what it may read: money only who sees money.
    """
    is_own = actor.person_id == person_id
    if not is_own and not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        held = await register.held(await people.family(person_id))
        await audit.record(actor, "export", ("person", person_id))
    return held if is_own else _readable(actor, held)


def _readable(actor: Actor, held: Held) -> Held:
    money = letters_kept_from(actor.roles)
    kept = {
        table: [_cut(actor, table, row) for row in rows if row.get("kind") not in money]
        for table, rows in held.items()
    }
    return {table: rows for table, rows in kept.items() if any(rows)}


def _cut(actor: Actor, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """What an office may read of a row; in the trail that depends on what a line is about."""
    if table != TRAIL:
        return _read(actor, table, row)
    about = str(row["entity"])
    return {
        name: _read(actor, about, value) if isinstance(value, dict) else value
        for name, value in row.items()
    }


def _read(actor: Actor, table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if may_read(actor.roles, table, name)}
