"""One line taken back: what it made goes, what it changed becomes as it was.

Whatever was changed since stays as it is by now, and so does what a service refuses; each step for
itself, so that one of them keeps nothing else from going back. What stays is said.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial

import asyncpg

from server import references
from server.actors import Actor
from server.database import execute, transaction
from server.errors import Invalid, Refusal
from server.imports import marks
from server.imports.queries import Row
from server.memberships import service as memberships
from server.people import ending, numbers
from server.people import service as people
from tables.people import EmailState, RowOutcome

Step = Callable[[], Awaitable[list[str]]]


def is_undoable(row: Row) -> bool:
    """Whether a line changed something."""
    return row.outcome in (RowOutcome.new, RowOutcome.changed) and "made" in row.after


async def take_back(actor: Actor, row: Row, *, now: datetime) -> list[str]:
    """Undo one line: message keys of what cannot be undone; nothing of the rest is kept back."""
    made = row.after["made"]
    if row.person_id is None:
        return []
    if row.person_id != made["person"]:
        return ["imports.left.merged"]
    steps: list[Step] = [partial(_membership, actor, one, mark) for one, mark in made["started"]]
    was = row.before.get("ends_on") or None
    steps += [partial(_end, actor, one, last, was, now) for one, last in made["ended"]]
    steps += [
        partial(_number, actor, row.person_id, field.removeprefix("number:"), number)
        for field, number in row.after.items()
        if field.startswith("number:")
    ]
    if made["is_new"]:
        steps.append(partial(_person, actor, row.person_id, made["mark"]))
    else:
        steps.append(partial(_columns, actor, row, now))
        steps.append(partial(_address, actor, row, made["email_state"], now))
    return [key for step in steps for key in await _tried(step)]


async def _tried(step: Step) -> list[str]:
    try:
        async with transaction():
            return await step()
    except Refusal as refusal:
        return [refusal.message_key]
    except Invalid as invalid:
        return list(invalid.fields.values())


async def _membership(actor: Actor, membership_id: int, mark: str) -> list[str]:
    found = await marks.of("membership", membership_id)
    if found != mark:
        return ["imports.left.membership_changed"] if found else []
    try:
        async with transaction():
            await memberships.remove(actor, membership_id)
    except asyncpg.ForeignKeyViolationError:
        return ["imports.left.membership"]
    return []


async def _end(
    actor: Actor, membership_id: int, last: str, was: str | None, now: datetime
) -> list[str]:
    found = await execute("SELECT ends_on FROM membership WHERE id = $1", membership_id)
    if not found or str(found[0]["ends_on"] or "") != last:
        return ["imports.left.end"]
    ends_on = date.fromisoformat(was) if was else None
    await memberships.correct(actor, membership_id, {"ends_on": ends_on}, now=now)
    return []


async def _number(actor: Actor, person_id: int, register: str, number: str) -> list[str]:
    removed = await numbers.forget_claim(actor, person_id, register, number)
    return [] if removed else ["imports.left.number"]


async def _person(actor: Actor, person_id: int, mark: str) -> list[str]:
    """A person who was only made by the file goes; one to whom more belongs by now stays."""
    if await marks.of("person", person_id) != mark:
        return ["imports.left.person_changed"]
    counted = await references.counts("person", person_id)
    if any(name != "import_row.person" for name in counted):
        return ["imports.left.person"]
    await ending.remove(actor, person_id)
    return []


async def _columns(actor: Actor, row: Row, now: datetime) -> list[str]:
    """Put back what was there before, where it is still what the file said."""
    now_is = (await people.get(row.person_id or 0)).to_dict()
    changes = [one for one in row.changes if one[0] in now_is and one[0] not in ("id", "email")]
    back = {k: old for k, old, new in changes if str(now_is[k] or "") == new}
    await people.change(actor, row.person_id or 0, back, now=now)
    return ["imports.left.changed_since"] if len(changes) > len(back) else []


async def _address(actor: Actor, row: Row, email_state: str | None, now: datetime) -> list[str]:
    """The address of before, proved if it was; unless the new one has been proved by now."""
    if "email" not in row.after:
        return []
    who = await people.get(row.person_id or 0)
    if who.email != row.after["email"] or who.email_state != EmailState.unverified:
        return ["imports.left.changed_since"]
    try:
        await people.change(actor, who.id, {"email": row.before["email"]}, now=now)
    except people.EmailTaken:
        return ["imports.left.address"]
    await ending.overwrite(who.id, {"email_state": email_state}, now=now)
    return []
