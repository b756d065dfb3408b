"""The description of a table that the interface builds its lists and forms from, in words.

`extra.edit` and `extra.new` say in which form a column stands, `extra.fixed` that it is shown but
closed there, `extra.quiet` that it travels along unseen: our additions to what the interface of
Piccolo Admin knows (see interface.py).
"""

from collections.abc import Mapping
from typing import Any

from piccolo.columns import ForeignKey, Timestamptz

from server import language
from server.web.admin_kit import names, saving
from server.web.admin_kit.desk import NOBODYS, Desk

TO_THE_MINUTE = 60


def described(
    said: str, desk: Desk, schema: Mapping[str, Any], desks: Mapping[str, Desk]
) -> dict[str, Any]:
    """The schema of a table for one reader; foreign keys lead only to tables that have a desk."""
    properties: dict[str, Any] = {}
    for name in _ordered(desk):
        if name in schema["properties"]:
            properties[name] = _property(said, desk, name, schema["properties"][name], desks)
        if name == desk.state_column and _asks_reason(desk):
            properties[saving.REASON] = _reason(said)
    return {
        **schema,
        "properties": properties,
        "required": sorted(desk.required),
        "extra": {**schema["extra"], **_table(said, desk)},
    }


def _ordered(desk: Desk) -> list[str]:
    """First what one can fill in, in the table's order; then what is fixed."""
    return sorted(desk.shown, key=lambda name: name in NOBODYS and name not in desk.given_once)


def _table(said: str, desk: Desk) -> dict[str, Any]:
    closed = {
        "not-creatable": not desk.is_creatable,
        "not-removable": desk.remove is None or desk.read_only,
        "read-only": desk.read_only,
    }
    return {
        "help_text": names.about(said, desk.name),
        "visible_fields_options": list(desk.shown),
        "visible_column_names": list(desk.list_columns),
        "visible_filter_names": list(desk.filters or desk.list_columns),
        "link_column_name": desk.link_column,
        "primary_key_title": language.text(said, "admin.column.id"),
        "time_resolution": {
            name: TO_THE_MINUTE for name in desk.shown if isinstance(desk.column(name), Timestamptz)
        },
        "edit_title": _titled(said, desk, "admin.see" if desk.read_only else "admin.edit"),
        "new_title": _titled(said, desk, "admin.new"),
        "closed": " ".join(name for name, is_so in closed.items() if is_so),
    }


def _titled(said: str, desk: Desk, key: str) -> str:
    return language.text(said, key, table=names.table(said, desk.name))


def _property(
    said: str, desk: Desk, name: str, given: Mapping[str, Any], desks: Mapping[str, Desk]
) -> dict[str, Any]:
    extra = {**given["extra"], "help_text": names.help_of(said, desk, name), **_place(desk, name)}
    words = names.choices(said, desk.column(name))
    if words is not None:
        extra["choices"] = {
            value: {"value": value, "display_name": word} for value, word in words.items()
        }
    column = desk.column(name)
    if isinstance(column, ForeignKey):
        extra.pop("foreign_key", None)  # unless it leads somewhere, it is just a number
        extra |= _foreign_key(said, column, desks)
    return {**given, "title": names.column(said, desk, name), "extra": extra}


def _foreign_key(said: str, column: ForeignKey[Any], desks: Mapping[str, Desk]) -> dict[str, Any]:
    to = str(column._foreign_key_meta.resolved_references._meta.tablename)
    if to not in desks:
        return {}
    return {"foreign_key": {"to": names.address(said, to), "target_column": "id"}}


def _place(desk: Desk, name: str) -> dict[str, bool]:
    """In which form a column stands, and whether a hand may touch it there."""
    is_state = name == desk.state_column and not desk.read_only and bool(desk.moves)
    editable = name in desk.changeable_columns or is_state
    counts = name == "revision" and not desk.read_only
    machinery = name in NOBODYS - {"code", "created_at"} and name not in desk.given_once
    return {
        "new": name in desk.creatable_columns,
        "edit": counts or editable or not machinery,
        "fixed": not editable and not counts,
        "quiet": counts,
    }


def _asks_reason(desk: Desk) -> bool:
    return bool(desk.moves) and not desk.read_only


def _reason(said: str) -> dict[str, Any]:
    extra = {
        "help_text": language.text(said, "admin.help._reason"),
        "choices": None,
        "nullable": False,
        "secret": False,
        "unique": True,  # keeps it out of "update selected rows"
        "widget": "text-area",
        "edit": True,
        "new": False,
        "fixed": False,
        "quiet": False,
    }
    return {"title": language.text(said, "admin.column._reason"), "type": "string", "extra": extra}
