"""Which questions are for whom, what was answered to them, and what is still owed.

Pure: questions and what was typed in, values and problems out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.questions.reading import CHOOSING, Value, read
from tables.events import EventMode
from tables.questions import Audience, QuestionKind
from tables.registrations import TicketClass, UnitKind

YES, NO = "yes", "no"


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
    highest_key: int = 0

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
                values[question.id] = read(QuestionKind(question.kind), question.keys, given)
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


def plain(value: Any, question: Question, said: str, words: Mapping[str, str]) -> str:
    """An answer in words. `words`: what yes and no are in the language."""
    options = {option.key: option.words(said) for option in question.options} | dict(words)
    if isinstance(value, list):
        return ", ".join(str(options.get(key, key)) for key in value)
    if question.chooses:
        return options.get(str(value), str(value))
    return str(value)
