"""Questions as the API tells them, and answers as it takes them."""

from collections.abc import Sequence

import msgspec

from server.errors import Invalid
from server.questions import answering, needs, rules
from server.questions.answering import Filled
from server.questions.fields import LONGEST_NEED, Asked, choices
from server.questions.queries import NeedView
from server.questions.rules import Asker, Question
from server.web.forms import stripped


class ChoiceOut(msgspec.Struct):
    """What can be chosen: its key is what you answer."""

    key: str
    words: str


class QuestionOut(msgspec.Struct):
    """One question. `only_if`: it is asked only of who answered `only_if_value` to that one."""

    id: int
    version: int
    kind: str
    label: str
    help: str
    required: bool
    audience: str
    only_if: int | None
    only_if_value: str
    choices: list[ChoiceOut]


class QuestionsOut(msgspec.Struct):
    """What an event asks. `diets` are the keys of diets; empty when it does not ask for them."""

    questions: list[QuestionOut]
    diets: list[str]
    asks_access: bool


class AnswerIn(msgspec.Struct, forbid_unknown_fields=True):
    """An answer: a key, several keys, words, a number, yes (true) or no, or a date (ISO 8601).

    With `version`, an answer to words that have changed since is refused.
    """

    question: int
    value: str | float | bool | list[str]
    version: int | None = None


class NeedsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Diet and access needs. Sending them is consent to keep them until 30 days after the event."""

    diets: list[str] = []
    allergies: str = ""
    access: str = ""


def questions_out(asked: Asked, said: str) -> QuestionsOut:
    """What an event asks, in a language."""
    diets = list(needs.DIETS) if asked.asks.diet else []
    questions = [_question(one, said) for one in asked.questions]
    return QuestionsOut(questions, diets, asked.asks.access)


def _question(one: Question, said: str) -> QuestionOut:
    return QuestionOut(
        id=one.id,
        version=one.version,
        kind=one.kind,
        label=one.label(said),
        help=one.help(said),
        required=one.is_required,
        audience=one.audience,
        only_if=one.only_if,
        only_if_value=one.only_if_value,
        choices=[ChoiceOut(key, words) for key, words in choices(one, said)] if one.chooses else [],
    )


def taken(asked: Asked, answers: Sequence[AnswerIn], need: NeedsIn | None, asker: Asker) -> Filled:
    """The answers of a program, held to what a form is held to. Raises Invalid: `q` and the id of
    the question → key of what is wrong."""
    known = {one.id: one for one in asked.questions}
    problems = {f"q{a.question}": "errors.field.choice" for a in answers if a.question not in known}
    for given in answers:
        if given.question in known and given.version not in (None, known[given.question].version):
            problems[f"q{given.question}"] = "questions.invalid.changed"
    typed = {f"q{given.question}": _typed(given.value) for given in answers}
    checked = rules.check(asked.questions, asker, typed)
    problems = dict(checked.problems) | problems | _needs_problems(asked, need)
    if problems:
        raise Invalid(**problems)
    return answering.filled(asked.questions, checked, _need(asked, need))


def _typed(value: str | float | bool | list[str]) -> list[str]:
    if isinstance(value, bool):
        return [rules.YES if value else rules.NO]
    return [stripped(str(one)) for one in (value if isinstance(value, list) else [value])]


def _needs_problems(asked: Asked, need: NeedsIn | None) -> dict[str, str]:
    if need is None:
        return {}
    problems = {
        name: "errors.field.too_long"
        for name in ("allergies", "access")
        if len(getattr(need, name)) > LONGEST_NEED
    }
    if not set(need.diets) <= set(needs.DIETS):
        problems["diets"] = "errors.field.choice"
    asks_nothing = (need.diets or need.allergies) and not asked.asks.diet
    if asks_nothing or (need.access and not asked.asks.access):
        problems["needs"] = "questions.invalid.not_asked"
    return problems


def _need(asked: Asked, need: NeedsIn | None) -> NeedView | None:
    if not asked.asks.any:
        return None
    given = need or NeedsIn()
    diets = tuple(diet for diet in needs.DIETS if diet in given.diets)
    return NeedView(diets, stripped(given.allergies), stripped(given.access))
