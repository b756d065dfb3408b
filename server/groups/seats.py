"""Who sits in a group, as intervals of days: giving, asking, changing and ending seats.

Every verb here locks the group first, so that two chairs cannot leave at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.groups import rules
from server.groups.refusals import AlreadyIn, LastChair, MembersOnly, NotAtWork
from server.groups.service import locked, require_manager
from server.groups.states import OPEN, SEAT, SEATED
from tables.groups import GroupMembership, GroupRole, SeatState

ANSWERS = ("admit", "decline")
CORRECTABLE = ("role", "from_on", "until_on")


@dataclass(frozen=True)
class NewSeat:
    """An interval that begins."""

    group: int
    person: int
    from_on: date
    role: str = GroupRole.member
    state: str = SeatState.active
    until_on: date | None = None


async def add_member(actor: Actor, seat: NewSeat, *, now: datetime) -> int:
    """Give somebody a seat; after its `until_on` it ends by itself.

    Raises NotAllowed; refuses: AlreadyIn, NotAtWork.
    """
    async with transaction():
        await _require_at_work(seat.group)
        require_manager(actor, seat.group)
        return await _begin(actor, seat, now)


async def request_seat(actor: Actor, group_id: int, *, now: datetime) -> int:
    """A member asks for a seat; the chair answers. Refuses: MembersOnly, AlreadyIn, NotAtWork."""
    if actor.person_id is None or not actor.is_member:
        raise MembersOnly
    async with transaction():
        group = await _require_at_work(group_id)
        if not group["is_public"] and group_id not in actor.groups:
            raise NotFound
        seat = NewSeat(group_id, actor.person_id, clock.day_of(now), state=SeatState.requested)
        return await _begin(actor, seat, now)


async def answer_request(
    actor: Actor, seat_id: int, *, admit: bool, reason: str = "", now: datetime
) -> None:
    """The chair lets somebody in from today, or declines.

    Raises NotAllowed; refuses: NotAtWork, WrongState.
    """
    async with transaction():
        seat = await _managed_seat(actor, seat_id)
        if admit:
            await _require_at_work(seat["group"])
        action = "admit" if admit else "decline"
        set_also: dict[str, object] = {"from_on": clock.day_of(now)} if admit else {}
        await SEAT.move(seat_id, action, actor=actor, reason=reason, set_also=set_also)


async def change_role(actor: Actor, seat_id: int, role: GroupRole, *, now: datetime) -> int:
    """Another role from today: the old interval ends yesterday, a new one begins. Its id.

    Raises NotAllowed; refuses: LastChair, WrongState.
    """
    today = clock.day_of(now)
    async with transaction():
        seat = await _managed_seat(actor, seat_id)
        if seat["role"] == role:
            return seat_id
        await _require_another_chair(seat, today)
        if seat["from_on"] >= today:
            return await _correct_role(actor, seat, role, now)
        yesterday = {"until_on": today - timedelta(days=1)}
        await SEAT.move(seat_id, "end", actor=actor, set_also=yesterday)
        new = NewSeat(seat["group"], seat["person"], today, role, seat["state"])
        return await _begin(actor, new, now)


async def change_seat(
    actor: Actor, seat_id: int, values: Mapping[str, object], *, now: datetime
) -> None:
    """Correct the role or the days of an interval as they were written down; the past stays.

    A chair who changes role uses `change_role`. Raises Invalid, NotAllowed; refuses: LastChair.
    """
    today = clock.day_of(now)
    async with transaction():
        seat = await _managed_seat(actor, seat_id)
        after = {k: v for k, v in values.items() if k in CORRECTABLE and seat[k] != v}
        if not after:
            return
        becomes = {**seat, **after}
        if becomes["until_on"] is not None and becomes["until_on"] < becomes["from_on"]:
            raise Invalid(until_on="groups.field.until_on.before_start")
        if after.keys() - {"from_on"}:
            await _require_another_chair(seat, today)
        assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(after, start=3))
        await execute(
            f"UPDATE group_membership SET {assignments}, changed_at = $2,"
            " revision = revision + 1 WHERE id = $1",
            seat_id,
            now,
            *after.values(),
        )
        was = {name: seat[name] for name in after}
        subject = ("group_membership", seat_id)
        await audit.record(actor, "change", subject, before=was, after=after)


async def end_seat(actor: Actor, seat_id: int, *, reason: str = "", now: datetime) -> None:
    """Leave at once, by oneself or by the chair; yesterday was the last whole day.

    A seat that had ended by itself keeps its last day.
    Raises NotAllowed; refuses: LastChair, WrongState.
    """
    today = clock.day_of(now)
    async with transaction():
        seat = await _managed_seat(actor, seat_id, or_own=True)
        await _require_another_chair(seat, today)
        yesterday = today - timedelta(days=1)
        last = max(min(yesterday, seat["until_on"] or yesterday), seat["from_on"])
        await SEAT.move(seat_id, "end", actor=actor, reason=reason, set_also={"until_on": last})


async def end_at_death(actor: Actor, seat_id: int, died_on: date, *, now: datetime) -> None:
    """End or decline a seat of somebody who died, the last chair's as well. Raises NotAllowed."""
    async with transaction():
        seat = await _managed_seat(actor, seat_id)
        action = "end" if seat["state"] in SEATED else "decline"
        last = {"until_on": max(died_on, seat["from_on"])}
        await SEAT.move(seat_id, action, actor=actor, set_also=last)


