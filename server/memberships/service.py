"""Starting and correcting memberships. The database refuses two of one person on one day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from server import locks
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.memberships import terms
from server.rights import Area
from tables.memberships import Membership, MembershipType

CORRECTABLE = ("ends_on", "ended_by", "ground", "reason")
ONE = """SELECT m.*, t.notice_days, t.notice_to, t.period_kind, t.grace_days, t.name_nl, t.name_en,
  p.display_name, p.email, p.language, p.deceased_on FROM membership m
  JOIN membership_type t ON t.id = m.type JOIN person p ON p.id = m.person"""


class Overlap(Refusal):
    """This person already is a member in that time."""

    code = "memberships.overlap"


class OwnMembership(Refusal):
    """Somebody else of the board changes one's own membership; notice one gives oneself."""

    code = "memberships.own_membership"


class NumberTaken(Refusal):
    """Somebody else has this member number."""

    code = "memberships.number_taken"


class AlreadyEnding(Refusal):
    """The membership has an end already."""

    code = "memberships.already_ending"


async def start(
    actor: Actor,
    person_id: int,
    type_id: int,
    *,
    starts_on: date,
    ends_on: date | None = None,
    number: int | None = None,
) -> int:
    """Begin a membership; who was a member before keeps the number.

    Who never was gets the next number, or the `number` they had elsewhere if it is free.

    Without a last day it gets the one of its type: the year's end, a year later, or none.
    Raises Invalid; refuses: Overlap, OwnMembership, NumberTaken.
    """
    refuse_own(actor, person_id)
    async with transaction():
        kind = await _type(type_id)
        row = Membership(
            person=person_id,
            type=type_id,
            number=await _number(person_id, number),
            starts_on=starts_on,
            ends_on=ends_on or terms.period_ends_on(kind["period_kind"], starts_on),
        )
        try:
            async with transaction():
                await row.save()
        except asyncpg.ExclusionViolationError:
            raise Overlap from None
        after = {"person": person_id, "type": type_id, "starts_on": starts_on}
        after["ends_on"] = row.ends_on
        await audit.record(actor, "start", ("membership", row.id), after=after)
    return int(row.id)


async def _type(type_id: int) -> dict[str, Any]:
    rows = await execute("SELECT * FROM membership_type WHERE id = $1", type_id)
    if not rows:
        raise Invalid(type="errors.field.choice")
    return rows[0]


async def _number(person_id: int, wanted: int | None) -> int:
    await execute("SELECT pg_advisory_xact_lock($1)", locks.MEMBER_NUMBER)
    rows = await execute(
        "SELECT (SELECT number FROM membership WHERE person = $1 LIMIT 1) AS own,"
        " EXISTS (SELECT 1 FROM membership WHERE number = $2) AS is_taken,"
        " (SELECT coalesce(max(number), 1000) + 1 FROM membership) AS next",
        *(person_id, wanted),
    )
    if rows[0]["own"] is not None:
        return int(rows[0]["own"])
    if wanted is not None and rows[0]["is_taken"]:
        raise NumberTaken
    return int(wanted or rows[0]["next"])


async def renumber(membership_id: int, number: int) -> None:
    """Another member number for one period: two people have become one, or two again."""
    await execute("UPDATE membership SET number = $2 WHERE id = $1", membership_id, number)


async def remove(actor: Actor, membership_id: int) -> None:
    """Take away a membership that should never have been there. Raises NotFound.

    The database keeps one to which something else points, such as a fee.
    """
    async with transaction():
        row = await locked(actor, membership_id)
        require_board(actor, row["person"])
        await execute("DELETE FROM membership WHERE id = $1", membership_id)
        before = {"person": row["person"], "type": row["type"], "starts_on": row["starts_on"]}
        await audit.record(actor, "remove", ("membership", membership_id), before=before)


async def correct(
    actor: Actor, membership_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Correct the end of a period as it was written down. Nobody is told.

    Raises Invalid, NotFound; refuses: Overlap, OwnMembership.
    """
    async with transaction():
        row = await locked(actor, membership_id)
        refuse_own(actor, row["person"])
        after = {k: v for k, v in values.items() if k in CORRECTABLE and row[k] != v}
        if not after:
            return
        becomes = {**row, **after}
        problems = terms.problems_of_end(row["starts_on"], *(becomes[k] for k in CORRECTABLE))
        if problems:
            raise Invalid(**problems)
        await write(row, after, now=now)
        was = {name: row[name] for name in after}
        subject = ("membership", membership_id)
        await audit.record(
            actor, "change", subject, before=was, after=after, reason=str(becomes["reason"])
        )


async def locked(actor: Actor, membership_id: int) -> dict[str, Any]:
    """The membership with its type and person, locked, if it is the actor's own or the actor is
    the board. Raises NotFound.
    """
    rows = await execute(f"{ONE} WHERE m.id = $1 FOR UPDATE OF m", membership_id)
    if not rows or not (actor.changes(Area.people) or rows[0]["person"] == actor.person_id):
        raise NotFound
    return rows[0]


def require_board(actor: Actor, person_id: int) -> None:
    """Who decides on somebody else's membership. Raises NotFound; refuses: OwnMembership."""
    if not actor.changes(Area.people):
        raise NotFound
    refuse_own(actor, person_id)


def refuse_own(actor: Actor, person_id: int) -> None:
    """Refuses: OwnMembership."""
    if actor.person_id == person_id:
        raise OwnMembership


async def write(row: Mapping[str, Any], values: Mapping[str, Any], *, now: datetime) -> None:
    """Change columns of a locked membership. Refuses: Overlap."""
    assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(values, start=3))
    try:
        async with transaction():
            await execute(
                f"UPDATE membership SET {assignments}, changed_at = $2,"
                " revision = revision + 1 WHERE id = $1",
                row["id"],
                now,
                *values.values(),
            )
    except asyncpg.ExclusionViolationError:
        raise Overlap from None


async def add_missing_types(
    actor: Actor, types: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Put in the types whose code is not there yet: how many. What the board changed stays."""
    async with transaction():
        known = {row["code"] for row in await execute("SELECT code FROM membership_type")}
        missing = [values for values in types if values["code"] not in known]
        for values in missing:
            row = MembershipType(**{**values, "created_at": now, "changed_at": now})
            await row.save()
            await audit.record(actor, "create", ("membership_type", row.id), after=values)
    return len(missing)
