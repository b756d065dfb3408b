"""The two sides of a merge: who stays, and who becomes part of them."""

from typing import Any

from server.actors import Actor
from server.database import execute
from server.duplicates.refusals import OwnData
from server.errors import NotFound
from server.rights import Area

KEPT, ABSORBED = "kept", "absorbed"
ADDRESS = "email"


def require(actor: Actor, kept_id: int, absorbed_id: int) -> None:
    """Who changes people, and is neither of them. Raises NotFound; refuses: OwnData."""
    if not actor.changes(Area.people):
        raise NotFound
    if actor.person_id in (kept_id, absorbed_id):
        raise OwnData


async def locked(kept_id: int, absorbed_id: int) -> dict[str, dict[str, Any]]:
    """Their rows, which nobody else changes until the transaction ends."""
    await execute(
        "SELECT 1 FROM person WHERE id IN ($1, $2) ORDER BY id FOR UPDATE", kept_id, absorbed_id
    )
    return await rows(kept_id, absorbed_id)


async def rows(kept_id: int, absorbed_id: int) -> dict[str, dict[str, Any]]:
    """Their rows by which of the two they are."""
    found = await execute("SELECT * FROM person WHERE id IN ($1, $2)", kept_id, absorbed_id)
    return {KEPT if row["id"] == kept_id else ABSORBED: row for row in found}
