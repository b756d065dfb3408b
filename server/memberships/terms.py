"""When a membership ends: after a notice, by the association, at the end of its period. Pure."""

from datetime import date, timedelta

from tables.memberships import EndedBy, Ground, NoticeTo, PeriodKind

RENEWABLE_BEFORE = timedelta(days=60)
ONE_DAY = timedelta(days=1)


def notice_ends_on(received_on: date, *, notice_days: int, notice_to: str) -> date:
    """The legal last day after a notice (BW 2:36; statutes: four weeks before the year's end).

    With 28 days to the end of the year, 3 December still ends on 31 December of that year and
    4 December on 31 December of the next.
    """
    earliest = received_on + timedelta(days=notice_days)
    if notice_to == NoticeTo.immediate:
        return received_on
    if notice_to == NoticeTo.month_end:
        return _month_end(earliest)
    return date(earliest.year, 12, 31)


def association_ends_on(ground: str, today: date, *, notice_days: int, notice_to: str) -> date:
    """The last day when the association ends a membership (BW 2:35 and 2:36 lid 1).

    Who no longer fits the requirements has the term of notice. Where going on cannot reasonably
    be asked, and at expulsion, it ends at once: today is the last day.
    """
    if ground == Ground.requirements:
        return notice_ends_on(today, notice_days=notice_days, notice_to=notice_to)
    return today


def leaves_on(legal: date, starts_on: date, ends_on: date | None) -> date:
    """The last day of who may leave on `legal`: never after its own last, or before its first."""
    return max(min(legal, ends_on or legal), starts_on)


def own_end(
    ends_on: date | None, ended_by: str | None, planned_ends_on: date | None
) -> date | None:
    """The last day of a period itself; a conversion that still has to come can be called off."""
    return planned_ends_on if ended_by == EndedBy.conversion else ends_on


def period_ends_on(kind: str, starts_on: date) -> date | None:
    """The last day of a first period: the year's end, a year later, or none.

    A rolling year that begins on 29 February ends on 28 February.
    """
    if kind == PeriodKind.calendar:
        return date(starts_on.year, 12, 31)
    return None if kind == PeriodKind.open else _year_after(starts_on) - ONE_DAY


def renewed_until(kind: str, ends_on: date) -> date | None:
    """The last day after renewing a period that would end on `ends_on`."""
    return period_ends_on(kind, ends_on + ONE_DAY)


def running_until(kind: str, starts_on: date, today: date) -> date | None:
    """The last day of the period that runs today, if every one since the first was renewed."""
    return runs_until(kind, period_ends_on(kind, starts_on), today)


def runs_until(kind: str, ends_on: date | None, today: date) -> date | None:
    """The last day of who stays after all: the one there was, renewed for the time since then."""
    while kind != PeriodKind.open and ends_on is not None and ends_on < today:
        ends_on = renewed_until(kind, ends_on)
    return ends_on


def may_renew(
    kind: str, *, ends_on: date | None, ended_by: str | None, grace_days: int, today: date
) -> bool:
    """From sixty days before the end up to the last day of grace, if nobody ended it."""
    if kind == PeriodKind.open or ends_on is None or ended_by is not None:
        return False
    return ends_on - RENEWABLE_BEFORE <= today <= ends_on + timedelta(days=grace_days)


def _year_after(day: date) -> date:
    last = day.month == 2 and day.day == 29
    return date(day.year + 1, 3, 1) if last else day.replace(year=day.year + 1)


def _month_end(day: date) -> date:
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - ONE_DAY


def may_give_notice(*, ended_by: str | None, ends_on: date | None, today: date) -> bool:
    """Up to the last day, if nobody ended it; a planned conversion stands in nobody's way."""
    return ended_by in (None, EndedBy.conversion) and (ends_on is None or today <= ends_on)


def may_note_notice(
    *, ended_by: str | None, ends_on: date | None, grace_days: int, today: date
) -> bool:
    """As long as it can be given, and in the days of grace: it may have come before the end."""
    days = timedelta(days=0 if ended_by else grace_days)
    return may_give_notice(ended_by=ended_by, ends_on=ends_on, today=today - days)


def may_withdraw_notice(*, ended_by: str | None, ends_on: date | None, today: date) -> bool:
    """A member's own notice can be taken back until the membership has ended."""
    return ended_by == EndedBy.member and ends_on is not None and today <= ends_on


def problems_of_end(
    starts_on: date, ends_on: date | None, ended_by: str | None, ground: str | None, reason: str
) -> dict[str, str]:
    """What is wrong with an end that the board writes down: field → message key.

    Only a period with a last day has somebody who ended it; the association gives its ground and
    its reason.
    """
    problems: dict[str, str] = {}
    if ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = "memberships.field.ends_on.before_start"
    if ended_by and ends_on is None:
        problems["ends_on"] = "memberships.field.ends_on.needed"
    if ended_by == EndedBy.association:
        if not ground:
            problems["ground"] = "memberships.field.ground.needed"
        if not reason.strip():
            problems["reason"] = "memberships.field.reason.needed"
    elif ground:
        problems["ground"] = "memberships.field.ground.not_theirs"
    return problems
