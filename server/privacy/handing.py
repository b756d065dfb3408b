"""Hand out what we hold of somebody: to them, or by the board on their behalf; always on record."""

from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import NotFound
from server.privacy import register
from server.rights import Area


async def hand_out(actor: Actor, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, without secrets. Raises NotFound for who may not have them."""
    if actor.person_id != person_id and not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        held = await register.held(person_id)
        await audit.record(actor, "export", ("person", person_id))
    return held
