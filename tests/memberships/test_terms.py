"""When a membership ends, and when it may be renewed: without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.memberships import terms

JOINED = date(2024, 3, 1)
ENDED = date(2026, 12, 31)


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
    assert terms.notice_ends_on(received_on, notice_days=28, notice_to=notice_to) == ends_on


@given(st.dates(date(2020, 1, 1), date(2099, 1, 1)), st.integers(0, 120))
def test_year_end_always_leaves_the_whole_term(received_on: date, days: int) -> None:
    ends_on = terms.notice_ends_on(received_on, notice_days=days, notice_to="year_end")

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
    assert terms.may_withdraw_notice(ended_by=ended_by, ends_on=ends_on, today=today) is may


@pytest.mark.parametrize(
    ("ends_on", "ended_by", "ground", "reason", "problems"),
    [
        (ENDED, "association", "requirements", "Contributie niet betaald", []),
        (ENDED, "association", "expulsion", " ", ["reason.needed"]),
        (ENDED, "association", None, "Daarom", ["ground.needed"]),
        (ENDED, "death", None, "", []),
        (ENDED, "member", "expulsion", "", ["ground.not_theirs"]),
        (None, "member", None, "", ["ends_on.needed"]),
        (date(2024, 2, 1), None, None, "", ["ends_on.before_start"]),
        (None, None, None, "", []),
    ],
)
def test_end_that_the_board_writes_down(
    ends_on: date | None, ended_by: str | None, ground: str | None, reason: str, problems: list[str]
) -> None:
    found = terms.problems_of_end(JOINED, ends_on, ended_by, ground, reason)

    assert list(found.values()) == [f"memberships.field.{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("kind", "starts_on", "ends_on"),
    [
        ("open", JOINED, None),
        ("calendar", JOINED, date(2024, 12, 31)),
        ("calendar", date(2024, 12, 31), date(2024, 12, 31)),
        ("rolling", JOINED, date(2025, 2, 28)),
        ("rolling", date(2028, 2, 29), date(2029, 2, 28)),
        ("rolling", date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_last_day_of_a_first_period(kind: str, starts_on: date, ends_on: date | None) -> None:
    assert terms.period_ends_on(kind, starts_on) == ends_on


@pytest.mark.parametrize(
    ("kind", "starts_on", "ends_on"),
    [
        ("open", date(2022, 5, 1), None),
        ("calendar", date(2022, 5, 1), date(2026, 12, 31)),
        ("rolling", date(2022, 5, 1), date(2027, 4, 30)),
        ("rolling", date(2025, 11, 25), date(2026, 11, 24)),
        ("rolling", date(2025, 11, 24), date(2027, 11, 23)),
        ("calendar", date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_renewed_ever_since_it_runs_until(kind: str, starts_on: date, ends_on: date | None) -> None:
    assert terms.running_until(kind, starts_on, date(2026, 11, 24)) == ends_on


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_renewing_a_rolling_year_never_skips_or_repeats_a_day(starts_on: date, times: int) -> None:
    ends_on = terms.period_ends_on("rolling", starts_on)
    for _ in range(times):
        assert ends_on is not None
        ends_on, before = terms.renewed_until("rolling", ends_on), ends_on
        assert ends_on is not None
        assert 365 <= (ends_on - before).days <= 366


@pytest.mark.parametrize(
    ("kind", "ended_by", "day", "may"),
    [
        ("calendar", None, ENDED - timedelta(days=60), True),
        ("calendar", None, ENDED - timedelta(days=61), False),
        ("rolling", None, ENDED + timedelta(days=30), True),
        ("rolling", None, ENDED + timedelta(days=31), False),
        ("calendar", "member", ENDED, False),
        ("open", None, ENDED, False),
    ],
)
def test_when_a_membership_may_be_renewed(
    kind: str, ended_by: str | None, day: date, may: bool
) -> None:
    found = terms.may_renew(kind, ends_on=ENDED, ended_by=ended_by, grace_days=30, today=day)

    assert found is may


@pytest.mark.parametrize(
    ("ground", "last"),
    [
        ("requirements", date(2026, 12, 31)),
        ("unreasonable", date(2026, 11, 25)),
        ("expulsion", date(2026, 11, 25)),
    ],
)
def test_the_association_keeps_the_term_of_notice_unless_it_cannot_go_on(
    ground: str, last: date
) -> None:
    today = date(2026, 11, 25)

    found = terms.association_ends_on(ground, today, notice_days=28, notice_to="year_end")

    assert found == last


@pytest.mark.parametrize(
    ("legal", "ends_on", "last"),
    [
        (ENDED, None, ENDED),
        (ENDED, date(2025, 1, 1), date(2025, 1, 1)),
        (date(2020, 1, 1), None, JOINED),
    ],
)
def test_who_leaves_goes_no_later_than_the_period_and_not_before_it(
    legal: date, ends_on: date | None, last: date
) -> None:
    assert terms.leaves_on(legal, JOINED, ends_on) == last


@pytest.mark.parametrize(
    ("kind", "ends_on", "until"),
    [
        ("open", None, None),
        ("open", date(2024, 6, 1), date(2024, 6, 1)),
        ("calendar", date(2024, 12, 31), ENDED),
        ("rolling", date(2025, 2, 28), date(2027, 2, 28)),
        ("calendar", date(2030, 12, 31), date(2030, 12, 31)),
    ],
)
def test_who_stays_after_all_has_the_last_day_back(
    kind: str, ends_on: date | None, until: date | None
) -> None:
    assert terms.runs_until(kind, ends_on, ENDED) == until


@pytest.mark.parametrize(
    ("ended_by", "ends_on", "may"),
    [
        (None, None, True),
        ("conversion", ENDED, True),
        ("member", ENDED, False),
        (None, JOINED, False),
    ],
)
def test_notice_can_be_given_until_the_end(
    ended_by: str | None, ends_on: date | None, may: bool
) -> None:
    assert terms.may_give_notice(ended_by=ended_by, ends_on=ends_on, today=ENDED) is may
