"""One's own data on paper: a PDF that people read, from the same rows as the JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from server import language
from server.privacy import register
from server.web import pdf as pdf_pages
from server.web.admin_kit import names

TEMPLATE = Path(__file__).with_name("paper.typ")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


async def pdf(name: str, held: Rows, *, said: str, now: datetime) -> bytes:
    """Everything in `held`, table by table, in the reader's language; PDF/A-2a."""
    called = await register.names(held, said)
    data = {
        "lang": said,
        "title": language.text(said, "privacy.paper.title"),
        "name": name,
        "made": language.text(said, "privacy.paper.made", moment=language.moment(now, said)),
        "organisation": language.text(said, "site.name"),
        "tables": [_table(table, rows, called, said) for table, rows in held.items()],
    }
    return await pdf_pages.made(TEMPLATE, data)


def _table(
    table: str, rows: Sequence[Mapping[str, Any]], called: register.Names, said: str
) -> dict[str, Any]:
    columns = register.TABLES[table]
    chosen = {name: names.choices(said, column) or {} for name, column in columns.items()}
    return {
        "name": language.text(said, f"admin.tables.{table}"),
        "rows": [
            [
                [label(c, said), _word(chosen[c], called, (table, c, v)) or words(v, said)]
                for c, v in row.items()
            ]
            for row in rows
        ],
    }


def _word(
    chosen: Mapping[str, str], called: register.Names, what: tuple[str, str, Any]
) -> str | None:
    """What a choice or a row that is pointed at is called."""
    value = what[2]
    return chosen.get(str(value)) or (called.get(what) if isinstance(value, int) else None)


def label(column: str, said: str) -> str:
    """The words for a column; "id" is a number."""
    return language.text(said, f"admin.column.{column}")


def words(value: Any, said: str) -> str:
    """A value as one reads it."""
    if isinstance(value, datetime):
        return language.moment(value, said)
    if isinstance(value, date):
        return language.day(value, said)
    if isinstance(value, bool):
        return language.text(said, "privacy.yes" if value else "privacy.no")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "–"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str) if value else "–"
    return "–" if value in (None, "") else str(value)
