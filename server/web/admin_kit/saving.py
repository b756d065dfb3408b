"""One save of the admin: the domain's own verbs where there are any, else named columns.

Everything here happens inside the transaction that the edge opened.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute
from server.errors import Invalid, NotFound
from server.web.admin_kit import incoming
from server.web.admin_kit.desk import Desk, Values
from server.web.admin_kit.refusals import Closed, HandsOff, NoSuchMove, NoVersion, StaleForm

REASON = "_reason"
Row = Mapping[str, Any]


async def create(desk: Desk, actor: Actor, sent: Values, *, now: datetime) -> int:
    """Make a row and return its id. Columns that nobody gives take the table's defaults."""
    if not desk.is_creatable:
        raise Closed
    given = _read_whole(desk, sent)
    if desk.create is not None:
        defaults = {name: desk.column(name).get_default_value() for name in desk.creatable_columns}
        return await desk.create(actor, _plain(defaults) | given, now)
    data: dict[Any, Any] = {desk.column(name): value for name, value in given.items()}
    row = desk.table(_data=data)
    await row.save()
    row_id = int(row.to_dict()["id"])
    await audit.record(actor, "create", (desk.name, row_id), after=_in_words(given))
    return row_id


async def save(desk: Desk, actor: Actor, row_id: int, sent: Values, *, now: datetime) -> None:
    """Change columns and perform the transition that another state asks for: both, or neither.

    Refuses: Stale, HandsOff, NoSuchMove and whatever the domain refuses.
    """
    row = await locked(desk, row_id)
    _refuse_stale(desk, row, sent)
    reason = str(sent.get(REASON) or "")
    rest = {name: value for name, value in sent.items() if name not in (REASON, "revision")}
    changes = incoming.differing(desk, row, incoming.read(desk, rest))
    target = changes.pop(desk.state_column or "", None)
    closed = tuple(name for name in changes if name not in desk.changeable_columns)
    if closed or (target is not None and desk.read_only):
        raise HandsOff(columns=closed or (str(desk.state_column),))
    if changes:
        await _change(desk, actor, row, changes, reason=reason, now=now)
    if target is not None:
        await _move(desk, actor, row, str(target), reason=reason, now=now)


async def remove(desk: Desk, actor: Actor, row_id: int, *, now: datetime) -> None:
    """Remove a row, where the domain has a verb for it. Refuses: Closed."""
    await locked(desk, row_id)
    if desk.remove is None or desk.read_only:
        raise Closed
    await desk.remove(actor, row_id, now)


async def locked(desk: Desk, row_id: int) -> Row:
    """The row, which nobody else changes until this transaction ends. Raises NotFound."""
    if desk.first_lock is not None:
        await desk.first_lock(row_id)
    rows = await execute(f'SELECT * FROM "{desk.name}" WHERE id = $1 FOR NO KEY UPDATE', row_id)
    if not rows or not desk.has(rows[0]):
        raise NotFound
    return rows[0]


def _read_whole(desk: Desk, sent: Values) -> Values:
    """Values of a new row, with every problem at once, also of what was not sent."""
    meant = incoming.cleaned(desk, sent)
    closed = tuple(name for name in meant if name not in desk.creatable_columns)
    if closed:
        raise HandsOff(columns=closed)
    empty = {
        name: "admin.invalid.empty"
        for name in desk.shown
        if name in desk.creatable_columns
        and meant.get(name) in incoming.EMPTY
        and (name in desk.required or _must_be_given(desk, name))
    }
    try:
        given = incoming.read(desk, sent)
    except Invalid as no:
        raise Invalid(**{**empty, **no.fields}) from None
    if empty:
        raise Invalid(**empty)
    return given


def _must_be_given(desk: Desk, name: str) -> bool:
    column = desk.column(name)
    no_default = not column._meta.null and column.get_default_value() is None
    return no_default or name in desk.moments_to_give


def _plain(values: Values) -> Values:
    return {
        name: value.value if isinstance(value, Enum) else value for name, value in values.items()
    }


def _refuse_stale(desk: Desk, row: Row, sent: Values) -> None:
    if not desk.has_revision:
        return
    version = str(sent.get("revision") or "")
    if not version.isdecimal():
        raise NoVersion
    if version != str(row["revision"]):
        raise StaleForm


def reachable(desk: Desk, state: str) -> dict[str, str]:
    """Where one can go from a state with the moves of this desk: state → action."""
    if desk.machine is None or desk.read_only:
        return {}
    return {
        str(move.target.value): action
        for action, move in reversed(desk.machine.moves.items())
        if action in desk.moves and state in move.sources
    }


async def _move(
    desk: Desk, actor: Actor, row: Row, target: str, *, reason: str, now: datetime
) -> None:
    state = str(row[str(desk.state_column)])
    there = reachable(desk, state)
    if target not in there:
        raise NoSuchMove(state=state, target=target, allowed=tuple(reversed(there.values())))
    await desk.moves[there[target]](actor, int(row["id"]), reason, now)


async def _change(
    desk: Desk, actor: Actor, row: Row, changes: Values, *, reason: str, now: datetime
) -> None:
    row_id = int(row["id"])
    if desk.change is not None:
        await desk.change(actor, row_id, changes, now)
        return
    counted = {"revision": row["revision"] + 1, "changed_at": now} if desk.has_revision else {}
    values: dict[Any, Any] = {desk.column(name): value for name, value in changes.items()}
    values |= {desk.column(name): value for name, value in counted.items()}
    await desk.table.update(values).where(desk.column("id") == row_id)
    before = {name: row[name] for name in changes}
    await audit.record(
        actor,
        "change",
        (desk.name, row_id),
        before=_in_words(before),
        after=_in_words(changes),
        reason=reason,
    )


def _in_words(values: Mapping[str, object]) -> dict[str, object]:
    return {name: incoming.in_words(value) for name, value in values.items()}
