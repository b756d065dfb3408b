"""Points from one timetable: the example day, rounding, and against looking at every minute."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accreditation import rules, service
from server.accreditation.rules import Register, Slot
from server.clock import AMSTERDAM
from server.errors import Invalid
from tables.accreditation import Counts, Rounding
from tables.events import PartKind

MINUTE = timedelta(minutes=1)
NINE = datetime(2027, 3, 12, 9, 0, tzinfo=AMSTERDAM)
CONTENT, COFFEE, LUNCH = PartKind.content, PartKind.break_, PartKind.lunch


def slot(kind: PartKind, begins: float, ends: float) -> Slot:
    """In hours of the day."""
    at = NINE - timedelta(hours=9)
    return Slot(kind, at + timedelta(hours=begins), at + timedelta(hours=ends))


DAY = (
    slot(CONTENT, 9, 10.5),
    slot(COFFEE, 10.5, 11),
    slot(CONTENT, 11, 12.5),
    slot(LUNCH, 12.5, 13.5),
    slot(CONTENT, 13.5, 15),
    slot(COFFEE, 15, 15.5),
    slot(CONTENT, 15.5, 17),
)


def register(counts: Counts, rounding: Rounding = Rounding.half, **more: int) -> Register:
    return Register(counts, more.get("each", 60), rounding, more.get("percent", 100))


@pytest.mark.parametrize(
    ("counts", "points"), [(Counts.none, "6"), (Counts.coffee, "7"), (Counts.all, "8")]
)
def test_the_example_day(counts: Counts, points: str) -> None:
    assert rules.points(register(counts), DAY) == Decimal(points)


def test_it_is_said_in_words() -> None:
    said = rules.arithmetic(register(Counts.coffee), DAY, "nl")

    assert said == (
        "inhoud 6 uur, koffie 1 uur telt mee, lunch 1 uur telt niet mee."
        " Samen 7 uur; één punt per 1 uur: 7 punten."
    )
    assert "coffee 1 hour does not count" in rules.arithmetic(register(Counts.none), DAY, "en")


@pytest.mark.parametrize(
    ("rounding", "points"),
    [
        (Rounding.hundredth, "1.66"),
        (Rounding.quarter, "1.5"),
        (Rounding.half, "1.5"),
        (Rounding.whole, "1"),
    ],
)
def test_points_are_rounded_down(rounding: Rounding, points: str) -> None:
    hundred_minutes = [Slot(CONTENT, NINE, NINE + 100 * MINUTE)]

    assert rules.points(register(Counts.none, rounding), hundred_minutes) == Decimal(points)


def test_what_is_parallel_counts_once() -> None:
    rooms = [slot(CONTENT, 9, 11), slot(CONTENT, 10, 12), slot(CONTENT, 9, 9.5)]

    assert rules.points(register(Counts.none), rooms) == Decimal(3)
    assert rules.points(register(Counts.none), []) == 0


SLOTS = st.lists(
    st.builds(
        lambda kind, begins, length: Slot(
            kind, NINE + begins * MINUTE, NINE + (begins + length) * MINUTE
        ),
        st.sampled_from(PartKind),
        st.integers(0, 300),
        st.integers(1, 120),
    ),
    max_size=8,
)


@given(SLOTS, st.sampled_from(Counts))
def test_it_is_what_looking_at_every_minute_finds(slots: list[Slot], counts: Counts) -> None:
    kinds = rules.COUNTED[counts]
    minutes = (NINE + n * MINUTE for n in range(430))

    slowly = sum(
        any(s.kind in kinds and s.starts_at <= minute < s.ends_at for s in slots)
        for minute in minutes
    )

    assert rules.covered(slots, kinds) == slowly


@pytest.mark.parametrize(
    ("minutes", "percent", "is_earned"),
    [(360, 100, True), (359, 100, False), (288, 80, True), (287, 80, False), (0, 1, False)],
)
def test_who_was_there_long_enough(minutes: int, percent: int, is_earned: bool) -> None:
    assert rules.earned(register(Counts.none, percent=percent), minutes, 360) is is_earned
    assert not rules.earned(register(Counts.none), 10, 0)


def test_days_are_counted_in_amsterdam() -> None:
    late = datetime(2027, 3, 12, 23, 30, tzinfo=AMSTERDAM)

    assert rules.ask_by(late, 42).isoformat() == "2027-01-29"
    assert rules.report_by(late, 28).isoformat() == "2027-04-09"


def test_a_difference_says_what_to_add_and_what_to_take_out() -> None:
    assert rules.difference(["a", "b"], ["b", "c"]) == (["c"], ["a"])
    assert rules.checksum(["a"]) != rules.checksum(["b"])


@pytest.mark.parametrize(
    ("text", "found"), [("6", "6"), (" 6,5 ", "6.5"), ("0", "0"), ("6.25", "6.25")]
)
def test_points_are_read_as_people_write_them(text: str, found: str) -> None:
    assert service.points_in(text) == Decimal(found)


@pytest.mark.parametrize("text", ["", "-1", "zes", "1e9", "NaN", "Infinity", "6,555", "501", "6 5"])
def test_odd_points_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        service.points_in(text)
