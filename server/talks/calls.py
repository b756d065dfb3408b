"""Making and changing calls, from the admin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.talks import rules
from server.talks.refusals import CallExists
from tables.talks import Call

LEAST = {"proposals_per_person": 1, "confirm_days": 1}


async def create_call(actor: Actor, values: Mapping[str, Any], now: datetime) -> int:
    """Make a call for an event; it is seen once `is_published`. Raises Invalid.

    Refuses: CallExists, for an event has one call.
    """
    check(values)
    async with transaction():
        event_id = values["event"]
        await execute("SELECT 1 FROM event WHERE id = $1 FOR UPDATE", event_id)
        if await execute("SELECT 1 FROM call WHERE event = $1", event_id):
            raise CallExists
        call = Call(**{**values, "created_at": now, "changed_at": now})
        await call.save()
        await audit.record(actor, "create", ("call", call.id), after=dict(values))
    return int(call.id)


async def change_call(actor: Actor, call_id: int, values: Mapping[str, Any], now: datetime) -> None:
    """Change columns of a call. Raises Invalid, NotFound."""
    async with transaction():
        rows = await execute("SELECT * FROM call WHERE id = $1 FOR UPDATE", call_id)
        if not rows:
            raise NotFound
        before = rows[0]
        after = {k: v for k, v in values.items() if k in before and before[k] != v}
        if not after:
            return
        check({**before, **after})
        changed = after | {"changed_at": now, "revision": before["revision"] + 1}
        assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(changed, start=2))
        await execute(f"UPDATE call SET {assignments} WHERE id = $1", call_id, *changed.values())
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("call", call_id), before=was, after=after)


def check(values: Mapping[str, Any]) -> None:
    """What a call must be. Raises Invalid with every problem."""
    needed = {"title": str(values.get("title") or "").strip(), "event": values.get("event")}
    problems = {name: "errors.field.required" for name, value in needed.items() if not value}
    problems |= _problems_of_window(values.get("opens_at"), values.get("closes_at"))
    if not all(rules.is_offer(entry) for entry in values.get("formats") or ()):
        problems["formats"] = "talks.invalid.formats"
    for name, least in LEAST.items():
        if values.get(name) is not None and values[name] < least:
            problems[name] = "errors.field.number"
    if problems:
        raise Invalid(**problems)


def _problems_of_window(opens: object, closes: object) -> dict[str, str]:
    if not isinstance(opens, datetime):
        return {"opens_at": "errors.field.required"}
    if not isinstance(closes, datetime) or closes <= opens:
        return {"closes_at": "talks.invalid.closes_at"}
    return {}
