"""What a year costs: without a database."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fees import rules
from server.fees.rules import Charge, Stay
from server.memberships import terms

JAN, DEC = date(2026, 1, 1), date(2026, 12, 31)


def stay(
    starts_on: date,
    ends_on: date | None = None,
    *,
    kind: str = "open",
    cents: int = 7500,
    n: int = 1,
) -> Stay:
    return Stay(n, kind, cents, starts_on, ends_on)


@pytest.mark.parametrize(
    ("stays", "charge"),
    [
        ([stay(date(2020, 3, 1))], Charge(1, JAN, DEC, 7500)),
        ([stay(date(2026, 6, 30))], Charge(1, date(2026, 6, 30), DEC, 7500)),
        ([stay(date(2026, 7, 1))], Charge(1, date(2026, 7, 1), DEC, 3750)),
        ([stay(date(2026, 7, 1), cents=7501)], Charge(1, date(2026, 7, 1), DEC, 3751)),
        ([stay(date(2020, 1, 1), date(2026, 3, 31))], Charge(1, JAN, date(2026, 3, 31), 7500)),
        ([stay(date(2020, 1, 1), date(2025, 12, 31))], None),
        ([stay(date(2027, 1, 1))], None),
        ([stay(date(2020, 1, 1), cents=0)], None),
        ([], None),
        (
            [stay(date(2026, 5, 1), n=2, cents=9900), stay(date(2020, 1, 1), date(2026, 4, 30))],
            Charge(1, JAN, date(2026, 4, 30), 7500),
        ),
        (
            [stay(date(2025, 9, 10), kind="rolling")],
            Charge(1, date(2026, 9, 10), date(2027, 9, 9), 7500),
        ),
        ([stay(date(2026, 9, 10), date(2027, 9, 9), kind="rolling")],
         Charge(1, date(2026, 9, 10), date(2027, 9, 9), 7500)),
        ([stay(date(2025, 9, 10), date(2026, 9, 9), kind="rolling")], None),
        ([stay(date(2024, 2, 29), kind="rolling")],
         Charge(1, date(2026, 3, 1), date(2027, 2, 28), 7500)),
    ],
)  # fmt: skip
def test_fee_of_2026(stays: list[Stay], charge: Charge | None) -> None:
    assert rules.charge(stays, 2026) == charge


@given(st.dates(date(2015, 1, 1), date(2030, 12, 31)), st.sampled_from(["open", "calendar"]))
def test_every_year_of_a_membership_is_charged_once_and_without_gaps(
    first: date, kind: str
) -> None:
    found = [
        charge
        for year in range(2014, 2036)
        if (charge := rules.charge([stay(first, kind=kind)], year)) is not None
    ]

    assert found[0].from_on == first
    for before, after in pairwise(found):
        assert (after.from_on - before.until_on).days == 1


@pytest.mark.parametrize(
    ("from_on", "today", "due"),
    [
        (JAN, date(2025, 12, 1), date(2026, 1, 31)),
        (JAN, date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_a_fee_is_due_thirty_days_after_it_could_be_known(
    from_on: date, today: date, due: date
) -> None:
    assert rules.due_on(from_on, today) == due


def test_a_rolling_year_from_29_february_is_asked_once_for_every_year() -> None:
    first = date(2024, 2, 29)
    ends = [terms.period_ends_on("rolling", first) or first]
    while len(ends) < 4:
        ends.append(terms.renewed_until("rolling", ends[-1]) or first)
    stays = [stay(first, ends[-1], kind="rolling")]

    found = [charge for year in range(2023, 2030) if (charge := rules.charge(stays, year))]

    assert [one.until_on for one in found] == ends
    assert ends[-1] == date(2028, 2, 29)
