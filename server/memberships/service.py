"""Starting and ending memberships. The database refuses two of one person on one day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from emails.letters.memberships import NoticeReceived, NoticeWithdrawn
from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.memberships import rules
from server.outbox import service as outbox
from server.rights import Area
from server.web import links
from tables.memberships import EndedBy, Membership, MembershipType

NUMBER_LOCK = 7_010_003
CORRECTABLE = ("ends_on", "ended_by", "reason")


class Overlap(Refusal):
    """This person already is a member in that time."""

    code = "memberships.overlap"


class OwnMembership(Refusal):
    """Somebody else of the board changes one's own membership; notice one gives oneself."""

    code = "memberships.own_membership"


class AlreadyEnding(Refusal):
    """The membership has an end already."""

    code = "memberships.already_ending"


class NoNotice(Refusal):
    """There is no notice that could be withdrawn."""

    code = "memberships.no_notice"


async def start(
    actor: Actor, person_id: int, type_id: int, *, starts_on: date, ends_on: date | None = None
) -> int:
    """Begin a membership; who was a member before keeps the number.

    Refuses: Overlap, OwnMembership.
    """
    if actor.person_id == person_id:
        raise OwnMembership
    async with transaction():
        row = Membership(
            person=person_id,
            type=type_id,
            number=await _number(person_id),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        try:
            async with transaction():
                await row.save()
        except asyncpg.ExclusionViolationError:
            raise Overlap from None
        after = {"person": person_id, "type": type_id, "starts_on": starts_on, "ends_on": ends_on}
        await audit.record(actor, "start", ("membership", row.id), after=after)
    return int(row.id)


async def _number(person_id: int) -> int:
    await execute("SELECT pg_advisory_xact_lock($1)", NUMBER_LOCK)
    rows = await execute(
        "SELECT coalesce((SELECT number FROM membership WHERE person = $1 LIMIT 1),"
        " (SELECT coalesce(max(number), 1000) + 1 FROM membership)) AS number",
        person_id,
    )
    return int(rows[0]["number"])


async def give_notice(actor: Actor, membership_id: int, *, now: datetime) -> date:
    """A member gives notice: the legal last day, also in the letter. Refuses: AlreadyEnding."""
    today = clock.day_of(now)
    async with transaction():
        row = await _own(actor, membership_id)
        if row["ends_on"] is not None:
            raise AlreadyEnding
        last = rules.notice_ends_on(
            today, notice_days=row["notice_days"], notice_to=row["notice_to"]
        )
        await _end(membership_id, last, EndedBy.member.value, today)
        after = {"ends_on": last, "notice_received_on": today}
        await audit.record(actor, "give_notice", ("membership", membership_id), after=after)
        await outbox.post(
            NoticeReceived(
                received=language.long_day(today, row["language"]),
                last=language.long_day(last, row["language"]),
                url=links.absolute("/me/membership"),
            ),
            _recipient(row),
            cause=f"membership:{membership_id}:notice:{row['revision']}",
        )
    return last


async def withdraw_notice(actor: Actor, membership_id: int, *, now: datetime) -> None:
    """Take a notice back while the membership still runs. Refuses: NoNotice."""
    async with transaction():
        row = await _own(actor, membership_id)
        if not rules.may_withdraw_notice(
            ended_by=row["ended_by"], ends_on=row["ends_on"], today=clock.day_of(now)
        ):
            raise NoNotice
        await _end(membership_id, None, None, None)
        await audit.record(actor, "withdraw_notice", ("membership", membership_id))
        await outbox.post(
            NoticeWithdrawn(url=links.absolute("/me/membership")),
            _recipient(row),
            cause=f"membership:{membership_id}:withdrawn:{row['revision']}",
        )


async def correct(
    actor: Actor, membership_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """End a period by the association, or correct its end; an end by it needs ground and reason.

    Raises Invalid, NotFound; refuses: Overlap, OwnMembership.
    """
    async with transaction():
        row = await _own(actor, membership_id)
        if actor.person_id == row["person"]:
            raise OwnMembership
        after = {k: v for k, v in values.items() if k in CORRECTABLE and row[k] != v}
        if not after:
            return
        becomes = {**row, **after}
        problems = rules.problems_of_end(
            row["starts_on"], becomes["ends_on"], becomes["ended_by"], becomes["reason"]
        )
        if problems:
            raise Invalid(**problems)
        assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(after, start=3))
        try:
            async with transaction():
                await execute(
                    f"UPDATE membership SET {assignments}, changed_at = $2,"
                    " revision = revision + 1 WHERE id = $1",
                    membership_id,
                    now,
                    *after.values(),
                )
        except asyncpg.ExclusionViolationError:
            raise Overlap from None
        was = {name: row[name] for name in after}
        subject = ("membership", membership_id)
        await audit.record(
            actor, "change", subject, before=was, after=after, reason=str(becomes["reason"])
        )


async def _own(actor: Actor, membership_id: int) -> dict[str, Any]:
    """The membership, locked, if it is the actor's own or the actor is the board."""
    rows = await execute(
        "SELECT m.*, t.notice_days, t.notice_to, p.display_name, p.email, p.language"
        " FROM membership m JOIN membership_type t ON t.id = m.type"
        " JOIN person p ON p.id = m.person WHERE m.id = $1 FOR UPDATE OF m",
        membership_id,
    )
    if not rows or not (actor.changes(Area.people) or rows[0]["person"] == actor.person_id):
        raise NotFound
    return rows[0]


async def _end(
    membership_id: int, last: date | None, ended_by: str | None, received_on: date | None
) -> None:
    await execute(
        "UPDATE membership SET ends_on = $2, ended_by = $3, notice_received_on = $4,"
        " changed_at = $5, revision = revision + 1 WHERE id = $1",
        membership_id,
        last,
        ended_by,
        received_on,
        clock.now(),
    )


def _recipient(row: dict[str, Any]) -> outbox.Recipient:
    return outbox.Recipient(row["person"], row["display_name"], row["email"] or "", row["language"])


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
