"""The rows of a question, written while its event is held.

The row of the event is the lock, as for registering: so nobody answers words that change under
their hands, and who was reading them gets the new ones.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute
from server.errors import NotFound
from server.questions.rules import Question
from server.rights import Area

WORDS = ("kind", "label_nl", "label_en", "help_nl", "help_en")
WHEN = ("is_required", "audience", "audience_class", "audience_unit", "only_if", "only_if_value")


async def lock(actor: Actor, event_id: int) -> None:
    """Hold an event of which somebody makes the questions. Raises NotFound for others."""
    await execute("SELECT 1 FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id)
    await require_managed(actor, event_id)


async def require_managed(actor: Actor, event_id: int) -> None:
    """Only who manages an event reads its questions to copy them. Raises NotFound."""
    rows = await execute('SELECT "group" FROM event WHERE id = $1', event_id)
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound


async def insert(actor: Actor, event_id: int, asked: Question, now: datetime) -> int:
    """One more question, last in order: its id."""
    names = ", ".join(WHEN)
    rows = await execute(
        f"INSERT INTO question (event, created_at, changed_at, position, {names}) SELECT $1, $2,"
        " $2, (SELECT coalesce(max(position), -1) + 1 FROM question WHERE event = $1),"
        " $3, $4, $5, $6, $7, $8 RETURNING id",
        *(event_id, now, *(getattr(asked, name) for name in WHEN)),
    )
    question_id = int(rows[0]["id"])
    await _write_version(question_id, 1, asked, now)
    await audit.record(actor, "create", ("question", question_id), after=plain(asked))
    return question_id


async def _write_version(question_id: int, version: int, asked: Question, now: datetime) -> None:
    names = ", ".join(WORDS)
    await execute(
        f"INSERT INTO question_version (question, version, made_at, options, {names})"
        " VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9)",
        *(question_id, version, now, _options(asked)),
        *(getattr(asked, name) for name in WORDS),
    )


async def save_when(before: Question, after: Question, now: datetime) -> None:
    """For whom and when it is asked; in whatever words."""
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(WHEN, start=3))
    await execute(
        f"UPDATE question SET {assignments}, changed_at = $2, revision = revision + 1"
        " WHERE id = $1",
        *(before.id, now, *(getattr(after, name) for name in WHEN)),
    )


async def save_words(before: Question, after: Question, *, is_typo: bool, now: datetime) -> None:
    """A slip of the pen is mended in place. Anything else is another version, also where nobody
    answered yet: somebody may be reading. Words that nobody answered are not kept."""
    if not is_typo:
        if not before.answers:
            await execute("DELETE FROM question_version WHERE question = $1", before.id)
        await _write_version(before.id, before.version + 1, after, now)
        await execute("UPDATE question SET version = version + 1 WHERE id = $1", before.id)
        return
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(WORDS, start=4))
    await execute(
        f"UPDATE question_version SET corrected_at = $2, options = $3::jsonb, {assignments}"
        " WHERE id = $1",
        *(before.version_id, now if before.answers else None, _options(after)),
        *(getattr(after, name) for name in WORDS),
    )


def _options(asked: Question) -> str:
    return json.dumps([asdict(option) for option in asked.options])


def plain(asked: Question) -> dict[str, Any]:
    """As the audit trail keeps it."""
    said = {name: getattr(asked, name) for name in (*WORDS, *WHEN)}
    return said | {"options": [asdict(option) for option in asked.options]}
