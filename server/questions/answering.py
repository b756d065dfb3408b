"""Keeping what somebody answered, with their registration or later by themselves.

Answers refer to the words that were read. Who read words that were changed since is shown the new
ones: a post carries the versions it was made from.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid
from server.questions import needs, queries, rules
from server.questions.queries import NeedView, Sheet
from server.questions.reading import Value
from server.questions.refusals import TooLateToAnswer
from server.questions.rules import Checked, Question


@dataclass(frozen=True)
class Filled:
    """Values by question, the words each was given to, all versions read, and what is needed.

    `need` is None where an event asks for none.
    """

    values: Mapping[int, Value]
    versions: Mapping[int, int]
    read: Sequence[int]
    need: NeedView | None = None


def filled(questions: Sequence[Question], checked: Checked, need: NeedView | None) -> Filled:
    """What is kept of a form without problems."""
    versions = {one.id: one.version_id for one in questions if one.id in checked.values}
    return Filled(checked.values, versions, sorted(one.version_id for one in questions), need)


async def save(
    actor: Actor, event_id: int, registration_id: int, given: Filled, *, now: datetime
) -> None:
    """Keep it, inside the transaction that holds the lock of the event.

    Raises Invalid under `questions` when they changed since they were read.
    """
    if given.read and list(given.read) != await queries.version_ids(event_id):
        raise Invalid(questions="questions.invalid.changed")
    if given.values:
        await _write(registration_id, given, now)
        after = {"questions": sorted(given.values)}
        await audit.record(actor, "give_answers", ("registration", registration_id), after=after)
    if given.need is not None:
        await needs.keep(actor, registration_id, given.need, now=now)


async def _write(registration_id: int, given: Filled, now: datetime) -> None:
    rows = [
        {"question": key, "version": given.versions[key], "value": value}
        for key, value in given.values.items()
    ]
    await execute(
        "INSERT INTO answer (registration, question, version, value, created_at, changed_at)"
        " SELECT $1, a.question, a.version, a.value, $2, $2 FROM jsonb_to_recordset($3::jsonb)"
        " AS a(question int, version int, value jsonb)"
        " ON CONFLICT (registration, question) DO UPDATE SET version = excluded.version,"
        " value = excluded.value, changed_at = excluded.changed_at, revision = answer.revision + 1",
        *(registration_id, now, json.dumps(rows)),
    )


async def change(actor: Actor, sheet: Sheet, given: Filled, *, now: datetime) -> None:
    """Answer later, or otherwise than before: what is empty now is forgotten.

    Raises Invalid under `questions` when they changed; refuses: TooLateToAnswer.
    """
    async with transaction():
        await execute("SELECT 1 FROM event WHERE id = $1 FOR NO KEY UPDATE", sheet.event_id)
        seen = await queries.sheet(sheet.code)
        if not seen.is_open(now):
            raise TooLateToAnswer
        await save(actor, seen.event_id, seen.id, given, now=now)
        await execute(
            "DELETE FROM answer a USING question q WHERE a.registration = $1 AND q.id = a.question"
            " AND q.state = 'active' AND NOT a.question = ANY($2::int[])",
            *(seen.id, list(given.values)),
        )


async def owed(sheet: Sheet) -> list[Question]:
    """The required questions to which somebody still owes an answer."""
    questions = await queries.of_event(sheet.event_id)
    if not any(one.is_required for one in questions):
        return []
    known = await queries.answers_of(sheet.id)
    return rules.missing(questions, sheet.asker, known.values, known.versions.values())


@dataclass(frozen=True)
class Shown:
    """What one registration is asked: what is owed, and (question, answer in words) of the rest."""

    owed: Sequence[Question]
    said: Sequence[tuple[str, str]]
    asks: bool
    is_open: bool


async def shown(code: str, said: str, *, now: datetime) -> Shown:
    """What the holder of a registration sees of it. Raises NotFound."""
    sheet = await queries.sheet(code)
    questions = await queries.of_event(sheet.event_id)
    asks = bool(questions) or (await queries.asked_needs(sheet.event_id)).any
    known = await queries.answers_of(sheet.id) if questions else queries.Answers()
    words = {key: language.text(said, f"questions.answer.{key}") for key in (rules.YES, rules.NO)}
    return Shown(
        rules.missing(questions, sheet.asker, known.values, known.versions.values()),
        [
            (one.label(said), rules.plain(known.values[one.id], one, said, words))
            for one in questions
            if known.versions.get(one.id) == one.version_id
        ],
        asks,
        sheet.is_open(now),
    )
