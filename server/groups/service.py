"""Making groups and moving them through their life. Seats in them stand in `seats`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotAllowed, NotFound, Stale
from server.groups import rules
from server.groups.states import GROUP
from server.rights import Area
from server.web import slugs
from tables.groups import GroupState, WorkingGroup

CHANGEABLE = ("kind", "name", "name_en", "mission", "mission_en", "is_public", "colour")


async def create(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> int:
    """Make a group; the board's is at work at once, anybody else's is proposed. Raises Invalid."""
    rules.check(values)
    async with transaction():
        state = GroupState.active if actor.changes(Area.groups) else GroupState.proposed
        wanted = str(values.get("slug") or "") or rules.slug_of(values["name"])
        slug = await slugs.free("working_group", wanted)
        kept = {**values, "slug": slug, "state": state.value}
        group = WorkingGroup(**{**kept, "created_at": now, "changed_at": now})
        await group.save()
        await audit.record(actor, "create", ("working_group", group.id), after=kept)
    return int(group.id)


async def change(
    actor: Actor,
    group_id: int,
    values: Mapping[str, object],
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """Change columns of a group. Raises Invalid, NotAllowed; refuses: Stale."""
    async with transaction():
        before = await locked(group_id)
        require_manager(actor, group_id)
        if expected_revision not in (None, before["revision"]):
            raise Stale
        after = {k: v for k, v in values.items() if k in CHANGEABLE and before[k] != v}
        if not after:
            return
        rules.check({**before, **after})
        assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(after, start=3))
        await execute(
            f"UPDATE working_group SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            group_id,
            now,
            *after.values(),
        )
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("working_group", group_id), before=was, after=after)


async def move(actor: Actor, group_id: int, action: str, *, reason: str = "") -> None:
    """Approve, rest, wake or conclude a group. Refuses: WrongState."""
    async with transaction():
        await GROUP.move(group_id, action, actor=actor, reason=reason)


async def locked(group_id: int) -> dict[str, Any]:
    """The row of a group, held until the transaction ends. Raises NotFound."""
    rows = await execute("SELECT * FROM working_group WHERE id = $1 FOR UPDATE", group_id)
    if not rows:
        raise NotFound
    return rows[0]


def require_manager(actor: Actor, group_id: int) -> None:
    """The chair manages the own group, the board every one. Raises NotAllowed."""
    if not actor.manages(group_id):
        raise NotAllowed
