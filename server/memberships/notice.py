"""What members do with their own membership: give notice, stay after all, renew."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from emails.letters.memberships import MembershipRenewed, NoticeReceived, NoticeWithdrawn
from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, Refusal
from server.memberships import terms
from server.memberships.deciding import call_conversion_off
from server.memberships.periods import PeriodView
from server.memberships.refusals import AlreadyEnding
from server.memberships.service import locked_of_living, require_board, write
from server.memberships.telling import MINE, tell
from server.web import links
from tables.memberships import EndedBy


class NoNotice(Refusal):
    """There is no notice that could be withdrawn."""

    code = "memberships.no_notice"


class NotToRenew(Refusal):
    """This membership goes on by itself, was ended, or its end is too far away or too long ago."""

    code = "memberships.not_to_renew"


async def give(
    actor: Actor, membership_id: int, *, received_on: date | None = None, now: datetime
) -> date:
    """A member gives notice: the legal last day, also in the letter. A planned conversion is off.

    Who has a period that would end sooner by itself leaves at that end. The board notes on which
    day it received one, also in the days of grace or when another type has begun since; the terms
    are those of the type that runs. Raises Invalid, NotFound; refuses: NoLongerHere, AlreadyEnding,
    OwnMembership.
    """
    today = clock.day_of(now)
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        if received_on is not None:
            require_board(actor, row["person"])
            if not min(today, await _member_since(row)) <= received_on <= today:
                raise Invalid(received_on="memberships.field.received_on.wrong")
        period, received = PeriodView.of(row), received_on or today
        if not (period.may_give_notice(received) and period.may_note_notice(today)):
            raise AlreadyEnding
        await call_conversion_off(actor, row)
        last = period.notice_ends_on(received)
        after = {"ends_on": last, "ended_by": EndedBy.member.value, "notice_received_on": received}
        before = {name: row[name] for name in after}
        await write(row, after, now=now)
        subject = ("membership", membership_id)
        await audit.record(actor, "give_notice", subject, before=before, after=after)
        letter = NoticeReceived(
            received=language.long_day(received, row["language"]),
            last=language.long_day(last, row["language"]),
            url=links.absolute(MINE) if last >= today else "",
        )
        await tell(row, letter, "notice")
    return last


async def _member_since(row: Mapping[str, Any]) -> date:
    """The first day of the membership, whatever types it was converted to since."""
    first: date = row["starts_on"]
    while before := await execute(
        "SELECT starts_on FROM membership WHERE person = $1 AND ends_on = $2"
        " AND ended_by = 'conversion'",
        *(row["person"], first - terms.ONE_DAY),
    ):
        first = before[0]["starts_on"]
    return first


async def withdraw(actor: Actor, membership_id: int, *, now: datetime) -> None:
    """Take a notice back while the membership still runs: its last day is what it was before.

    Raises NotFound; refuses: NoLongerHere, NoNotice.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        if not PeriodView.of(row).may_withdraw_notice(clock.day_of(now)):
            raise NoNotice
        after = {"ends_on": row["planned_ends_on"], "ended_by": None, "notice_received_on": None}
        await write(row, after, now=now)
        await audit.record(actor, "withdraw_notice", ("membership", membership_id), after=after)
        await tell(row, NoticeWithdrawn(url=links.absolute(MINE)), "withdrawn")


async def renew(actor: Actor, membership_id: int, *, now: datetime) -> date:
    """Go on for another period: its last day. By the member or the board.

    Refuses: NoLongerHere, NotToRenew, Overlap.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        period, ends_on = PeriodView.of(row), row["ends_on"]
        last = period.renewed_until() if period.may_renew(clock.day_of(now)) else None
        if last is None:
            raise NotToRenew
        await write(row, {"ends_on": last}, now=now)
        before, after = {"ends_on": ends_on}, {"ends_on": last}
        await audit.record(
            actor, "renew", ("membership", membership_id), before=before, after=after
        )
        until = language.long_day(last, row["language"])
        await tell(row, MembershipRenewed(last=until, url=links.absolute(MINE)), "renewed")
    return last
