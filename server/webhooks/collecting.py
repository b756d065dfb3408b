"""Turn lines of the audit trail into messages, in the order of the chain, each once."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from server.database import execute, transaction
from server.web import links
from server.webhooks import rules

AT_ONCE = 500
# The first time nothing is told of what was before.
BEGIN = """INSERT INTO webhook_cursor (id, position)
  SELECT 1, coalesce(max(position), 0) FROM audit_entry ON CONFLICT (id) DO NOTHING"""
LINES = f"""SELECT id, position, at, entity, entity_id, action, after ->> 'state' AS state,
  CASE WHEN jsonb_typeof(after) = 'object' THEN ARRAY(SELECT jsonb_object_keys(after))
    ELSE '{{}}' END AS columns,
    entity = 'event' AND EXISTS (SELECT 1 FROM event e WHERE e.id = entity_id
      AND e.state = 'draft') AS is_draft
  FROM audit_entry WHERE position > $1 ORDER BY position LIMIT {AT_ONCE}"""
# What happens during a pause is not told later.
HOOKS = """SELECT w.id, w.topics, greatest(w.created_at, (SELECT max(a.at) FROM audit_entry a
    WHERE a.entity = 'webhook' AND a.entity_id = w.id AND a.action = 'resume')) AS listens_since
  FROM webhook w WHERE w.state = 'active' ORDER BY w.id"""
QUEUE = """INSERT INTO webhook_delivery
  (webhook, audit_entry, message_id, topic, payload, state, attempts, not_before, created_at, error)
  VALUES ($1, $2, $3, $4, $5::jsonb, 'queued', 0, $6, $6, '')
  ON CONFLICT (webhook, audit_entry) WHERE audit_entry > 0 DO NOTHING"""
PATHS = {
    "event": "SELECT id, '/api/events/' || slug AS path FROM event WHERE id = ANY($1::int[])",
    "proposal": "SELECT p.id, '/api/calls/' || e.slug AS path FROM proposal p"
    " JOIN call c ON c.id = p.call JOIN event e ON e.id = c.event WHERE p.id = ANY($1::int[])",
    "working_group": "SELECT id, '/groups/' || slug AS path FROM working_group"
    " WHERE id = ANY($1::int[])",
}


async def begin() -> None:
    """Remember where the trail stands, if nobody did yet."""
    await execute(BEGIN)


async def collect(now: datetime) -> int:
    """Queue a message for every new line that an active webhook wants to know of. Returns lines.

    The cursor moves in the same transaction: a worker that is killed tells nothing twice.
    """
    async with transaction():
        await begin()
        cursor = await execute("SELECT position FROM webhook_cursor WHERE id = 1 FOR UPDATE")
        lines = await execute(LINES, cursor[0]["position"])
        if not lines:
            return 0
        told = [(line, topic) for line in lines if (topic := _topic(line))]
        hooks = await execute(HOOKS)
        if told and hooks:
            await _queue(told, hooks, now)
        await execute("UPDATE webhook_cursor SET position = $1", lines[-1]["position"])
    return len(lines)


def _topic(line: Mapping[str, Any]) -> str | None:
    if line["is_draft"]:
        return None  # nobody but the board knows of it yet
    return rules.topic_of(line["entity"], line["action"], line["state"], line["columns"])


async def _queue(
    told: Sequence[tuple[Mapping[str, Any], str]], hooks: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    paths = await _paths([line for line, _ in told])
    for line, topic in told:
        path = paths.get((line["entity"], line["entity_id"]), "")
        url = links.absolute(path) if path else ""
        said = json.dumps(rules.payload(topic, line["at"], line["entity_id"], url))
        for hook in hooks:
            if topic in hook["topics"] and line["at"] >= hook["listens_since"]:
                await execute(QUEUE, hook["id"], line["id"], uuid4(), topic, said, now)


async def _paths(lines: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """Where to look at each thing, if programs can."""
    found: dict[tuple[str, int], str] = {}
    for entity, sql in PATHS.items():
        ids = sorted({line["entity_id"] for line in lines if line["entity"] == entity})
        for row in await execute(sql, ids) if ids else []:
            found[entity, row["id"]] = row["path"]
    return found
