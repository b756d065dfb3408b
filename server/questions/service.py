"""Making the questions of an event. The event's row is the lock, as for registering.

So nobody answers words that change under their hands: who was reading them gets the new ones.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.questions import queries, rules
from server.questions.refusals import HasAnswers, OthersDepend
from server.questions.rules import Question
from server.questions.states import QUESTION
from server.rights import Area

WORDS = ("kind", "label_nl", "label_en", "help_nl", "help_en")
NO_UNITS: Mapping[int, int] = MappingProxyType({})
WHEN = ("is_required", "audience", "audience_class", "audience_unit", "only_if", "only_if_value")


async def add(actor: Actor, event_id: int, asked: Question, *, now: datetime) -> int:
    """One more question, last in order: its id. Raises Invalid, NotFound."""
    async with transaction():
        await _lock(actor, event_id)
        others = await queries.of_event(event_id, with_retired=True)
        if len(others) >= rules.MOST_QUESTIONS:
            raise Invalid(label_nl="questions.invalid.too_many")
        rules.require_good(asked, others)
        return await _insert(actor, event_id, asked, now)


async def _insert(actor: Actor, event_id: int, asked: Question, now: datetime) -> int:
    names = ", ".join(WHEN)
    rows = await execute(
        f"INSERT INTO question (event, created_at, changed_at, position, {names}) SELECT $1, $2,"
        " $2, (SELECT coalesce(max(position), -1) + 1 FROM question WHERE event = $1),"
        " $3, $4, $5, $6, $7, $8 RETURNING id",
        *(event_id, now, *(getattr(asked, name) for name in WHEN)),
    )
    question_id = int(rows[0]["id"])
    await _write_version(question_id, 1, asked, now)
    await audit.record(actor, "create", ("question", question_id), after=_plain(asked))
    return question_id


async def _write_version(question_id: int, version: int, asked: Question, now: datetime) -> None:
    names = ", ".join(WORDS)
    await execute(
        f"INSERT INTO question_version (question, version, made_at, options, {names})"
        " VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9)",
        *(question_id, version, now, _options(asked)),
        *(getattr(asked, name) for name in WORDS),
    )


async def change(
    actor: Actor, question_id: int, asked: Question, *, is_typo: bool = False, now: datetime
) -> None:
    """Change a question. `asked.revision` is the one it was opened with.

    Where it was answered, other words are another version, and who answered before is asked
    again; a mere slip of the pen (`is_typo`) is mended in place, on record: its kind and its
    options stay. Raises Invalid, NotFound; refuses: Stale.
    """
    async with transaction():
        event_id = await _event_of(actor, question_id)
        others = await queries.of_event(event_id, with_retired=True)
        before = _one(others, question_id)
        if before.revision != asked.revision:
            raise Stale
        after = replace(
            asked,
            **{name: getattr(before, name) for name in ("id", "version_id", "state", "version")},
            answers=before.answers,
        )
        if after == before:
            return
        rules.require_good(after, others)
        _require_same_sort(before, after, is_typo=is_typo)
        await _save_when(before, after, now)
        if not _same_words(before, after):
            await _save_words(before, after, is_typo=is_typo, now=now)
        await audit.record(
            actor,
            "correct" if is_typo else "change",
            ("question", question_id),
            before=_plain(before),
            after=_plain(after),
        )


def _same_words(one: Question, other: Question) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in (*WORDS, "options"))


def _require_same_sort(before: Question, after: Question, *, is_typo: bool) -> None:
    if is_typo and (before.kind != after.kind or before.keys != after.keys):
        raise Invalid(is_typo="questions.invalid.typo")


async def _save_when(before: Question, after: Question, now: datetime) -> None:
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(WHEN, start=3))
    await execute(
        f"UPDATE question SET {assignments}, changed_at = $2, revision = revision + 1"
        " WHERE id = $1",
        *(before.id, now, *(getattr(after, name) for name in WHEN)),
    )


async def _save_words(before: Question, after: Question, *, is_typo: bool, now: datetime) -> None:
    if before.answers and not is_typo:
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


async def move_up(actor: Actor, question_id: int, *, now: datetime) -> None:
    """One place earlier. Raises NotFound."""
    await _swap(actor, question_id, -1, now)


async def move_down(actor: Actor, question_id: int, *, now: datetime) -> None:
    """One place later. Raises NotFound."""
    await _swap(actor, question_id, 1, now)


async def _swap(actor: Actor, question_id: int, by: int, now: datetime) -> None:
    async with transaction():
        event_id = await _event_of(actor, question_id)
        ids = [one.id for one in await queries.of_event(event_id)]
        if question_id not in ids:
            raise NotFound
        at = ids.index(question_id)
        to = min(max(at + by, 0), len(ids) - 1)
        if to == at:
            return
        ids[at], ids[to] = ids[to], ids[at]
        await execute(
            "UPDATE question q SET position = n.position, changed_at = $2 FROM"
            " unnest($1::int[]) WITH ORDINALITY AS n(id, position) WHERE q.id = n.id",
            *(ids, now),
        )
        was, after = {"position": at}, {"position": to}
        await audit.record(actor, "move", ("question", question_id), before=was, after=after)


async def retire(actor: Actor, question_id: int) -> None:
    """Ask it no more; what was answered stays. Refuses: OthersDepend, WrongState."""
    async with transaction():
        event_id = await _event_of(actor, question_id)
        _require_alone(await queries.of_event(event_id), question_id)
        await QUESTION.move(question_id, "retire", actor=actor)


async def revive(actor: Actor, question_id: int) -> None:
    """Ask it again. Raises Invalid when what it depends on is gone; refuses: WrongState."""
    async with transaction():
        event_id = await _event_of(actor, question_id)
        others = await queries.of_event(event_id, with_retired=True)
        if rules.depends_in_vain(_one(others, question_id), others):
            raise OthersDepend
        await QUESTION.move(question_id, "revive", actor=actor)


async def delete(actor: Actor, question_id: int) -> None:
    """Take away a question nobody answered. Refuses: HasAnswers, OthersDepend."""
    async with transaction():
        event_id = await _event_of(actor, question_id)
        others = await queries.of_event(event_id, with_retired=True)
        before = _one(others, question_id)
        if before.answers:
            raise HasAnswers(count=before.answers)
        _require_alone(others, question_id)
        await execute("DELETE FROM question WHERE id = $1", question_id)
        await audit.record(actor, "delete", ("question", question_id), before=_plain(before))


async def copy(
    actor: Actor,
    event_id: int,
    from_id: int,
    *,
    units: Mapping[int, int] = NO_UNITS,
    now: datetime,
) -> int:
    """The questions asked at an earlier event, behind those here: how many. Raises NotFound.

    One that is here already, word for word, is left out. What is for one sort of place is for
    the same sort here (`units`: there → here), else for everybody: places are of one event.
    """
    async with transaction():
        await _require_managed(actor, from_id)
        await _lock(actor, event_id)
        here = await queries.of_event(event_id, with_retired=True)
        known = {one.label_nl: one.id for one in here}
        went: dict[int, int] = {}
        new = [one for one in await queries.of_event(from_id) if one.label_nl not in known]
        for one in sorted(new, key=lambda one: one.only_if is not None):
            if len(here) + len(went) >= rules.MOST_QUESTIONS:
                break
            went[one.id] = await _insert(actor, event_id, _here(one, went, units), now)
        await execute(
            "UPDATE question q SET position = n.position + (SELECT coalesce(max(o.position), 0)"
            " FROM question o WHERE o.event = $2 AND NOT o.id = ANY($1::int[]))"
            " FROM unnest($1::int[]) WITH ORDINALITY AS n(id, position) WHERE q.id = n.id",
            *([went[one.id] for one in new if one.id in went], event_id),
        )
    return len(went)


def _here(asked: Question, went: dict[int, int], units: Mapping[int, int]) -> Question:
    on = went.get(asked.only_if) if asked.only_if is not None else None
    copied = replace(asked, only_if=on, only_if_value=asked.only_if_value if on else "")
    if asked.audience == "unit":
        unit = units.get(asked.audience_unit or 0)
        copied = replace(copied, audience="unit" if unit else "everybody", audience_unit=unit)
    return copied


def _require_alone(others: list[Question], question_id: int) -> None:
    if any(one.only_if == question_id for one in others):
        raise OthersDepend


def _one(questions: list[Question], question_id: int) -> Question:
    for one in questions:
        if one.id == question_id:
            return one
    raise NotFound


async def _event_of(actor: Actor, question_id: int) -> int:
    rows = await execute("SELECT event FROM question WHERE id = $1", question_id)
    if not rows:
        raise NotFound
    event_id = int(rows[0]["event"])
    await _lock(actor, event_id)
    return event_id


async def _lock(actor: Actor, event_id: int) -> None:
    await execute("SELECT 1 FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id)
    await _require_managed(actor, event_id)


async def _require_managed(actor: Actor, event_id: int) -> None:
    rows = await execute('SELECT "group" FROM event WHERE id = $1', event_id)
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound


def _options(asked: Question) -> str:
    return json.dumps([asdict(option) for option in asked.options])


def _plain(asked: Question) -> dict[str, Any]:
    said = {name: getattr(asked, name) for name in (*WORDS, *WHEN)}
    return said | {"options": [asdict(option) for option in asked.options]}
