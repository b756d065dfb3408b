"""When it goes, when it stops by itself, and who approves."""

from datetime import UTC, datetime, timedelta

import pytest

from server.issues import rules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-01-05T09:00", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("2026-07-05T09:00", datetime(2026, 7, 5, 7, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first
        ("2026-03-29T02:30", None),  # clocks go from two to three
        ("0001-01-01T00:00", None),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_those_of_clocks_in_amsterdam(typed: str, utc: datetime | None) -> None:
    assert rules.in_amsterdam(datetime.fromisoformat(typed)) == utc


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        (NOW, ""),
        (NOW - timedelta(minutes=2), "issues.field.at.past"),
        (NOW + timedelta(days=366), ""),
        (NOW + timedelta(days=367), "issues.field.at.far"),
    ],
)
def test_a_moment_to_come_within_a_year(at: datetime, problem: str) -> None:
    assert rules.problem_of_moment(at, NOW) == problem


def test_half_a_day_late_is_too_late() -> None:
    assert not rules.is_late(NOW - timedelta(hours=12), NOW)
    assert rules.is_late(NOW - timedelta(hours=12, seconds=1), NOW)


@pytest.mark.parametrize(
    ("approved", "now", "other"),
    [(100, 125, False), (100, 126, True), (100, 74, True), (10, 19, False), (10, 20, True),
     (0, 9, False), (0, 10, True)],
)  # fmt: skip
def test_another_audience_waits_for_a_person(approved: int, now: int, other: bool) -> None:
    assert rules.is_another_audience(approved, now) is other


@pytest.mark.parametrize(
    ("failed", "sent", "stops"), [(4, 0, False), (5, 0, True), (5, 245, False), (6, 290, True)]
)
def test_more_than_two_in_a_hundred_refused_stops(failed: int, sent: int, stops: bool) -> None:
    assert rules.is_refused_too_often({"failed": failed, "sent": sent}) is stops


@pytest.mark.parametrize(
    ("who", "writers", "alone", "may"),
    [(2, [1], False, True), (1, [1], False, False), (1, [1], True, True), (None, [], True, False)],
)
def test_a_second_pair_of_eyes(who: int | None, writers: list[int], alone: bool, may: bool) -> None:
    assert rules.may_approve(who, writers, is_alone=alone) is may
