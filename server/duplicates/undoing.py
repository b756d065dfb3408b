"""One becomes two again, as they were, for thirty days after a merge."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.duplicates import moving, queries, sides
from server.duplicates.moving import Moved
from server.duplicates.refusals import AlreadyUndone, MergedOn, TooLate
from server.duplicates.sides import ABSORBED, ADDRESS, KEPT
from server.errors import NotFound
from server.memberships import service as memberships
from server.people import ending, two_people
from server.people import service as people

COLUMNS = (*queries.NAME, *queries.FIELDS[1:], "province", "email_state")


async def undo(actor: Actor, merge_id: int, *, now: datetime) -> set[str]:
    """Two again: what could not go back, as names of tables, and ADDRESS for an address that
    somebody else has by now.

    Fields changed since the merge stay as they are now. Raises NotFound; refuses: AlreadyUndone,
    TooLate, MergedOn, OwnData.
    """
    async with transaction():
        found = await execute(
            "SELECT kept, absorbed, snapshot, undone_at FROM merge_event WHERE id = $1 FOR UPDATE",
            merge_id,
        )
        if not found:
            raise NotFound
        kept_id, absorbed_id = found[0]["kept"], found[0]["absorbed"]
        sides.require(actor, kept_id, absorbed_id)
        if found[0]["undone_at"] is not None:
            raise AlreadyUndone
        if found[0]["snapshot"] is None:
            raise TooLate
        snapshot = json.loads(found[0]["snapshot"])
        rows = await sides.locked(kept_id, absorbed_id)
        if rows[KEPT]["merged_into"] is not None:
            raise MergedOn
        left = await _give_back(snapshot, rows, now)
        was, back = rows[KEPT][ADDRESS], (await sides.rows(kept_id, absorbed_id))[KEPT][ADDRESS]
        await two_people.note_address(actor, kept_id, was, back, now=now)
        moved = [Moved(**one) for one in snapshot["moved"]]
        left |= {table for table, _ in await moving.move_back(moved, kept_id, absorbed_id)}
        for membership_id, number in snapshot["numbers"].items():
            await memberships.renumber(int(membership_id), number)
        await execute("UPDATE merge_event SET undone_at = $2 WHERE id = $1", merge_id, now)
        await execute(
            "UPDATE duplicate_pair SET state = 'open' WHERE first = least($1::int, $2::int)"
            " AND second = greatest($1::int, $2::int)",
            *(kept_id, absorbed_id),
        )
        await audit.record(actor, "undo_merge", ("person", kept_id), after={"with": absorbed_id})
    return left


async def _give_back(
    snapshot: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], now: datetime
) -> set[str]:
    """Columns as they were, where the kept person's are still what the merge made of them."""
    is_now, was, merged = rows[KEPT], snapshot["before"][KEPT], snapshot["after"]
    same = {c: was[c] for c in COLUMNS if _text(is_now[c]) == _text(merged[c])}
    if was[ADDRESS] != merged[ADDRESS]:  # whether an address is proved goes with the address
        same.pop("email_state", None)
        same |= {"email_state": was["email_state"]} if ADDRESS in same else {}
    other = {"email": snapshot["before"][ABSORBED]["email"], "merged_into": None}
    left = set()
    for row, back in ((is_now, same), (rows[ABSORBED], other)):
        becomes = people.computed({**row, **back})
        if not await people.is_free(becomes["email_key"], but=row["id"]):
            becomes, left = people.computed({**becomes, "email": None}), {ADDRESS}
        await ending.overwrite(row["id"], becomes, now=now)
    return left


def _text(value: object) -> str:
    return json.dumps(value, default=str)
