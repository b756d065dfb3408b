"""What the board decides on a membership: another type, or its end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from emails.letters.memberships import (
    ConversionTakenBack,
    EndTakenBack,
    MembershipConverted,
    MembershipEnded,
)
from server import clock, language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, Refusal
from server.memberships import terms
from server.memberships.periods import PeriodView
from server.memberships.refusals import AlreadyEnding
from server.memberships.service import (
    delete,
    locked_of_living,
    remove,
    require_board,
    require_number,
    start,
    type_on,
    write,
)
from server.memberships.telling import MINE, tell
from server.web import links
from tables.memberships import EndedBy, Ground


class NotEndedByUs(Refusal):
    """The association did not end this membership."""

    code = "memberships.not_ended_by_us"


class NotBegun(Refusal):
    """The membership begins later."""

    code = "memberships.not_begun"


class NoConversion(Refusal):
    """No conversion is planned, or it has happened by now."""

    code = "memberships.no_conversion"


async def convert(
    actor: Actor, membership_id: int, type_id: int, *, from_on: date, now: datetime
) -> int:
    """Go on as another type from a day: the id of the new period; the number stays.

    Raises Invalid, NotFound; refuses: NoLongerHere, AlreadyEnding, Overlap, OwnMembership.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        require_board(actor, row["person"])
        if row["ended_by"] is not None:
            raise AlreadyEnding
        kind = await _other_type(row, type_id, from_on)
        day_before = from_on - terms.ONE_DAY
        if day_before < row["starts_on"]:
            raise Invalid(from_on="memberships.field.from_on.before_start")
        if row["ends_on"] is not None and row["ends_on"] < day_before:
            raise Invalid(from_on="memberships.field.from_on.after_end")
        ended = {"ends_on": day_before, "ended_by": EndedBy.conversion.value}
        await write(row, ended, now=now)
        before = {"ends_on": row["ends_on"], "ended_by": None}
        subject = ("membership", membership_id)
        await audit.record(actor, "convert", subject, before=before, after=ended)
        new_id = await start(actor, row["person"], type_id, starts_on=from_on)
        said = row["language"]
        letter = MembershipConverted(
            old=row[f"name_{said}"],
            new=kind[f"name_{said}"],
            first_day=language.long_day(from_on, said),
            number=row["number"],
            url=links.absolute(MINE),
        )
        await tell(row, letter, "converted")
    return new_id


