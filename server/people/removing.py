"""A person who should never have been there: an import undone. Nothing may point at them."""

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.rights import Area


async def remove(actor: Actor, person_id: int) -> None:
    """Delete a person to whom nothing belongs; the caller has looked. Raises NotFound."""
    if not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        await execute("UPDATE import_row SET person = NULL WHERE person = $1", person_id)
        await execute("DELETE FROM person WHERE id = $1", person_id)
        await audit.record(actor, "remove", ("person", person_id))
