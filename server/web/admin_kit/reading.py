"""What a list of the admin may ask for, and rows as the board reads them: in Amsterdam time."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from piccolo.columns import Date, Timestamptz
from starlette.datastructures import QueryParams

from server import language
from server.clock import AMSTERDAM
from server.language import BABEL
from server.web.admin_kit import links, saving
from server.web.admin_kit.desk import Desk
from server.web.admin_kit.refusals import UnknownColumn, Unreadable

NUMBERS = {"__page": 100_000, "__page_size": 1_000, "limit": 1_000, "offset": 1_000_000}
WORDS = {"__readable", "search", "__range_header", "__range_header_name"}
SUFFIXES = ("__operator", "__match")
LONGEST = 200
READABLE = "_readable"


def check(desk: Desk, asked: QueryParams) -> None:
    """Refuse what no list of this table can answer, before any query is built.

    Refuses: Unreadable, UnknownColumn (also for columns that are withheld).
    """
    for key, value in asked.multi_items():
        if len(value) > LONGEST or "\x00" in value:
            raise Unreadable
        if key in NUMBERS:
            _check_number(value, NUMBERS[key])
        elif key in ("__order", "__visible_fields"):
            for name in value.split(","):
                _check_column(desk, name.removeprefix("-"))
        elif key not in WORDS:
            _check_column(desk, _base(key))


def _check_number(value: str, highest: int) -> None:
    if not (value.isascii() and value.isdecimal() and int(value) <= highest):
        raise Unreadable


def _check_column(desk: Desk, name: str) -> None:
    if name not in desk.shown:
        raise UnknownColumn(column=name)


def _base(key: str) -> str:
    name = key.removesuffix("[]")
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def in_words(said: str, desk: Desk, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a list: moments and days as one writes them here, everything else as it is."""
    plain = with_readables(row)
    said_so = {name: word(said, row) for name, word in desk.words.items()}
    return {name: _word(said, desk, name, value) for name, value in plain.items()} | said_so


def with_readables(row: Mapping[str, Any]) -> dict[str, Any]:
    """A foreign key that leads nowhere has no words either; Piccolo gives it its template's."""
    keys = {name for name in row if name.endswith(READABLE)}
    empty = {name for name in keys if row.get(name.removesuffix(READABLE)) is None}
    return {name: "" if name in empty else value for name, value in row.items()}


def _word(said: str, desk: Desk, name: str, value: Any) -> Any:
    if value is None or name not in desk.shown:
        return value
    column = desk.column(name)
    if isinstance(column, Timestamptz):
        return moment(said, datetime.fromisoformat(value))
    if isinstance(column, Date):
        return format_date(date.fromisoformat(value), "d MMM y", BABEL[said])
    return value


def moment(said: str, at: datetime) -> str:
    """`za 14 nov 2026 09:30`, Amsterdam time."""
    local = format_datetime(at.astimezone(AMSTERDAM), "EEE d MMM y HH:mm", locale=BABEL[said])
    return local + language.of_two(at, said)


def for_form(
    said: str, desk: Desk, row: Mapping[str, Any], states: Mapping[str, str]
) -> dict[str, Any]:
    """A row for its form, with its place on the site and the states it can go to."""
    state = desk.state_column
    page = page_of(desk, row)
    inside = page is not None and page.startswith(links.MOUNT)
    words = language.text(said, "admin.see_row" if inside else "admin.see_page")
    extra: dict[str, Any] = {"_page": page, "_page_words": words, saving.REASON: ""}
    if state is not None:
        here = str(row[state])
        there = (here, *saving.reachable(desk, here))
        extra["_choices"] = {
            state: {
                key: {"value": key, "display_name": states[key]} for key in dict.fromkeys(there)
            }
        }
    said_so = {name: word(said, row) for name, word in desk.words.items() if desk.read_only}
    return {**with_readables(row), **said_so, **extra}


def page_of(desk: Desk, row: Mapping[str, Any]) -> str | None:
    """Where a row stands on the site, if anywhere."""
    if desk.page is None:
        return None
    return desk.page.format_map(row) if isinstance(desk.page, str) else desk.page(row)


def parsed(body: bytes) -> Any:
    """JSON that the admin's router wrote."""
    return json.loads(body)
