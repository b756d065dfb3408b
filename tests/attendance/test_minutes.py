"""Minutes from scans: against counting every minute, over breaks, nights and parallel rooms."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance import minutes
from server.attendance.minutes import Passing, Span
from server.clock import AMSTERDAM
from tables.attendance import Direction, Presence

NINE = datetime(2027, 3, 12, 9, 0, tzinfo=AMSTERDAM)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
IN, OUT = Direction.in_, Direction.out
MORNING = Span(1, NINE, NINE + 3 * HOUR)
LUNCH = Span(2, NINE + 3 * HOUR, NINE + 4 * HOUR, is_content=False)
BLUE = Span(3, NINE + 4 * HOUR, NINE + 5 * HOUR)
RED = Span(4, NINE + 4 * HOUR, NINE + 5 * HOUR)
DAY = (MORNING, LUNCH, BLUE, RED)


def at(hour: float, direction: Direction = IN, part: int | None = None) -> Passing:
    return Passing(NINE + hour * HOUR, direction, part)


def test_who_comes_and_stays_was_at_everything() -> None:
    found = minutes.by_part([at(-0.2)], DAY)

    assert found == {1: 180, 2: 60, 3: 60, 4: 60}
    assert minutes.total(found, DAY) == 240


def test_who_leaves_early_and_comes_back_has_what_lies_between() -> None:
    found = minutes.by_part([at(0.5), at(2, OUT), at(2.5), at(3.5, OUT)], DAY)

    assert found == {1: 120, 2: 30, 3: 0, 4: 0}


def test_who_is_scanned_in_a_parallel_room_was_only_there() -> None:
    found = minutes.by_part([at(0), at(4.25, part=4)], DAY)

    assert found == {1: 180, 2: 60, 3: 0, 4: 45}
    assert minutes.total(found, DAY) == 225


def test_who_changes_rooms_has_something_of_both() -> None:
    moved = [at(0), at(4, part=3), at(4.5, OUT, 3), at(4.5, part=4)]
    found = minutes.by_part(moved, DAY)

    assert (found[3], found[4]) == (30, 30)
    assert minutes.total(found, DAY) == 240


def test_nobody_stays_overnight() -> None:
    tomorrow = Span(5, NINE + 24 * HOUR, NINE + 26 * HOUR)

    assert minutes.by_part([at(0)], [MORNING, tomorrow]) == {1: 180, 5: 0}
    assert minutes.by_part([at(0), at(25)], [MORNING, tomorrow]) == {1: 180, 5: 60}


def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is() -> None:
    starts = datetime(2027, 3, 28, 1, 30, tzinfo=AMSTERDAM).astimezone(UTC)
    night = Span(None, starts, starts + HOUR)

    found = minutes.by_part([Passing(night.starts_at, IN)], [night])

    assert found == {None: 60}


@pytest.mark.parametrize(
    ("there", "called"),
    [(0, Presence.absent), (1, Presence.partly), (161, Presence.partly), (162, Presence.present)],
)
def test_what_minutes_are_called(there: int, called: Presence) -> None:
    assert minutes.presence(there, MORNING) == called


PASSINGS = st.lists(
    st.builds(
        lambda minute, direction, part: Passing(NINE + minute * MINUTE, direction, part),
        st.integers(-60, 420),
        st.sampled_from(Direction),
        st.sampled_from([None, 1, 3, 4]),
    ),
    max_size=8,
    unique_by=lambda one: (one.at, one.part_id),
)


def slowly(passings: list[Passing], span: Span) -> int:
    """Every minute looked at by itself."""
    beside = {3: (3, 4), 4: (3, 4)}.get(span.part_id or 0, ())
    is_chosen = any(one.part_id in beside for one in passings)
    doors = [span.part_id] if is_chosen else [span.part_id, None]
    count, moment = 0, span.starts_at
    while moment < span.ends_at:
        for door in doors:
            before = [p for p in passings if p.part_id == door and p.at <= moment]
            if before and max(before, key=lambda p: p.at).direction == IN:
                count += 1
                break
        moment += MINUTE
    return count


@given(PASSINGS)
def test_it_is_what_looking_at_every_minute_finds(passings: list[Passing]) -> None:
    found = minutes.by_part(passings, DAY)

    assert found == {span.part_id: slowly(passings, span) for span in DAY}
    assert 0 <= minutes.total(found, DAY) <= 240


def test_workshop_counts_for_who_has_a_place_there() -> None:
    blue, red = (Span(one, NINE + 4 * HOUR, NINE + 5 * HOUR, unit_id=one * 10) for one in (3, 4))

    chose = minutes.by_part([at(0)], (MORNING, blue, red), units=[1, 30])
    let_in = minutes.by_part([at(0), at(4.5, part=4)], (MORNING, blue, red), units=[1])

    assert chose == {1: 180, 3: 60, 4: 0}
    assert let_in == {1: 180, 3: 0, 4: 30}


def test_who_came_in_the_evening_is_there_until_the_night_is_over() -> None:
    night = Span(1, NINE + 13 * HOUR, NINE + 21 * HOUR)  # 22.00 to 06.00

    assert minutes.by_part([at(13)], [night]) == {1: 480}
    assert minutes.by_part([at(13), at(20, OUT)], [night]) == {1: 420}