async def move_seat(
    actor: Actor, seat_id: int, action: str, *, reason: str = "", now: datetime
) -> None:
    """Any move of a seat by name, with the rules of its verb. Refuses what that verb refuses."""
    if action == "end":
        await end_seat(actor, seat_id, reason=reason, now=now)
        return
    if action in ANSWERS:
        admit = action == "admit"
        await answer_request(actor, seat_id, admit=admit, reason=reason, now=now)
        return
    async with transaction():
        await _managed_seat(actor, seat_id)
        await SEAT.move(seat_id, action, actor=actor, reason=reason)


async def _require_at_work(group_id: int) -> dict[str, Any]:
    group = await locked(group_id)
    if group["state"] not in rules.LIVING:
        raise NotAtWork(group=group["name"])
    return group


async def _managed_seat(actor: Actor, seat_id: int, *, or_own: bool = False) -> dict[str, Any]:
    """The seat, its group locked, if the actor manages the group (or it is their own)."""
    rows = await execute('SELECT "group" FROM group_membership WHERE id = $1', seat_id)
    if not rows:
        raise NotFound
    await locked(rows[0]["group"])
    seat = (await execute("SELECT * FROM group_membership WHERE id = $1", seat_id))[0]
    if not (or_own and seat["person"] == actor.person_id):
        require_manager(actor, seat["group"])
    return seat


async def _begin(actor: Actor, seat: NewSeat, now: datetime) -> int:
    """A new interval for somebody who has none that is open; the group is locked."""
    rows = await execute(
        'SELECT 1 FROM group_membership WHERE "group" = $1 AND person = $2'
        " AND state = ANY($3::text[]) AND (until_on IS NULL OR until_on >= $4)",
        seat.group,
        seat.person,
        [one.value for one in OPEN],
        seat.from_on,
    )
    if rows:
        raise AlreadyIn
    row = GroupMembership(
        group=seat.group,
        person=seat.person,
        role=str(seat.role),
        state=str(seat.state),
        from_on=seat.from_on,
        until_on=seat.until_on,
        created_at=now,
        changed_at=now,
    )
    await row.save()
    after = vars(seat) | {"role": str(seat.role), "state": str(seat.state)}
    await audit.record(actor, "create", ("group_membership", row.id), after=after)
    return int(row.id)


async def _correct_role(actor: Actor, seat: Mapping[str, Any], role: str, now: datetime) -> int:
    """A role that has not lasted a day is corrected in its own interval."""
    await execute(
        "UPDATE group_membership SET role = $2, changed_at = $3, revision = revision + 1"
        " WHERE id = $1",
        seat["id"],
        str(role),
        now,
    )
    subject = ("group_membership", int(seat["id"]))
    was, becomes = {"role": seat["role"]}, {"role": str(role)}
    await audit.record(actor, "change_role", subject, before=was, after=becomes)
    return int(seat["id"])


async def _require_another_chair(seat: Mapping[str, Any], today: date) -> None:
    rows = await execute(
        "SELECT count(*) FILTER (WHERE role = 'chair') AS chairs, count(*) AS others"
        ' FROM group_membership WHERE "group" = $1 AND id <> $2 AND state = ANY($3::text[])'
        " AND from_on <= $4 AND (until_on IS NULL OR until_on >= $4)",
        seat["group"],
        seat["id"],
        [one.value for one in SEATED],
        today,
    )
    if seat["state"] in SEATED and rules.leaves_nobody_in_the_chair(
        seat["role"], other_chairs=rows[0]["chairs"], others=rows[0]["others"]
    ):
        raise LastChair
