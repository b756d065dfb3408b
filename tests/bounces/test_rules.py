"""When an address gets no more mail: hard at once, soft after some days, forgotten when quiet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.bounces.rules import QUIET, Bounce, is_held, score
from tables.bounces import Verdict

DAY = date(2026, 11, 26)
days = st.integers(0, 400).map(lambda n: DAY - timedelta(days=n))
bounces = st.lists(st.builds(Bounce, days, st.sampled_from(Verdict)), max_size=12)


def on(*found: tuple[int, Verdict]) -> list[Bounce]:
    return [Bounce(DAY - timedelta(days=ago), what) for ago, what in found]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], 0),
        ([(0, Verdict.hard)], 1),
        ([(0, Verdict.hard), (0, Verdict.hard)], 1),
        ([(0, Verdict.soft), (0, Verdict.soft), (0, Verdict.hard)], 1),
        ([(n, Verdict.soft) for n in range(4)], 1),
        ([(n, Verdict.soft) for n in range(3)], 0.75),
        ([(0, Verdict.soft)] * 9, 0.25),
        ([(0, Verdict.policy), (1, Verdict.policy)], 0),
        ([(0, Verdict.complaint)], 1),
        ([(90, Verdict.hard)], 1),
        ([(91, Verdict.hard)], 0),
        ([(180, Verdict.hard), (89, Verdict.soft)], 0.25),
        ([(179, Verdict.hard), (89, Verdict.soft)], 1.25),
    ],
)
def test_the_score(found: list[tuple[int, Verdict]], expected: float) -> None:
    assert score(on(*found), DAY) == expected
    assert is_held(on(*found), DAY) is (expected >= 1)


@given(bounces)
def test_order_and_repetition_within_a_day_change_nothing(found: list[Bounce]) -> None:
    assert score(found[::-1], DAY) == score(found, DAY) == score(found + found, DAY)


@given(bounces)
def test_what_is_ours_never_counts_against_a_reader(found: list[Bounce]) -> None:
    counted = [one for one in found if one.verdict is not Verdict.policy]

    assert score(found, DAY) == score(counted, DAY)


@given(bounces)
def test_ninety_quiet_days_forgive_everything(found: list[Bounce]) -> None:
    assert score(found, DAY + QUIET + timedelta(days=1)) == 0
