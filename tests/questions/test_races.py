"""A question is edited while people answer it: no answer is kept for words nobody read."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.questions import answering, queries, service
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from tables.questions import QuestionKind
from tests import factories
from tests.questions.cast import EARLY, asks, comes, filled, question

pytestmark = pytest.mark.anyio
TRAIN = question("Komt u met de trein?", QuestionKind.yes_no)
PEOPLE = 6
# Answers to words that had been changed by then, by the order of the trail.
LATE = """SELECT a.id FROM answer a JOIN question_version v ON v.id = a.version
  JOIN audit_entry said ON said.action = 'give_answers' AND said.entity_id = a.registration
  JOIN audit_entry changed ON changed.action = 'change' AND changed.entity = 'question'
    AND changed.entity_id = a.question
  WHERE v.version = 1 AND said.id > changed.id"""


async def edited_meanwhile(time: int = 0, read: asyncio.Event | None = None) -> list[Any]:
    """What came of everybody's answer, while the words changed: once somebody had read them, where
    `read` says so."""
    event, _ = await factories.open_event(50)
    (asked,) = await asks(event.id, TRAIN)
    codes = [(await comes(f"P{time}{n}", event.id))[1].code for n in range(PEOPLE)]
    given = await filled(event.id, **{f"q{asked}": ["yes"]})
    (before,) = await queries.of_event(event.id)

    async def answer(code: str) -> None:
        sheet = await queries.sheet(code)
        await answering.change(SYSTEM, sheet, given, now=EARLY)

    async def edit() -> None:
        await (read.wait() if read else asyncio.sleep(0.01))
        await service.change(SYSTEM, asked, replace(before, label_nl="Blijft u thuis?"), now=EARLY)

    done = await asyncio.gather(*map(answer, codes), edit(), return_exceptions=True)
    assert done.pop() is None
    return done


async def test_words_never_change_under_somebodys_hands(db: None) -> None:
    for time in range(3):
        done = await edited_meanwhile(time)

        assert all(one is None or isinstance(one, Invalid) for one in done)
        assert await execute(LATE) == []


async def test_control_without_the_lock_they_do(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_now = queries.version_ids

    async def unlocked(sql: str, *arguments: object) -> list[dict[str, Any]]:
        return [] if "FOR NO KEY UPDATE" in sql else await execute(sql, *arguments)

    read = asyncio.Event()

    async def slowly(event_id: int) -> list[int]:
        found = await asked_now(event_id)
        read.set()
        for _ in range(500):  # until the words are others
            if await asked_now(event_id) != found:
                break
            await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(answering, "execute", unlocked)
    monkeypatch.setattr(answering.queries, "version_ids", slowly)
    done = await edited_meanwhile(read=read)

    lost = [one for one in done if isinstance(one, asyncpg.ForeignKeyViolationError)]
    assert lost or await execute(LATE)


async def test_words_that_nobody_had_answered_yet_do_not_change_either(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    read = await filled(event.id, **{f"q{asked}": ["yes"]})
    (before,) = await queries.of_event(event.id)

    await service.change(SYSTEM, asked, replace(before, label_nl="Blijft u thuis?"), now=EARLY)

    anna = await factories.known("Anna")
    with pytest.raises(Invalid) as refused:
        await registrations.register(
            factories.acting(anna), event.id, RegistrationForm(filled=read), now=EARLY
        )
    assert refused.value.fields == {"questions": "questions.invalid.changed"}
    assert await execute("SELECT 1 FROM answer") == []
