"""A list of the admin as a file for a spreadsheet."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from piccolo.columns import Date, ForeignKey, Timestamptz
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.web import exports
from server.web.admin_kit import names, reading
from server.web.admin_kit.desk import NOBODYS, Desk

if TYPE_CHECKING:
    from server.web.admin_kit.crud import DeskCRUD

PAGE = 1_000
MOST_PAGES = 50
MACHINERY = NOBODYS - {"id", "code", "created_at"}


async def csv(crud: "DeskCRUD", request: Request, said: str, actor: Actor) -> Response:
    """Every row that the filter finds, at most 50,000, with choices in words."""
    desk, rows = crud.desk, []
    params = crud._parse_params(request.query_params)
    for page in range(1, MOST_PAGES + 1):
        asked = {
            **params,
            "__page": page,
            "__page_size": PAGE,
            "__readable": "true",
            "__visible_fields": ",".join(desk.shown),
        }
        found = reading.parsed(bytes((await crud.get_all(request, params=asked)).body))["rows"]
        rows += [reading.with_readables(row) for row in found]
        if len(found) < PAGE:
            break
    async with transaction():
        await audit.record(actor, "export", (desk.name, 0), after={"rows": len(rows)})
    return _file(said, desk, rows)


def _file(said: str, desk: Desk, rows: list[dict[str, Any]]) -> Response:
    shown = [name for name in desk.shown if name not in MACHINERY]
    header = [names.column(said, desk, name) for name in shown]
    words = {name: names.choices(said, desk.column(name)) for name in shown}
    lines = ([_cell(said, desk, name, row, words[name]) for name in shown] for row in rows)
    stream = exports.csv_response(
        f"{names.address(said, desk.name)}-{clock.today():%Y-%m-%d}.csv", header, lines
    )
    # A Stream accepts more kinds of iterators than csv_response gives it.
    body = cast(AsyncIterator[bytes], stream.iterator)
    return StreamingResponse(body, headers=dict(stream.headers))


def _cell(
    said: str, desk: Desk, name: str, row: dict[str, Any], words: dict[str, str] | None
) -> exports.Cell:
    value, column = row[name], desk.column(name)
    if value is None:
        return None
    if isinstance(column, ForeignKey):
        return str(row.get(f"{name}{reading.READABLE}") or value)
    if isinstance(column, Timestamptz):
        return datetime.fromisoformat(value)
    if isinstance(column, Date):
        return date.fromisoformat(value)
    if isinstance(value, bool):
        return language.text(said, "interface.true" if value else "interface.false")
    if words is not None:
        return words.get(str(value), str(value))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value if isinstance(value, int | float) else str(value)
