"""Answers counted per option, and set out by person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server import language
from server.questions import queries, rules
from server.questions.fields import choices
from server.questions.queries import Answers
from server.questions.rules import Question
from server.web.exports import Cell


@dataclass(frozen=True)
class Counted:
    """One question with how often each option was chosen; none for words and numbers."""

    label: str
    answers: int
    options: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Answered:
    """Everybody who is registered, by name, with what they answered, exactly as it is exported."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    counts: Sequence[Counted]


async def table(event_id: int, said: str) -> Answered:
    """The answers of an event. An answer to words that were changed since says so."""
    questions = await queries.of_event(event_id, with_retired=True)
    shown = [one for one in questions if one.state == "active" or one.answers]
    known, sheets = await queries.answers(event_id), await queries.sheets(event_id)
    coming = [known.get(sheet.id, Answers()) for sheet in sheets]
    words = {key: language.text(said, f"questions.answer.{key}") for key in (rules.YES, rules.NO)}
    rows = [
        [sheet.display_name, *(_cell(one, has, said, words) for one in shown)]
        for sheet, has in zip(sheets, coming, strict=True)
    ]
    name = language.text(said, "registrations.column.name")
    heads = [name, *(one.label(said) for one in shown)]
    return Answered(heads, rows, [_counted(one, coming, said) for one in shown])


def _cell(question: Question, has: Answers, said: str, words: Mapping[str, str]) -> Cell:
    if question.id not in has.values:
        return ""
    value = has.values[question.id]
    if has.versions[question.id] == question.version_id:
        if isinstance(value, int | float):
            return value
        return rules.plain(value, question, said, words)
    before = rules.plain(value, question, said, words)
    return language.text(said, "questions.answers.earlier", answer=before)


def _counted(question: Question, coming: Sequence[Answers], said: str) -> Counted:
    values = [has.values[question.id] for has in coming if question.id in has.values]
    chosen = Counter(key for v in values for key in (v if isinstance(v, list) else [v]))
    offered = choices(question, said) if question.chooses else []
    return Counted(
        question.label(said), len(values), [(words, chosen[key]) for key, words in offered]
    )
