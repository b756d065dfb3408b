"""Making the questions of an event."""

from dataclasses import replace
from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.questions import making, queries, writing
from server.questions.refusals import DependsInVain, HasAnswers, OthersDepend
from server.questions.rules import Question
from server.questions.states import QUESTION


async def add(actor: Actor, event_id: int, asked: Question, *, now: datetime) -> int:
    """One more question, last in order: its id. Raises Invalid, NotFound."""
    async with transaction():
        await writing.lock(actor, event_id)
        others = await queries.of_event(event_id, with_retired=True)
        if len(others) >= making.MOST_QUESTIONS:
            raise Invalid(label_nl="questions.invalid.too_many")
        making.require_good(asked, others)
        return await writing.insert(actor, event_id, asked, now)


async def change(
    actor: Actor, question_id: int, asked: Question, *, is_typo: bool = False, now: datetime
) -> None:
    """Change a question. `asked.revision` is the one it was opened with.

    Other words are another version: who answered before is asked again, and who is reading reads
    them anew. A mere slip of the pen (`is_typo`) is mended in place, on record: its kind and its
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
        making.require_good(after, others)
        _require_same_sort(before, after, is_typo=is_typo)
        await writing.save_when(before, after, now)
        if not _same_words(before, after):
            await writing.save_words(before, after, is_typo=is_typo, now=now)
        await audit.record(
            actor,
            "correct" if is_typo else "change",
            ("question", question_id),
            before=writing.plain(before),
            after=writing.plain(after),
        )


def _same_words(one: Question, other: Question) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in (*writing.WORDS, "options"))


def _require_same_sort(before: Question, after: Question, *, is_typo: bool) -> None:
    if is_typo and (before.kind != after.kind or before.keys != after.keys):
        raise Invalid(is_typo="questions.invalid.typo")


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
    """Ask it again. Refuses: DependsInVain, WrongState."""
    async with transaction():
        event_id = await _event_of(actor, question_id)
        others = await queries.of_event(event_id, with_retired=True)
        if making.depends_in_vain(_one(others, question_id), others):
            raise DependsInVain
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
        await audit.record(actor, "delete", ("question", question_id), before=writing.plain(before))


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
    await writing.lock(actor, event_id)
    return event_id
