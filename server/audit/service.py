"""Write and seal audit lines. Every verb writes one, in its own transaction."""

import hashlib
import json
import secrets
from collections.abc import Mapping

from server import clock
from server.actors import Actor
from server.database import execute, transaction

SEAL_LOCK = 7_010_001
AT_ONCE = 1000
SALT_BYTES = 16
LINES = """SELECT id, at, actor_id, actor, action, entity, entity_id, before::text AS before,
  after::text AS after, reason FROM audit_entry"""
SEAL = """UPDATE audit_entry SET position = $2, salt = $3, content_hash = $4, seal = $5
  WHERE id = $1"""


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
    """Chain the lines not yet sealed, each with its place in the chain. Returns how many.

    Done by the worker, so that writers never wait for one another. A line's content is hashed
    with a salt: once salt and words are blacked out, nobody can guess them from the hash.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", SEAL_LOCK)
        last = await execute(
            "SELECT position, seal FROM audit_entry WHERE position IS NOT NULL"
            " ORDER BY position DESC LIMIT 1"
        )
        begin, previous = (last[0]["position"], last[0]["seal"]) if last else (0, b"")
        rows = await execute(f"{LINES} WHERE seal IS NULL ORDER BY id LIMIT {AT_ONCE}")
        for position, row in enumerate(rows, begin + 1):
            salt = secrets.token_bytes(SALT_BYTES)
            content = hashlib.sha256(salt + _canonical(row)).digest()
            previous = hashlib.sha256(previous + content).digest()
            await execute(SEAL, row["id"], position, salt, content, previous)
    return len(rows)


def _canonical(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode()


def _plain(values: Mapping[str, object] | None) -> str | None:
    return None if values is None else json.dumps(values, default=str, ensure_ascii=False)