async def take_back_conversion(actor: Actor, membership_id: int, *, now: datetime) -> None:
    """A planned conversion is off: the membership goes on as it was.

    Raises NotFound; refuses: NoLongerHere, NoConversion, OwnMembership.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        require_board(actor, row["person"])
        if not PeriodView.of(row).awaits_conversion(clock.day_of(now)):
            raise NoConversion
        await call_conversion_off(actor, row)
        after = {"ends_on": row["planned_ends_on"], "ended_by": None}
        before = {name: row[name] for name in after}
        await write(row, after, now=now)
        subject = ("membership", membership_id)
        await audit.record(actor, "take_back_conversion", subject, before=before, after=after)
        wanted = row[f"name_{row['language']}"]
        letter = ConversionTakenBack(wanted=wanted, url=links.absolute(MINE))
        await tell(row, letter, "conversion_off")


async def call_conversion_off(actor: Actor, row: Mapping[str, Any]) -> None:
    """Take away the memberships to which a planned conversion of this one would lead.

    A fee that was made for them stays with this one, for the treasurer to decide on.
    """
    before = row
    while before["ended_by"] == EndedBy.conversion:
        following = await execute(
            "SELECT * FROM membership WHERE person = $1 AND starts_on = $2",
            *(row["person"], before["ends_on"] + terms.ONE_DAY),
        )
        if not following:
            return
        before = following[0]
        moved = "UPDATE fee SET membership = $2 WHERE membership = $1"
        await execute(moved, before["id"], row["id"])
        await delete(actor, before)


async def _other_type(row: Mapping[str, Any], type_id: int, day: date) -> dict[str, Any]:
    kind = await type_on(type_id, day)
    if kind["id"] == row["type"]:
        raise Invalid(type="memberships.field.type.same")
    await require_number(row["person"], kind)
    return kind


async def end(
    actor: Actor, membership_id: int, ground: Ground, reason: str, *, now: datetime
) -> date:
    """The association ends a membership: its last day, which follows from the ground.

    A planned conversion is off.

    Raises Invalid, NotFound; refuses: NoLongerHere, NotBegun, AlreadyEnding, OwnMembership.
    """
    if not reason.strip():
        raise Invalid(reason="memberships.field.reason.needed")
    today = clock.day_of(now)
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        require_board(actor, row["person"])
        if row["starts_on"] > today:
            raise NotBegun
        period = PeriodView.of(row)
        if not period.may_be_ended(today):
            raise AlreadyEnding
        await call_conversion_off(actor, row)
        last = period.association_ends_on(ground, today)
        after = {"ends_on": last, "ended_by": EndedBy.association.value}
        after |= {"ground": ground.value, "reason": reason.strip()}
        before = {name: row[name] for name in after}
        await write(row, after, now=now)
        subject = ("membership", membership_id)
        await audit.record(actor, "end", subject, before=before, after=after, reason=reason.strip())
        said = row["language"]
        letter = MembershipEnded(
            last=language.long_day(last, said),
            ground=language.text(said, f"memberships.ground.{ground}"),
            reason=reason.strip(),
            appeal=language.text(said, "memberships.appeal") if ground == Ground.expulsion else "",
        )
        await tell(row, letter, "ended")
    return last


async def take_back_end(actor: Actor, membership_id: int, *, now: datetime) -> None:
    """The member stays after all, after an appeal for instance, also when the end has passed.

    Who had given notice before still leaves, on the day that follows from it.

    Raises NotFound; refuses: NoLongerHere, NotEndedByUs, Overlap, OwnMembership.
    """
    async with transaction():
        row = await locked_of_living(actor, membership_id)
        require_board(actor, row["person"])
        if row["ended_by"] != EndedBy.association:
            raise NotEndedByUs
        after = {**_before_us(PeriodView.of(row), clock.day_of(now)), "ground": None, "reason": ""}
        before = {name: row[name] for name in after}
        await write(row, after, now=now)
        subject = ("membership", membership_id)
        await audit.record(actor, "take_back_end", subject, before=before, after=after)
        leaves = after["ended_by"] is not None
        last = language.long_day(after["ends_on"], row["language"]) if leaves else ""
        await tell(row, EndTakenBack(last=last, url=links.absolute(MINE)), "stays")


def _before_us(period: PeriodView, today: date) -> dict[str, Any]:
    """Its last day, and who ended it, without the association."""
    if period.notice_received_on is None:
        last = terms.runs_until(period.period_kind, period.planned_ends_on, today)
        return {"ends_on": last, "ended_by": None}
    last = replace(period, ends_on=period.planned_ends_on).notice_ends_on(period.notice_received_on)
    return {"ends_on": last, "ended_by": EndedBy.member.value}


async def end_at_death(actor: Actor, person_id: int, died_on: date, *, now: datetime) -> None:
    """End every period that would go on after a death; nobody is told. Raises NotFound.

    One that never began is taken away, unless a fee was made for it.
    """
    require_board(actor, person_id)
    rows = await execute(
        "SELECT id, starts_on, ends_on, ended_by, starts_on > $3 AND NOT EXISTS"
        " (SELECT 1 FROM fee f WHERE f.membership = m.id) AS never_began"
        " FROM membership m WHERE person = $1 AND (ends_on IS NULL OR ends_on > $2)"
        " AND ended_by IS DISTINCT FROM 'death' FOR UPDATE",
        *(person_id, died_on, clock.day_of(now)),
    )
    for row in rows:
        if row["never_began"]:
            await remove(actor, row["id"])
            continue
        last = max(died_on, row["starts_on"])
        after = {"ends_on": last, "ended_by": EndedBy.death.value}
        before = {name: row[name] for name in after}
        await write(row, {**after, "ground": None}, now=now)
        await audit.record(actor, "end", ("membership", row["id"]), before=before, after=after)
