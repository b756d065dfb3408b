"""Keep a choice of members under a name, and note who took a list out of the house."""

from datetime import datetime

import asyncpg

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.segments.queries import Filters
from tables.memberships import Segment


async def save(actor: Actor, name: str, filters: Filters, *, now: datetime) -> int:
    """Keep the choice under a name. Raises Invalid when the name is taken."""
    async with transaction():
        row = Segment(name=name, filters=filters.as_json(), created_at=now, changed_at=now)
        try:
            async with transaction():
                await row.save()
        except asyncpg.UniqueViolationError:
            raise Invalid(name="segments.field.name.taken") from None
        after = {"name": name, "filters": filters.as_json()}
        await audit.record(actor, "create", ("segment", row.id), after=after)
    return int(row.id)


async def remove(actor: Actor, segment_id: int) -> None:
    """Forget a choice; nobody's membership changes. Raises NotFound."""
    async with transaction():
        rows = await execute("DELETE FROM segment WHERE id = $1 RETURNING name", segment_id)
        if not rows:
            raise NotFound
        await audit.record(actor, "delete", ("segment", segment_id), before=rows[0])


async def note_export(actor: Actor, filters: Filters, kind: str, number: int) -> None:
    """A list of members left the house: who took it, which choice, how many people."""
    async with transaction():
        after = {"file": f"members.{kind}", "rows": number, "filters": filters.as_json()}
        await audit.record(actor, "export", ("segment", 0), after=after)
