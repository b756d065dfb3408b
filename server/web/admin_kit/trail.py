"""The audit trail in words: which table, what was done, and the way to the row."""

from collections.abc import Mapping

from server import language
from server.web.admin_kit import links


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
