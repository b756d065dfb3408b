"""Write and seal audit lines. Every verb writes one, in its own transaction."""

import hashlib
import json
from collections.abc import Mapping

from server import clock
from server.actors import Actor
from server.database import execute, transaction

SEAL_LOCK = 7_010_001


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


async def seal() -> int:
    """Chain the lines not yet sealed: SHA-256 over the previous seal and the line.

    Done by the worker, so that writers never wait for one another. Returns how many.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", SEAL_LOCK)
        last = await execute(
            "SELECT seal FROM audit_entry WHERE seal IS NOT NULL ORDER BY id DESC LIMIT 1"
        )
        previous: bytes = last[0]["seal"] if last else b""
        rows = await execute(
            "SELECT id, at, actor_id, actor, action, entity, entity_id, before::text AS before,"
            " after::text AS after, reason FROM audit_entry WHERE seal IS NULL"
            " ORDER BY id LIMIT 1000"
        )
        for row in rows:
            previous = hashlib.sha256(previous + _canonical(row)).digest()
            await execute("UPDATE audit_entry SET seal = $1 WHERE id = $2", previous, row["id"])
    return len(rows)


def _canonical(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode()


def _plain(values: Mapping[str, object] | None) -> str | None:
    return None if values is None else json.dumps(values, default=str, ensure_ascii=False)
