"""What members do with their own membership: give notice, stay after all, renew."""

from datetime import date, datetime

from emails.letters.memberships import MembershipRenewed, NoticeReceived, NoticeWithdrawn
from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import Refusal
from server.memberships import terms
from server.memberships.service import AlreadyEnding, locked_of_living, write
from server.memberships.telling import MINE, tell
from server.web import links
from tables.memberships import EndedBy


class NoNotice(Refusal):
    """There is no notice that could be withdrawn."""

    code = "memberships.no_notice"


class NotToRenew(Refusal):
    """This membership goes on by itself, was ended, or its end is too far away or too long ago."""

    code = "memberships.not_to_renew"


async def give(actor: Actor, membership_id: int, *, now: datetime) -> date:
    """A member gives notice: the legal last day, also in the letter. Refuses: AlreadyEnding.

    Who has a period that would end sooner by itself leaves at that end.
    """
    today = clock.day_of(now)
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        if row["ended_by"] is not None or (row["ends_on"] or today) < today:
            raise AlreadyEnding
        legal = terms.notice_ends_on(
            today, notice_days=row["notice_days"], notice_to=row["notice_to"]
        )
        last: date = max(min(legal, row["ends_on"] or legal), row["starts_on"])
        after = {"ends_on": last, "ended_by": EndedBy.member.value, "notice_received_on": today}
        await write(row, after, now=now)
        await audit.record(actor, "give_notice", ("membership", membership_id), after=after)
        letter = NoticeReceived(
            received=language.long_day(today, row["language"]),
            last=language.long_day(last, row["language"]),
            url=links.absolute(MINE),
        )
        await tell(row, letter, "notice")
    return last


async def withdraw(actor: Actor, membership_id: int, *, now: datetime) -> None:
    """Take a notice back while the membership still runs. Refuses: NoNotice."""
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        if not terms.may_withdraw_notice(
            ended_by=row["ended_by"], ends_on=row["ends_on"], today=clock.day_of(now)
        ):
            raise NoNotice
        last = terms.period_ends_on(row["period_kind"], row["starts_on"])
        while last is not None and last < row["ends_on"]:
            last = terms.renewed_until(row["period_kind"], last)
        after = {"ends_on": last, "ended_by": None, "notice_received_on": None}
        await write(row, after, now=now)
        await audit.record(actor, "withdraw_notice", ("membership", membership_id))
        await tell(row, NoticeWithdrawn(url=links.absolute(MINE)), "withdrawn")


async def renew(actor: Actor, membership_id: int, *, now: datetime) -> date:
    """Go on for another period: its last day. By the member or the board.

    Refuses: NoLongerHere, NotToRenew, Overlap.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        kind, ends_on = row["period_kind"], row["ends_on"]
        may = terms.may_renew(
            kind,
            ends_on=ends_on,
            ended_by=row["ended_by"],
            grace_days=row["grace_days"],
            today=clock.day_of(now),
        )
        last = terms.renewed_until(kind, ends_on) if may else None
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
