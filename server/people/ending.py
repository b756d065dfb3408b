"""How a person ends in the register: died, erased, merged into another, or never meant to be there.

Each is one write here; the verbs around them, with their rules and letters, are in
`members.farewell`, `privacy.erasing`, `duplicates.merging` and `imports.undoing`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.people import service as people
from server.rights import Area

FIXED = ("id", "created_at", "changed_at", "revision")


async def set_death(
    actor: Actor, person_id: int, died_on: date | None, *, source: str = "", now: datetime
) -> dict[str, Any]:
    """Note on which day somebody died, or that they live: the row as it was. Raises NotFound.

    Sign-in, lists, directory and mail look at this day themselves. The verbs around it are those
    of `members.farewell`.
    """
    rows = await execute("SELECT * FROM person WHERE id = $1 FOR UPDATE", person_id)
    if not rows:
        raise NotFound
    await execute(
        "UPDATE person SET deceased_on = $2, changed_at = $3, revision = revision + 1"
        " WHERE id = $1",
        *(person_id, died_on, now),
    )
    before, after = {"deceased_on": rows[0]["deceased_on"]}, {"deceased_on": died_on}
    action = "note_death" if died_on else "take_back_death"
    subject = ("person", person_id)
    await audit.record(actor, action, subject, before=before, after=after, reason=source)
    return rows[0]


async def settle_death(person_id: int, *, now: datetime) -> date | None:
    """Note that what went on after a death was ended: the day of death, None for who lives.

    The person stays locked, so that nobody takes the death back meanwhile. Raises NotFound.
    """
    rows = await execute(
        "UPDATE person SET death_settled_at = CASE WHEN deceased_on IS NOT NULL THEN"
        " coalesce(death_settled_at, $2) END, changed_at = $2, revision = revision + 1"
        " WHERE id = $1 RETURNING deceased_on",
        *(person_id, now),
    )
    if not rows:
        raise NotFound
    died_on: date | None = rows[0]["deceased_on"]
    return died_on


async def note_erasure(person_id: int, *, now: datetime) -> None:
    """Nobody comes in as this person any more, and nobody is found by it; see `privacy.erasing`."""
    await execute(
        "UPDATE person SET anonymised_at = $2, changed_at = $2, revision = revision + 1"
        " WHERE id = $1",
        *(person_id, now),
    )


async def absorb(person_id: int, into_id: int, *, now: datetime) -> None:
    """Somebody becomes part of another; their address is free for the other."""
    await overwrite(person_id, {"email": None, "email_key": None, "merged_into": into_id}, now=now)


async def overwrite(person_id: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Write columns as they are, for merging and undoing; the caller has locked and audits.

    Refuses: AddressNeeded.
    """
    if "email" in values:
        await people.require_reachable(person_id, values["email"], now=now)
    kept = {name: value for name, value in values.items() if name not in FIXED}
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(kept, start=3))
    await execute(
        f"UPDATE person SET {assignments}, changed_at = $2, revision = revision + 1 WHERE id = $1",
        *(person_id, now, *kept.values()),
    )


async def remove(actor: Actor, person_id: int) -> None:
    """Delete a person to whom nothing belongs; the caller has looked. Raises NotFound."""
    if not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        await execute("UPDATE import_row SET person = NULL WHERE person = $1", person_id)
        await execute("DELETE FROM person WHERE id = $1", person_id)
        await audit.record(actor, "remove", ("person", person_id))
