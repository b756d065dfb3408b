"""One line taken in through the services of people and memberships, and taken back again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import asyncpg

from server import references
from server.actors import Actor
from server.database import execute, transaction
from server.imports.lines import Line
from server.imports.queries import Row
from server.memberships import service as memberships
from server.people import ending, numbers
from server.people import service as people
from tables.people import RowOutcome


async def take(
    actor: Actor, line: Line, people_of: dict[int, int], types: Mapping[str, int], *, now: datetime
) -> dict[str, Any]:
    """Write what a line says; what was made, for undoing. Refuses what the services refuse."""
    said = {k: new for k, (_, new) in line.changes.items() if k in line.parsed.person}
    first = line.of_line or line.number
    person_id = line.person_id or people_of.get(first)
    is_new = person_id is None
    if person_id is None:
        person_id = await people.create_from(actor, said, now=now)
    elif said:
        await people.change(actor, person_id, said, now=now)
    people_of[first] = person_id
    for field in line.changes:
        register = field.removeprefix("number:")
        if register != field:
            await numbers.claim(actor, person_id, register, line.parsed.numbers[register])
    started = [
        await memberships.start(
            actor,
            person_id,
            types[period.type_code],
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            number=line.parsed.member_number,
        )
        for period in line.starts
    ]
    for membership_id, ends_on in line.ends:
        await memberships.correct(actor, membership_id, {"ends_on": ends_on}, now=now)
    return {"person": person_id, "is_new": is_new, "started": started, "ended": line.ends and [
        [one, str(last or "")] for one, last in line.ends]}  # fmt: skip


async def take_back(actor: Actor, row: Row, *, now: datetime) -> list[str]:
    """Undo one line: message keys of what cannot be undone; nothing of the rest is kept back."""
    made = row.after.get("made")
    if not made or row.person_id is None:
        return []
    left = [
        *await _memberships(actor, row, made, now),
        *await _numbers(actor, row),
    ]
    if made["is_new"]:
        return [*left, *await _person(actor, row.person_id)]
    return [*left, *await _columns(actor, row, now)]


async def _memberships(actor: Actor, row: Row, made: Mapping[str, Any], now: datetime) -> list[str]:
    left = []
    for membership_id in made["started"]:
        try:
            async with transaction():
                await memberships.remove(actor, membership_id)
        except asyncpg.ForeignKeyViolationError:
            left.append("imports.left.membership")
    for membership_id, last in made["ended"] or []:
        was = row.before.get("ends_on") or None
        found = await execute("SELECT ends_on FROM membership WHERE id = $1", membership_id)
        if not found or str(found[0]["ends_on"] or "") != last:
            left.append("imports.left.end")
            continue
        old = date.fromisoformat(was) if was else None
        await memberships.correct(actor, membership_id, {"ends_on": old}, now=now)
    return left


async def _numbers(actor: Actor, row: Row) -> list[str]:
    left = []
    for field, number in row.after.items():
        register = field.removeprefix("number:")
        if register == field:
            continue
        removed = await numbers.forget_claim(actor, row.person_id or 0, register, number)
        left += [] if removed else ["imports.left.number"]
    return left


async def _person(actor: Actor, person_id: int) -> list[str]:
    """A person who was only made by the file goes; one to whom more belongs by now stays."""
    counted = await references.counts("person", person_id)
    if any(name != "import_row.person" for name in counted):
        return ["imports.left.person"]
    await ending.remove(actor, person_id)
    return []


async def _columns(actor: Actor, row: Row, now: datetime) -> list[str]:
    """Put back what was there before, where it is still what the file said."""
    now_is = (await people.get(row.person_id or 0)).to_dict()
    changes = [(k, old, new) for k, old, new in row.changes if k in now_is and k != "id"]
    back = {k: old for k, old, new in changes if str(now_is[k] or "") == new}
    await people.change(actor, row.person_id or 0, back, now=now)
    return ["imports.left.changed_since"] * (len(changes) - len(back))


def is_undoable(row: Row) -> bool:
    """Whether a line changed something."""
    return row.outcome in (RowOutcome.new, RowOutcome.changed) and "made" in row.after
