"""The audit trail in words: which table, what was done, what changed, and the way to the row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import language
from server.audit.queries import Line
from server.web.admin_kit import links

HIDDEN, LONGEST = "•••", 320


@dataclass(frozen=True)
class Change:
    """One column of a line: what it was and what it became, in words."""

    column: str
    before: str
    after: str


def changes(said: str, line: Line, may_read: Callable[[str], bool]) -> list[Change]:
    """What changed; of columns that the reader may not see only that they changed."""
    return [
        Change(
            column(said, line.entity, name),
            *(
                _value(said, line, name, values) if may_read(name) else HIDDEN
                for values in (line.before, line.after)
            ),
        )
        for name in line.columns
    ]


def _value(said: str, line: Line, name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return language.text(said, "interface.true" if value else "interface.false")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    kind = "".join(part.capitalize() for part in name.split("_"))  # of name_use: NameUse
    choice = f"states.{line.entity}" if name == "state" else f"admin.choice.{kind}"
    return _known(said, _moment(said, str(value)), f"{choice}.{value}")


def _moment(said: str, value: str) -> str:
    """Days and moments as one writes them here; everything else as it is."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    if at.tzinfo is not None:
        return language.moment(at, said)
    return language.day(at.date(), said) if len(value) == len("2026-01-01") else value


def table(said: str, line: Mapping[str, object]) -> str:
    """The table of a line: "activiteiten"."""
    return _known(said, str(line["entity"]), f"admin.tables.{line['entity']}")


def action(said: str, line: Mapping[str, object]) -> str:
    """What was done: a move of the table's machine, or one of the general actions."""
    done = str(line["action"])
    return _known(said, done, f"states.{line['entity']}.action.{done}", f"admin.action.{done}")


def column(said: str, table: str, name: str) -> str:
    """A column of a table: "begint op"."""
    return _known(said, name, f"admin.column.{table}.{name}", f"admin.column.{name}")


def row(line: Mapping[str, object]) -> str | None:
    """Where the row of a line stands in the admin, if its table has a desk and it has a number."""
    entity, row_id = str(line["entity"]), int(str(line["entity_id"]))
    if row_id < 1 or not language.knows(f"admin.tables.{entity}"):
        return None
    return links.admin_row(entity, row_id)


def _known(said: str, otherwise: str, *keys: str) -> str:
    return next((language.text(said, key) for key in keys if language.knows(key)), otherwise)
