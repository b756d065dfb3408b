"""Write audit lines. Every verb writes one, in its own transaction."""

import json
from collections.abc import Mapping

from server import clock
from server.actors import Actor
from server.database import execute


async def record(
    actor: Actor,
    action: str,
    subject: tuple[str, int],
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """Write one line about `subject` = (table, id), inside the caller's transaction."""
    entity, entity_id = subject
    await execute(
        "INSERT INTO audit_entry (at, actor_id, actor, action, entity, entity_id, before, after,"
        " reason) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9)",
        clock.now(),
        actor.person_id,
        actor.name or "onbekend",
        action,
        entity,
        entity_id,
        _plain(before),
        _plain(after),
        reason,
    )


def _plain(values: Mapping[str, object] | None) -> str | None:
    return None if values is None else json.dumps(values, default=str, ensure_ascii=False)
