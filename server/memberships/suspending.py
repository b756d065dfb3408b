"""Days on which a member has no rights; the membership itself goes on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import asyncpg

from emails.letters.memberships import MembershipSuspended, RightsRestored
from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.memberships import terms
from server.memberships.service import require_board
from server.memberships.telling import MINE
from server.outbox import service as outbox
from server.outbox.service import Recipient
from server.people import service as people
from server.standing import runs
from server.web import links
from tables.memberships import MembershipSuspension

CORRECTABLE = ("until_on", "reason")


class NotAMember(Refusal):
    """This person is no member on the first of these days."""

    code = "memberships.not_a_member"


class AlreadySuspended(Refusal):
    """This person has no rights already in some of these days."""

    code = "memberships.already_suspended"


async def suspend(
    actor: Actor,
    person_id: int,
    reason: str,
    *,
    from_on: date,
    until_on: date | None = None,
    now: datetime,
) -> int:
    """Take a member's rights away for some days, at once in force; the member reads the reason.

    Raises Invalid, NotFound; refuses: NoLongerHere, NotAMember, AlreadySuspended, OwnMembership.
    """
    _check(from_on, until_on, reason)
    async with transaction():
        require_board(actor, person_id)
        await people.require_living(person_id)
        to = await _recipient(person_id)
        if not await _is_member(person_id, from_on):
            raise NotAMember
        row = MembershipSuspension(
            person=person_id, from_on=from_on, until_on=until_on, reason=reason.strip()
        )
        try:
            async with transaction():
                await row.save()
        except asyncpg.ExclusionViolationError:
            raise AlreadySuspended from None
        after = {"person": person_id, "from_on": from_on, "until_on": until_on}
        subject = ("membership_suspension", row.id)
        await audit.record(actor, "suspend_member", subject, after=after, reason=reason.strip())
        said = to.language
        letter = MembershipSuspended(
            first_day=language.long_day(from_on, said),
            last=language.long_day(until_on, said) if until_on else "",
            reason=reason.strip(),
        )
        await outbox.post(letter, to, cause=f"membership_suspension:{row.id}:begun")
    return int(row.id)


async def restore(actor: Actor, suspension_id: int, *, now: datetime) -> None:
    """Give the rights back today; days that have not begun are forgotten.

    Raises NotFound, also when the suspension is over; refuses: OwnMembership.
    """
    today = clock.day_of(now)
    async with transaction():
        row = await _locked(actor, suspension_id)
        if row["until_on"] is not None and row["until_on"] < today:
            raise NotFound
        yesterday = today - terms.ONE_DAY
        if row["from_on"] > yesterday:
            await execute("DELETE FROM membership_suspension WHERE id = $1", suspension_id)
        else:
            await _write(row, {"until_on": yesterday}, now)
        before = {k: row[k] for k in ("person", "from_on", "until_on")}
        subject = ("membership_suspension", suspension_id)
        await audit.record(actor, "restore", subject, before=before, after={"until_on": yesterday})
        letter = RightsRestored(url=links.absolute(MINE))
        cause = f"membership_suspension:{suspension_id}:restored"
        await outbox.post(letter, await _recipient(row["person"]), cause=cause)


async def correct(
    actor: Actor, suspension_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Correct the last day or the reason as it was written down. Nobody is told.

    Raises Invalid, NotFound; refuses: AlreadySuspended, OwnMembership.
    """
    async with transaction():
        row = await _locked(actor, suspension_id)
        after = {k: v for k, v in values.items() if k in CORRECTABLE and row[k] != v}
        if not after:
            return
        becomes = {**row, **after}
        _check(becomes["from_on"], becomes["until_on"], str(becomes["reason"]))
        await _write(row, after, now)
        was, subject = {k: row[k] for k in after}, ("membership_suspension", suspension_id)
        await audit.record(actor, "change", subject, before=was, after=after)


def _check(from_on: date, until_on: date | None, reason: str) -> None:
    if not reason.strip():
        raise Invalid(reason="memberships.field.reason.needed")
    if until_on is not None and until_on < from_on:
        raise Invalid(until_on="memberships.field.until_on.before_start")


async def _locked(actor: Actor, suspension_id: int) -> dict[str, Any]:
    rows = await execute(
        "SELECT * FROM membership_suspension WHERE id = $1 FOR UPDATE", suspension_id
    )
    if not rows:
        raise NotFound
    require_board(actor, rows[0]["person"])
    return rows[0]


async def _write(row: Mapping[str, Any], values: Mapping[str, Any], now: datetime) -> None:
    assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(values, start=3))
    try:
        async with transaction():
            await execute(
                f"UPDATE membership_suspension SET {assignments}, changed_at = $2,"
                " revision = revision + 1 WHERE id = $1",
                *(row["id"], now, *values.values()),
            )
    except asyncpg.ExclusionViolationError:
        raise AlreadySuspended from None


async def _is_member(person_id: int, day: date) -> bool:
    """Whether a membership runs; whoever was expelled and may appeal is suspended as it is."""
    sql = f"SELECT EXISTS (SELECT 1 FROM membership m WHERE m.person = $1 AND {runs('$2')}) AS yes"
    return bool((await execute(sql, person_id, day))[0]["yes"])


async def _recipient(person_id: int) -> Recipient:
    who = await people.get(person_id)
    return Recipient(person_id, who.display_name, who.email or "", who.language)
