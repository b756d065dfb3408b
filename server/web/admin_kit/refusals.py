"""How the admin says no, as sentences that its interface shows as they are."""

import re

import asyncpg
import pydantic
from starlette.responses import JSONResponse

from server import language
from server.errors import Invalid, NotAllowed, NotFound, Refusal, Stale, WrongState
from server.web.admin_kit import names
from server.web.admin_kit.desk import Desk

COLUMNS = re.compile(r"^Key \(([^)]+)\)=")
SHOWN_AS_IT_IS = 422


class UnknownColumn(Refusal):
    """The form holds something that the table does not show."""

    code = "admin.unknown_column"


class HandsOff(Refusal):
    """Columns that no hand may change; `columns` are their names."""

    code = "admin.hands_off"


class NoSuchMove(Refusal):
    """No action leads from this state to that one; `allowed` are the actions that are possible."""

    code = "admin.no_such_move"


class StaleForm(Stale):
    """Somebody else saved the row after this form was opened."""

    code = "admin.stale"


class NoVersion(Refusal):
    """The form does not say which version of the row it was opened from."""

    code = "admin.no_version"


class Closed(Refusal):
    """Nobody makes or removes rows of this table by hand."""

    code = "admin.closed"


class Unreadable(Refusal):
    """The request is not what the interface sends."""

    code = "admin.unreadable"


NOS = (Refusal, Invalid, NotFound, NotAllowed, asyncpg.IntegrityConstraintViolationError)
ALL_NOS = (*NOS, asyncpg.DataError, pydantic.ValidationError)


def answer(said: str, desk: Desk, no: Exception) -> JSONResponse:
    """422 with one sentence: the only shape that the interface prints without additions."""
    if isinstance(no, NotFound):
        detail = language.text(said, "admin.not_found")
        return JSONResponse({"detail": detail}, status_code=404)
    return JSONResponse({"custom_form_error": sentence(said, desk, no)}, status_code=SHOWN_AS_IT_IS)


def sentence(said: str, desk: Desk, no: Exception) -> str:
    """What was wrong, in the reader's words."""
    if isinstance(no, Invalid):
        return _problems(said, desk, no)
    if isinstance(no, NoSuchMove | WrongState):
        return _no_move(said, desk, no)
    if isinstance(no, Refusal):
        return language.text(said, no.message_key, count=None, **_values(said, desk, no))
    if isinstance(no, asyncpg.IntegrityConstraintViolationError):
        return _constraint(said, desk, no)
    key = "admin.not_allowed" if isinstance(no, NotAllowed) else "admin.invalid.value"
    return language.text(said, key)


def _problems(said: str, desk: Desk, no: Invalid) -> str:
    shown = set(desk.shown)
    return " ".join(
        f"{names.column(said, desk, name)}: {language.text(said, key)}"
        if name in shown
        else language.text(said, key)
        for name, key in no.fields.items()
    )


def _values(said: str, desk: Desk, no: Refusal) -> dict[str, object]:
    values = dict(no.values)
    columns = values.get("columns")
    if isinstance(columns, tuple):
        values["columns"] = ", ".join(names.column(said, desk, name) for name in columns)
    return values


def _no_move(said: str, desk: Desk, no: NoSuchMove | WrongState) -> str:
    """The form offers states, so it is states that are named, also when a service says no."""
    if desk.machine is None or no.values.get("machine", desk.name) != desk.name:
        return language.text(said, "admin.refusal.wrong_state")
    allowed = no.values.get("allowed")
    actions = allowed if isinstance(allowed, tuple) else ()
    targets = [str(desk.machine.moves[action].target.value) for action in actions]
    words = [names.state(said, desk, target) for target in dict.fromkeys(targets)]
    return language.text(
        said,
        "admin.refusal.no_such_move",
        state=names.state(said, desk, str(no.values["state"])),
        allowed=", ".join(words) or language.text(said, "admin.nothing"),
    )


def _constraint(said: str, desk: Desk, no: asyncpg.IntegrityConstraintViolationError) -> str:
    """The database has the last word; its own names are shown only when we have none."""
    name = str(no.constraint_name or no.column_name or "")
    key = f"admin.constraint.{name}"
    if language.knows(key):
        return language.text(said, key)
    if isinstance(no, asyncpg.UniqueViolationError):
        return language.text(said, "admin.invalid.not_unique", columns=_columns(said, desk, no))
    if isinstance(no, asyncpg.ForeignKeyViolationError | asyncpg.RestrictViolationError):
        return language.text(said, "admin.invalid.still_used")
    return language.text(said, "admin.invalid.contradiction", constraint=name)


def _columns(said: str, desk: Desk, no: asyncpg.UniqueViolationError) -> str:
    found = COLUMNS.match(str(no.detail or ""))
    shown = set(desk.shown)
    columns = [name.strip('" ') for name in found[1].split(",")] if found else []
    return ", ".join(names.column(said, desk, name) for name in columns if name in shown)
