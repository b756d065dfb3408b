"""The status of any day, and the end after a notice: without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.memberships import rules
from server.memberships.rules import Period, Status

JOINED = date(2024, 3, 1)
ENDED = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "periods", "status"),
    [
        (date(2024, 2, 29), [Period(JOINED)], Status.contact),
        (JOINED, [Period(JOINED)], Status.active),
        (ENDED, [Period(JOINED, ENDED)], Status.active),
        (date(2027, 1, 1), [Period(JOINED, ENDED)], Status.ended),
        (date(2027, 1, 30), [Period(JOINED, ENDED, 30)], Status.grace),
        (date(2027, 1, 31), [Period(JOINED, ENDED, 30)], Status.ended),
        (date(2027, 1, 1), [Period(JOINED, ENDED, 30, "member")], Status.ended),
        (date(2027, 6, 1), [Period(JOINED, ENDED), Period(date(2027, 6, 1))], Status.active),
        (date(2027, 5, 31), [Period(date(2027, 6, 1)), Period(JOINED, ENDED)], Status.ended),
        (JOINED, [], Status.contact),
    ],
)
def test_status_of_a_day(day: date, periods: list[Period], status: Status) -> None:
    assert rules.status_on(day, periods) == status


def test_death_goes_before_everything() -> None:
    died = date(2026, 5, 5)
    periods = [Period(JOINED)]

    assert [
        rules.status_on(died - timedelta(days=1), periods, deceased_on=died),
        rules.status_on(died, periods, deceased_on=died),
    ] == [Status.active, Status.deceased]


@pytest.mark.parametrize(
    ("received_on", "notice_to", "ends_on"),
    [
        (date(2026, 12, 3), "year_end", date(2026, 12, 31)),
        (date(2026, 12, 4), "year_end", date(2027, 12, 31)),
        (date(2026, 1, 1), "year_end", date(2026, 12, 31)),
        (date(2028, 2, 1), "month_end", date(2028, 2, 29)),
        (date(2026, 12, 10), "month_end", date(2027, 1, 31)),
        (date(2026, 12, 10), "immediate", date(2026, 12, 10)),
    ],
)
def test_end_after_a_notice(received_on: date, notice_to: str, ends_on: date) -> None:
    assert rules.notice_ends_on(received_on, notice_days=28, notice_to=notice_to) == ends_on


@given(st.dates(date(2020, 1, 1), date(2099, 1, 1)), st.integers(0, 120))
def test_year_end_always_leaves_the_whole_term(received_on: date, days: int) -> None:
    ends_on = rules.notice_ends_on(received_on, notice_days=days, notice_to="year_end")

    assert (ends_on.month, ends_on.day) == (12, 31)
    assert timedelta(days=days) <= ends_on - received_on < timedelta(days=days + 366)


@pytest.mark.parametrize(
    ("ended_by", "ends_on", "today", "may"),
    [
        ("member", ENDED, ENDED, True),
        ("member", ENDED, date(2027, 1, 1), False),
        ("association", ENDED, JOINED, False),
        (None, None, JOINED, False),
        ("member", None, JOINED, False),
    ],
)
def test_own_notice_can_be_taken_back_until_the_end(
    ended_by: str | None, ends_on: date | None, today: date, may: bool
) -> None:
    assert rules.may_withdraw_notice(ended_by=ended_by, ends_on=ends_on, today=today) is may


@pytest.mark.parametrize(
    ("ends_on", "ended_by", "reason", "problems"),
    [
        (ENDED, "association", "Contributie niet betaald", {}),
        (ENDED, "association", " ", {"reason": "memberships.field.reason.needed"}),
        (ENDED, "death", "", {}),
        (None, "member", "", {"ends_on": "memberships.field.ends_on.needed"}),
        (date(2024, 2, 1), None, "", {"ends_on": "memberships.field.ends_on.before_start"}),
        (None, None, "", {}),
    ],
)
def test_end_that_the_board_writes_down(
    ends_on: date | None, ended_by: str | None, reason: str, problems: dict[str, str]
) -> None:
    assert rules.problems_of_end(JOINED, ends_on, ended_by, reason) == problems
