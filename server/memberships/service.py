"""Starting and correcting memberships. The database refuses two of one person on one day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from server import locks
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.memberships import reaching, terms
from server.memberships.refusals import NumberTaken, Overlap, OwnMembership
from server.people import service as people
from server.rights import Area
from tables.memberships import Membership, MembershipType

CORRECTABLE = ("ends_on", "ended_by", "ground", "reason")
PLANNED = "CASE WHEN ended_by IS NULL THEN ends_on ELSE planned_ends_on END"
ONE = """SELECT m.*, m.type AS type_id, t.code AS type_code, t.notice_days, t.notice_to,
  t.period_kind, t.grace_days, t.name_nl, t.name_en, p.display_name, p.email, p.language,
  p.deceased_on, p.anonymised_at FROM membership m
  JOIN membership_type t ON t.id = m.type JOIN person p ON p.id = m.person"""


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
    Raises Invalid, NotFound; refuses: NoLongerHere, Overlap, OwnMembership, NumberTaken.
    """
    refuse_own(actor, person_id)
    async with transaction():
        await people.require_living(person_id)
        kind = await type_on(type_id, starts_on)
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
        await reaching.end(actor, row.id, person_id, starts_on)
        after = {"person": person_id, "type": type_id, "starts_on": starts_on}
        after["ends_on"] = row.ends_on
        await audit.record(actor, "start", ("membership", row.id), after=after)
    return int(row.id)


async def type_on(type_id: int, day: date) -> dict[str, Any]:
    """A type that one can have from a day. Raises Invalid on `type`."""
    rows = await execute(
        "SELECT *, coalesce(valid_from <= $2, true) AND coalesce(valid_to >= $2, true) AS is_valid"
        " FROM membership_type WHERE id = $1",
        *(type_id, day),
    )
    if not rows:
        raise Invalid(type="errors.field.choice")
    if not rows[0]["is_valid"]:
        raise Invalid(type="memberships.field.type.over")
    return rows[0]


async def require_number(person_id: int, kind: Mapping[str, Any]) -> None:
    """Whoever gets a type that asks for a register number has one. Raises Invalid on `type`."""
    if kind["needs_register"] and not await execute(
        "SELECT 1 FROM registration_number WHERE person = $1 AND state IN ('claimed', 'verified')",
        person_id,
    ):
        raise Invalid(type="memberships.field.type.needs_number")


async def _number(person_id: int, wanted: int | None) -> int:
    """One's own, else the wanted or the next; one that was given is never given to another."""
    await execute("SELECT pg_advisory_xact_lock($1)", locks.MEMBER_NUMBER)
    rows = await execute(
        "SELECT (SELECT number FROM membership WHERE person = $1 LIMIT 1) AS own,"
        " EXISTS (SELECT 1 FROM membership WHERE number = $2) AS is_taken,"
        " (SELECT greatest(max(number), 1000) FROM membership) AS highest,"
        " (SELECT last_value FROM member_number) AS ever",
        *(person_id, wanted),
    )
    if rows[0]["own"] is not None:
        return int(rows[0]["own"])
    if wanted is not None and rows[0]["is_taken"]:
        raise NumberTaken
    number = int(wanted or max(rows[0]["highest"], rows[0]["ever"]) + 1)
    await execute("SELECT setval('member_number', $1)", max(number, rows[0]["ever"]))
    return number


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
        await delete(actor, row)


async def delete(actor: Actor, row: Mapping[str, Any]) -> None:
    """Take a membership away, and say so; a suspension that ended with it goes on."""
    await execute("DELETE FROM membership WHERE id = $1", row["id"])
    before = {"person": row["person"], "type": row["type"], "starts_on": row["starts_on"]}
    await audit.record(actor, "remove", ("membership", row["id"]), before=before)
    await reaching.give_back(actor, row["id"], row["person"])


async def correct(
    actor: Actor, membership_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Correct the end of a period as it was written down. Nobody is told; where nobody ended it,
    no notice was given.

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
        if row["notice_received_on"] is not None and becomes["ended_by"] is None:
            after["notice_received_on"] = None
        await write(row, after, now=now)
        was = {name: row[name] for name in after}
        subject = ("membership", membership_id)
        await audit.record(
            actor, "change", subject, before=was, after=after, reason=str(becomes["reason"])
        )


async def locked(actor: Actor, membership_id: int) -> dict[str, Any]:
    """The membership with its type and person, both locked, if it is the actor's own or the actor
    is the board. Raises NotFound.
    """
    await execute(
        "SELECT 1 FROM person WHERE id = (SELECT person FROM membership WHERE id = $1) FOR UPDATE",
        membership_id,
    )
    rows = await execute(f"{ONE} WHERE m.id = $1 FOR UPDATE OF m", membership_id)
    if not rows or not (actor.changes(Area.people) or rows[0]["person"] == actor.person_id):
        raise NotFound
    return rows[0]


async def locked_of_living(actor: Actor, membership_id: int) -> dict[str, Any]:
    """The same, of somebody about whom one can decide. Raises NotFound; refuses: NoLongerHere."""
    row = await locked(actor, membership_id)
    await people.require_living(row["person"])
    return row


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
    """Change columns of a locked membership; the first end keeps the last day that there was.

    Refuses: Overlap.
    """
    assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(values, start=3))
    if "ended_by" in values:
        assignments += f", planned_ends_on = {PLANNED if values['ended_by'] else 'NULL'}"
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
