"""What somebody typed, as an answer of the type of its question. Pure."""

import math
from collections.abc import Sequence
from datetime import date

from tables.questions import QuestionKind

CHOOSING = (QuestionKind.one_of, QuestionKind.several_of, QuestionKind.yes_no)
CHARACTERS = {QuestionKind.text: 200, QuestionKind.long_text: 2000}
LARGEST = 1_000_000_000
Value = str | float | list[str]


def read(kind: QuestionKind, keys: Sequence[str], given: Sequence[str]) -> Value:
    """An answer in the type of its question; `keys` are what one can choose, where one chooses.

    Raises ValueError with the key of what is wrong.
    """
    first = given[0]
    if kind == QuestionKind.several_of:
        if not set(given) <= set(keys):
            raise ValueError("errors.field.choice")
        return [key for key in keys if key in given]
    if len(given) > 1:
        raise ValueError("errors.field.choice")
    if kind in CHOOSING:
        if first not in keys:
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
