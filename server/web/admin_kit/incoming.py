"""What a form of the admin sends: checked, typed, and compared with the row it was opened from."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import pydantic
from piccolo.columns import JSON, JSONB, Column, Text, Varchar
from piccolo.table import Table
from piccolo.utils.pydantic import create_pydantic_model

from server import hours
from server.errors import Invalid
from server.hours import Unclear
from server.web.admin_kit.desk import Desk, Values
from server.web.admin_kit.models import quietly
from server.web.admin_kit.refusals import UnknownColumn

PROBLEMS = {
    "string_too_long": "admin.invalid.too_long",
    "int_parsing": "admin.invalid.whole_number",
    "int_from_float": "admin.invalid.whole_number",
    "bool_parsing": "admin.invalid.yes_or_no",
}
MOMENTS = ("datetime", "date", "time")
YEARS = range(1900, 2101)  # what lies outside is mistyped: "0206", "9999"
EMPTY: tuple[object, ...] = (None, "", [])


def read(desk: Desk, sent: Mapping[str, object]) -> Values:
    """The values with the types of their columns. Refuses: UnknownColumn; raises Invalid."""
    typed = _typed(desk, cleaned(desk, sent))
    _refuse_unusable(desk, typed)
    return _on_the_clock(typed)


def cleaned(desk: Desk, sent: Mapping[str, object]) -> Values:
    """The values as they were meant: what a form cannot say, told apart. Refuses: UnknownColumn."""
    known = set(desk.shown)
    for name in sent:
        if name not in known:
            raise UnknownColumn(column=name)
    return {name: _clean(desk.column(name), value) for name, value in sent.items()}


def _clean(column: Column, value: object) -> object:
    """Forms send "" for nothing, and nothing for the text "null" (Piccolo Admin 1.14)."""
    if _is_text(column):
        if value is None and not column._meta.null:
            return "null"
        if isinstance(value, str):
            return value.replace("\r\n", "\n")
        return value
    return None if value == "" else value


def _is_text(column: Column) -> bool:
    return isinstance(column, (Varchar, Text)) and not isinstance(column, (JSON, JSONB))


@cache
def _model(table: type[Table]) -> type[pydantic.BaseModel]:
    return quietly(
        lambda: create_pydantic_model(table, include_default_columns=True, all_optional=True)
    )


def _typed(desk: Desk, sent: Values) -> Values:
    try:
        model = _model(desk.table).model_validate(sent)
    except pydantic.ValidationError as problem:
        raise Invalid(
            **{str(error["loc"][0]): _key(error["type"]) for error in problem.errors()}
        ) from None
    return {name: _plain(getattr(model, name)) for name in sent}


def _key(kind: str) -> str:
    moment = kind.startswith(MOMENTS)
    return PROBLEMS.get(kind, "admin.invalid.moment" if moment else "admin.invalid.unusable")


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _refuse_unusable(desk: Desk, values: Values) -> None:
    problems = {name: _problem(desk, name, value) for name, value in values.items()}
    found = {name: key for name, key in problems.items() if key is not None}
    if found:
        raise Invalid(**found)


def _problem(desk: Desk, name: str, value: object) -> str | None:
    column = desk.column(name)
    choices = column._meta.choices
    if value in EMPTY and (name in desk.required or (value is None and not column._meta.null)):
        return "admin.invalid.empty"
    if isinstance(value, str) and not _is_storable(value):
        return "admin.invalid.unusable"
    if isinstance(choices, type) and value is not None and not _is_choice(choices, value):
        return "admin.invalid.choice"
    if isinstance(value, date) and value.year not in YEARS:
        return "admin.invalid.year"
    return None


def _on_the_clock(values: Values) -> Values:
    """Moments without an offset are those of an Amsterdam clock, as the form shows it.

    The form sends them so where the clock names no moment, or two. Raises Invalid.
    """
    problems, found = {}, dict(values)
    for name, value in values.items():
        if isinstance(value, datetime) and value.tzinfo is None:
            try:
                found[name] = hours.moment(value)
            except Unclear as unclear:
                problems[name] = unclear.sentence
    if problems:
        raise Invalid(**problems)
    return found


def _is_storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _is_choice(choices: type[Enum], value: object) -> bool:
    return value in {member.value for member in choices}


def differing(desk: Desk, row: Mapping[str, object], values: Values) -> Values:
    """Only what is really another value than the row's."""
    return {
        name: value
        for name, value in values.items()
        if _comparable(desk, name, value) != _comparable(desk, name, row[name])
    }


def _comparable(desk: Desk, name: str, value: object) -> object:
    """The form knows moments to the minute; JSON is compared by meaning, not by spelling."""
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and isinstance(desk.column(name), (JSON, JSONB)):
        return _json(value)
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return value


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def in_words(value: object) -> Any:
    """A value as the audit trail keeps it."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (UUID, Enum)) else value
