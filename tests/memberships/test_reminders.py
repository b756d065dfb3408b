"""Periods that end by themselves: who is asked, when, and how often."""

from datetime import date, datetime, timedelta

import pytest

from server.database import execute
from server.memberships import notice, reminders
from tests.factories import NOON
from tests.memberships.test_service import kind, member
from tests.newsletters.cast import letters

DAY = timedelta(days=1)
LAST = date(2025, 12, 31)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


def at(day: date) -> datetime:
    """Noon of a day."""
    return NOON.replace(year=day.year, month=day.month, day=day.day)


async def asked(day: date) -> list[str]:
    before = len(await letters())
    await reminders.tick(at(day))
    return [one for one, _ in (await letters())[before:]]


async def test_asked_once_before_and_once_after_however_often_it_runs() -> None:
    await member("Anna", await kind(period_kind="calendar", grace_days=30))

    assert await asked(LAST - 31 * DAY) == []
    assert await asked(LAST - 30 * DAY) == ["membership_runs_out"]
    assert await asked(LAST) == []
    assert await asked(LAST + DAY) == ["membership_ran_out"]
    assert await asked(LAST + 30 * DAY) == []


async def test_missed_weeks_send_only_what_is_still_true() -> None:
    await member("Anna", await kind(period_kind="calendar", grace_days=30))

    assert await asked(LAST + 20 * DAY) == ["membership_ran_out"]
    assert await asked(LAST + 20 * DAY) == []


async def test_nobody_is_asked_for_what_does_not_end_by_itself() -> None:
    anna, first = await member("Anna", await kind("a", period_kind="calendar"))
    await notice.give(anna, first, now=at(LAST - 90 * DAY))
    await member("Bram", await kind("b"))
    dirk, _ = await member("Dirk", await kind("d", period_kind="calendar"))
    await execute("UPDATE person SET deceased_on = $2 WHERE id = $1", dirk.person_id, LAST)

    assert await asked(LAST - 5 * DAY) == []


async def test_who_renewed_is_asked_again_a_year_later() -> None:
    anna, first = await member("Anna", await kind(period_kind="calendar", grace_days=30))
    assert await asked(LAST - DAY) == ["membership_runs_out"]
    await notice.renew(anna, first, now=at(LAST))

    assert await asked(LAST + DAY) == []
    assert await asked(date(2026, 12, 30)) == ["membership_runs_out"]
