"""Which questions are for whom, what an answer must be, and what a question must be.

Pure: questions and what was typed in, values and problems out.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.errors import Invalid
from tables.events import EventMode
from tables.questions import Audience, QuestionKind
from tables.registrations import TicketClass, UnitKind

YES, NO = "yes", "no"
CHOOSING = (QuestionKind.one_of, QuestionKind.several_of, QuestionKind.yes_no)
CHARACTERS = {QuestionKind.text: 200, QuestionKind.long_text: 2000}
MOST_OPTIONS, MOST_QUESTIONS = 30, 40
LARGEST = 1_000_000_000
Value = str | float | list[str]


@dataclass(frozen=True)
class Option:
    """One choice; its key stays when its words change."""

    key: str
    nl: str
    en: str = ""

    def words(self, said: str) -> str:
        """What it says in a language."""
        return (self.en if said == "en" else "") or self.nl


@dataclass(frozen=True)
class Question:
    """A question as it is asked now; `version_id` is that of its words."""

    id: int
    version_id: int
    kind: str
    label_nl: str
    label_en: str = ""
    help_nl: str = ""
    help_en: str = ""
    options: tuple[Option, ...] = ()
    is_required: bool = False
    audience: str = Audience.everybody
    audience_class: str = ""
    audience_unit: int | None = None
    only_if: int | None = None
    only_if_value: str = ""
    state: str = "active"
    version: int = 1
    revision: int = 1
    answers: int = 0

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"q{self.id}"

    @property
    def chooses(self) -> bool:
        """Whether one chooses from what is offered; others may depend on it then."""
        return self.kind in CHOOSING

    @property
    def keys(self) -> tuple[str, ...]:
        """What one can choose."""
        if self.kind == QuestionKind.yes_no:
            return (YES, NO)
        return tuple(option.key for option in self.options)

    def label(self, said: str) -> str:
        """The question in a language."""
        return (self.label_en if said == "en" else "") or self.label_nl

    def help(self, said: str) -> str:
        """What helps to answer it."""
        return (self.help_en if said == "en" else "") or self.help_nl


@dataclass(frozen=True)
class Asker:
    """Who registers: for which places, as what. A hybrid event has seats of both sorts."""

    units: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    mode: str = EventMode.on_site
    ticket_class: str = TicketClass.other

    @property
    def is_online(self) -> bool:
        """Takes part from home."""
        return self.mode == EventMode.online or UnitKind.online in self.kinds

    @property
    def is_on_site(self) -> bool:
        """Comes to the place itself."""
        return self.mode != EventMode.online and bool(self.kinds - {UnitKind.online})


@dataclass(frozen=True)
class Checked:
    """Values of the questions that were asked and answered, and what is wrong by field."""

    values: Mapping[int, Value] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def concerns(question: Question, asker: Asker) -> bool:
    """Whether a question is for somebody at all."""
    return {
        Audience.everybody: True,
        Audience.on_site: asker.is_on_site,
        Audience.online: asker.is_online,
        Audience.class_: question.audience_class == asker.ticket_class,
        Audience.unit: question.audience_unit in asker.units,
    }[Audience(question.audience)]


def holds(question: Question, values: Mapping[int, Value]) -> bool:
    """Whether the answer on which a question depends was given."""
    if question.only_if is None:
        return True
    given = values.get(question.only_if)
    chosen: Sequence[object] = given if isinstance(given, list) else [given]
    return question.only_if_value in chosen


def check(
    questions: Sequence[Question], asker: Asker, typed: Mapping[str, Sequence[str]]
) -> Checked:
    """Read every answer. What was not asked is not kept; what depends on none is read first."""
    values: dict[int, Value] = {}
    problems: dict[str, str] = {}
    for question in sorted(questions, key=lambda one: one.only_if is not None):
        if not (concerns(question, asker) and holds(question, values)):
            continue
        given = [one.strip() for one in typed.get(question.name, ()) if one.strip()]
        if given:
            try:
                values[question.id] = read(question, given)
            except ValueError as wrong:
                problems[question.name] = str(wrong)
        elif question.is_required:
            problems[question.name] = "questions.invalid.required"
    in_order = [q.name for q in questions if q.name in problems]
    return Checked(values, {name: problems[name] for name in in_order})


def missing(
    questions: Sequence[Question],
    asker: Asker,
    values: Mapping[int, Value],
    answered: Iterable[int],
) -> list[Question]:
    """Required questions that somebody still owes an answer to these very words.

    `answered`: ids of the versions that were answered.
    """
    known = set(answered)
    return [
        question
        for question in questions
        if question.is_required
        and question.version_id not in known
        and concerns(question, asker)
        and holds(question, values)
    ]


def read(question: Question, given: Sequence[str]) -> Value:
    """An answer in the type of its question. Raises ValueError with the key of what is wrong."""
    kind, first = QuestionKind(question.kind), given[0]
    if kind == QuestionKind.several_of:
        if not set(given) <= set(question.keys):
            raise ValueError("errors.field.choice")
        return [key for key in question.keys if key in given]
    if len(given) > 1:
        raise ValueError("errors.field.choice")
    if kind in CHOOSING:
        if first not in question.keys:
            raise ValueError("errors.field.choice")
        return first
    if kind in CHARACTERS:
        return _text(first, CHARACTERS[kind])
    return _number(first) if kind == QuestionKind.number else _date(first)


def _text(said: str, most: int) -> str:
    if len(said) > most:
        raise ValueError("errors.field.too_long")
    return said


def _number(said: str) -> float:
    try:
        number = float(said.replace(",", "."))
    except ValueError:
        raise ValueError("errors.field.number") from None
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise ValueError("errors.field.number")
    return int(number) if number == int(number) else number


def _date(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise ValueError("errors.field.date") from None


def options_in(nl: str, en: str, before: Sequence[Option] = ()) -> tuple[Option, ...]:
    """Options as typed, one a line; English ones beside the Dutch in the same order.

    A line that stood there before keeps its key; a new one gets the next number, so that no key
    ever means something else.
    """
    lines = [line.strip() for line in nl.splitlines() if line.strip()]
    english = [line.strip() for line in en.splitlines() if line.strip()]
    keys = {option.nl: option.key for option in before}
    used = max((int(option.key) for option in before), default=0)
    free = (str(n) for n in itertools.count(used + 1))
    return tuple(
        Option(keys.pop(line, "") or next(free), line, english[n] if n < len(english) else "")
        for n, line in enumerate(lines)
    )


def reworded(nl: str, en: str, before: Sequence[Option]) -> tuple[Option, ...] | None:
    """The same options in other words, line for line; None when there are more or fewer."""
    lines = [line.strip() for line in nl.splitlines() if line.strip()]
    english = [line.strip() for line in en.splitlines() if line.strip()]
    if len(lines) != len(before):
        return None
    padded = [*english, *([""] * len(lines))]
    return tuple(
        Option(b.key, line, padded[n])
        for n, (b, line) in enumerate(zip(before, lines, strict=True))
    )


def require_good(question: Question, others: Sequence[Question]) -> None:
    """What a question must be, beside the others of its event. Raises Invalid."""
    problems = _words(question) | _condition(question, others)
    if question.audience == Audience.class_ and question.audience_class not in set(TicketClass):
        problems["audience_class"] = "errors.field.choice"
    if question.audience == Audience.unit and question.audience_unit is None:
        problems["audience_unit"] = "errors.field.choice"
    if problems:
        raise Invalid(**problems)


def _words(question: Question) -> dict[str, str]:
    problems = {}
    if not question.label_nl:
        problems["label_nl"] = "errors.field.required"
    nl = [option.nl for option in question.options]
    if question.kind in (QuestionKind.one_of, QuestionKind.several_of):
        if not 2 <= len(nl) <= MOST_OPTIONS:
            problems["options_nl"] = "questions.invalid.options"
        elif len(set(nl)) < len(nl):
            problems["options_nl"] = "questions.invalid.same_option"
        elif max(len(one) for option in question.options for one in (option.nl, option.en)) > 120:
            problems["options_nl"] = "errors.field.too_long"
        elif any(o.en for o in question.options) and not all(o.en for o in question.options):
            problems["options_en"] = "questions.invalid.options_en"
    return problems


def _condition(question: Question, others: Sequence[Question]) -> dict[str, str]:
    """One level deep: what depends on another is depended on by none, so nothing goes round."""
    followers = [one for one in others if one.only_if == question.id and one.state == "active"]
    if any(one.only_if_value not in question.keys for one in followers):
        return {"kind": "questions.invalid.others_depend"}
    if question.only_if is None:
        return {}
    on = next((one for one in others if one.id == question.only_if), None)
    fits = on is not None and on.state == "active" and on.id != question.id
    if on is None or not fits or on.only_if is not None or question.only_if_value not in on.keys:
        return {"only_if": "questions.invalid.only_if"}
    return {"only_if": "questions.invalid.others_depend"} if followers else {}


def depends_in_vain(question: Question, others: Sequence[Question]) -> bool:
    """Whether what a question depends on is asked no more, or offers that answer no more."""
    return "only_if" in _condition(question, others)


def plain(value: Any, question: Question, said: str, words: Mapping[str, str]) -> str:
    """An answer in words. `words`: what yes and no are in the language."""
    options = {option.key: option.words(said) for option in question.options} | dict(words)
    if isinstance(value, list):
        return ", ".join(str(options.get(key, key)) for key in value)
    if question.chooses:
        return options.get(str(value), str(value))
    return str(value)
