"""The audit trail in words: who did what to what, with before and after."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response

from server import clock, language
from server.actors import Actor
from server.audit import queries, service
from server.audit.queries import Asked, Line
from server.database import transaction
from server.rights import Area, may_read, may_read_why
from server.web.admin_kit import trail as words
from server.web.exports import csv_response
from server.web.pages import page
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
TRAIL, EXPORTED, LONGEST = "/board/audit", 10_000, 80
YEARS = range(1900, 2200)
COLUMNS = ("at", "actor", "action", "entity", "entity_id", "reason", "changes")


async def overview(request: AnyRequest) -> Response[Any]:
    """The trail, filtered, a page at a time."""
    actor = require_right(request, Area.audit)
    asked, said = _asked(request), language_of(request)
    found = await queries.lines(asked, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    tables, actions = await queries.kinds()
    older = {**_given(asked), "before": str(shown[-1].id)} if len(found) > len(shown) else None
    return page(
        request,
        "board/audit.html",
        lines=[
            (line, _named(said, line), _changes(said, actor, line), _why(actor, line))
            for line in shown
        ],
        asked=asked,
        tables=[(name, words.table(said, {"entity": name})) for name in tables],
        actions=[(name, words.action(said, {"entity": "", "action": name})) for name in actions],
        older=f"?{urlencode(older)}" if older else None,
        newest=f"?{urlencode(_given(asked))}" if asked.before_id else None,
        export=f"{TRAIL}.csv?{urlencode(_given(asked))}",
    )


async def as_csv(request: AnyRequest) -> Response[Any]:
    """The lines that were asked for, as CSV; that somebody took them is a line itself."""
    actor = require_right(request, Area.audit)
    require_fresh(request)
    said = language_of(request)
    found = await queries.lines(_asked(request), limit=EXPORTED)
    async with transaction():
        rows = {"rows": len(found)}
        await service.record(actor, "export", ("audit_entry", 0), after=rows)
    header = [language.text(said, f"board.audit.column.{name}") for name in COLUMNS]
    return csv_response(
        f"audit-{clock.today():%Y-%m-%d}.csv", header, (_row(said, actor, line) for line in found)
    )


def _row(said: str, actor: Actor, line: Line) -> list[Any]:
    table, action, _ = _named(said, line)
    changes = "; ".join(f"{c.column}: {c.before} → {c.after}" for c in _changes(said, actor, line))
    return [line.at, line.actor, action, table, line.entity_id, _why(actor, line), changes]


def _why(actor: Actor, line: Line) -> str:
    """The reason; of what the reader's office may not see only that there was one."""
    may = may_read_why(actor.roles, line.entity, line.columns)
    return line.reason if may or not line.reason else words.HIDDEN


def _named(said: str, line: Line) -> tuple[str, str, str | None]:
    """The table and the action in words, and where the row stands."""
    plain: Mapping[str, object] = {
        "entity": line.entity,
        "action": line.action,
        "entity_id": line.entity_id,
    }
    return words.table(said, plain), words.action(said, plain), words.row(plain)


def _changes(said: str, actor: Actor, line: Line) -> list[words.Change]:
    """What changed; of columns that the reader's office may not see only that they changed."""
    return words.changes(said, line, lambda name: may_read(actor.roles, line.entity, name))


def _asked(request: AnyRequest) -> Asked:
    """The filter of the address; nonsense asks for nothing in particular."""
    given = {k: v[:LONGEST].replace("\x00", "") for k, v in request.query_params.items()}
    return Asked(
        who=given.get("who", "").strip(),
        entity=given.get("table", ""),
        entity_id=_number(given.get("row", "")),
        action=given.get("action", ""),
        from_on=_day(given.get("from", "")),
        until_on=_day(given.get("until", "")),
        before_id=_number(given.get("before", "")),
    )


def _given(asked: Asked) -> dict[str, str]:
    plain = replace(asked, before_id=None)
    pairs = {
        "who": plain.who,
        "table": plain.entity,
        "row": str(plain.entity_id or ""),
        "action": plain.action,
        "from": str(plain.from_on or ""),
        "until": str(plain.until_on or ""),
    }
    return {name: value for name, value in pairs.items() if value}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def _day(text: str) -> date | None:
    """A day; one of a year in which we keep nothing asks for nothing."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if on.year in YEARS else None
