"""What a question must be beside the others of its event, and how options keep their keys. Pure."""

import itertools
from collections.abc import Sequence

from server.errors import Invalid
from server.questions.rules import Option, Question
from tables.questions import Audience, QuestionKind
from tables.registrations import TicketClass

MOST_OPTIONS, MOST_QUESTIONS = 30, 40


def options_in(
    nl: str, en: str, before: Sequence[Option] = (), *, highest: int = 0
) -> tuple[Option, ...]:
    """Options as typed, one a line; English ones beside the Dutch in the same order.

    A line that stood there before keeps its key; a new one gets the next number after `highest`,
    the highest that any version had, so that no key ever means something else.
    """
    lines, english = _lines(nl), _lines(en)
    keys = {option.nl: option.key for option in before}
    used = max((highest, *(int(option.key) for option in before)))
    free = (str(n) for n in itertools.count(used + 1))
    paired = itertools.zip_longest(lines, english[: len(lines)], fillvalue="")
    return tuple(Option(keys.pop(line, "") or next(free), line, said) for line, said in paired)


def reworded(nl: str, en: str, before: Sequence[Option]) -> tuple[Option, ...] | None:
    """The same options in other words, line for line; None when there are more or fewer."""
    lines, english = _lines(nl), _lines(en)
    if len(lines) != len(before):
        return None
    paired = itertools.zip_longest(lines, english[: len(lines)], fillvalue="")
    return tuple(Option(b.key, *words) for b, words in zip(before, paired, strict=True))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


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
