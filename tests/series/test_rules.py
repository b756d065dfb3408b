"""On which days a series falls, over summer time, months and holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import AMSTERDAM
from server.errors import Invalid
from server.series import rules
from server.series.rules import Every, Layout

YEARS = [datetime.fromisoformat(f"{year}-01-01") for year in (2020, 2040)]
NOW = datetime(2027, 1, 1, tzinfo=UTC)
ZONE = "Europe/Amsterdam"
TUESDAY = datetime(2027, 2, 9, 20, tzinfo=AMSTERDAM)  # the second of its month
LAST_FRIDAY = datetime(2027, 1, 29, 9, 30, tzinfo=AMSTERDAM)  # the fifth and last


def at(month: int, day: int, hour: int = 20, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=AMSTERDAM)


def days(layout: Layout, starts_at: datetime = TUESDAY) -> list[tuple[int, int]]:
    return [(one.month, one.day) for one in rules.laid_out(layout, starts_at, ZONE)]


def test_the_hour_stays_over_a_change_of_summer_time() -> None:
    found = rules.laid_out(Layout(Every.week, times=10), TUESDAY, ZONE)

    assert {one.hour for one in found} == {20}
    assert [one.utcoffset() for one in found][::9] == [timedelta(hours=1), timedelta(hours=2)]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every.week, [(2, 9), (2, 16), (2, 23)]),
        (Every.two_weeks, [(2, 9), (2, 23), (3, 9)]),
        (Every.month, [(2, 9), (3, 9), (4, 13)]),
        (Every.month_day, [(2, 9), (3, 9), (4, 9)]),
        (Every.quarter, [(2, 9), (5, 11), (8, 10)]),
    ],
)
def test_each_way_to_come_again(every: Every, expected: list[tuple[int, int]]) -> None:
    assert days(Layout(every, times=3)) == expected


def test_the_last_friday_of_the_month() -> None:
    found = days(Layout(Every.month_last, times=3), LAST_FRIDAY)

    assert found == [(1, 29), (2, 26), (3, 26)]


def test_until_a_day_counts_that_day() -> None:
    assert days(Layout(Every.week, until=date(2027, 2, 23))) == [(2, 9), (2, 16), (2, 23)]


def test_what_some_months_lack_is_not_offered() -> None:
    assert rules.possible(LAST_FRIDAY) == [
        *(Every.week, Every.two_weeks, Every.month_last, Every.quarter)
    ]
    assert rules.possible(TUESDAY) == [
        *(Every.week, Every.two_weeks, Every.month, Every.month_day, Every.quarter)
    ]
    assert Every.month_last in rules.possible(at(2, 23))
    assert Every.month in rules.possible(at(2, 23))


@pytest.mark.parametrize(
    ("layout", "field", "key"),
    [
        (Layout(Every.week), "times", "series.invalid.one_end"),
        (Layout(Every.week, 3, date(2027, 3, 1)), "times", "series.invalid.one_end"),
        (Layout(Every.week, 1), "times", "series.invalid.times"),
        (Layout(Every.week, 61), "times", "series.invalid.times"),
        (Layout(Every.week, -2), "times", "series.invalid.times"),
        (Layout(Every.week, until=date(2027, 2, 10)), "until", "series.invalid.too_few"),
        (Layout(Every.week, until=date(2020, 2, 10)), "until", "series.invalid.too_few"),
        (Layout(Every.week, until=date(2029, 2, 10)), "until", "series.invalid.too_many"),
        (Layout(Every.week, until=date(9999, 12, 31)), "until", "series.invalid.too_many"),
    ],
)
def test_a_series_has_one_end_within_reach(layout: Layout, field: str, key: str) -> None:
    with pytest.raises(Invalid) as no:
        rules.laid_out(layout, TUESDAY, ZONE)

    assert no.value.fields == {field: key}


def test_more_comes_behind_the_last() -> None:
    last = at(2, 23).astimezone(UTC)

    found = rules.laid_out(Layout(Every.two_weeks, times=2), TUESDAY, ZONE, last)

    assert found == [at(3, 9), at(3, 23)]


@given(
    every=st.sampled_from(Every),
    starts=st.datetimes(YEARS[0], YEARS[1]),
)
def test_a_rule_can_be_read_back(every: Every, starts: datetime) -> None:
    begins = starts.replace(tzinfo=AMSTERDAM)
    if every not in rules.possible(begins):
        return

    written = rules.rule(every, begins, begins + timedelta(days=400))

    assert rules.every_of(written) == every
    assert rules.last_of(written) == (begins + timedelta(days=400)).replace(
        microsecond=0
    ).astimezone(UTC)
    first, second = rules.laid_out(Layout(every, times=2), begins.replace(microsecond=0), ZONE)
    assert first == begins.replace(microsecond=0)
    assert second.replace(tzinfo=None).time() == first.replace(tzinfo=None).time()


def test_the_hour_that_is_not_there_is_named() -> None:
    begins = datetime(2027, 3, 21, 2, 30, tzinfo=AMSTERDAM)
    found = rules.laid_out(Layout(Every.week, times=3), begins, ZONE)

    turns = [rules.turn(one, timedelta(hours=1), now=NOW) for one in found]

    assert [one.trouble for one in turns] == ["", "missing", ""]
    assert [one.day for one in turns] == ["2027-03-21", "2027-03-28", "2027-04-04"]


def test_an_end_in_the_hour_that_is_not_there_is_named_as_well() -> None:
    begins = datetime(2027, 3, 27, 22, 30, tzinfo=AMSTERDAM)

    assert rules.turn(begins, timedelta(hours=4), now=NOW).trouble == "missing"


def test_the_hour_that_comes_twice_is_named() -> None:
    begins = datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM)

    turn = rules.turn(begins, timedelta(hours=2), now=NOW)

    assert (turn.is_doubled, turn.trouble) == (True, "")
    assert turn.starts_at.utcoffset() == timedelta(hours=2)
    assert not rules.turn(at(10, 31), timedelta(hours=2), now=NOW).is_doubled


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ((3, 26), "good_friday"),
        ((3, 29), "easter_monday"),
        ((4, 27), "kings_day"),
        ((5, 5), "liberation_day"),
        ((5, 6), "ascension_day"),
        ((12, 26), "boxing_day"),
        ((6, 1), ""),
    ],
)
def test_a_public_holiday_is_named(day: tuple[int, int], name: str) -> None:
    assert rules.turn(at(*day), timedelta(hours=2), now=NOW).holiday == name


def test_a_holiday_on_the_second_day_counts() -> None:
    turn = rules.turn(at(4, 26, 9), timedelta(hours=32), now=NOW)

    assert turn.holiday == "kings_day"


def test_what_is_over_is_not_laid_out() -> None:
    assert rules.turn(TUESDAY, timedelta(hours=2), now=at(3, 1)).trouble == "past"


def plan(starts_at: datetime, **values: object) -> dict[str, object]:
    return {
        **{
            "title": "Casuïstiek",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
        },
        **{"registration_opens_at": None, "registration_closes_at": None},
        **{"cancel_until_at": None, **values},
    }


def test_a_shift_goes_by_the_clock_over_summer_time() -> None:
    was = plan(at(3, 9))
    asked = {**was, "starts_at": at(3, 11, 19), "ends_at": at(3, 11, 21)}

    found = rules.carried(was, asked, plan(at(4, 13)))

    assert found == {"starts_at": at(4, 15, 19), "ends_at": at(4, 15, 21)}


def test_one_that_was_moved_by_itself_moves_as_far() -> None:
    was = plan(at(3, 9))
    asked = {**was, "starts_at": at(3, 9, 19), "ends_at": at(3, 9, 21)}

    assert rules.carried(was, asked, plan(at(4, 14, 18)))["starts_at"] == at(4, 14, 17)


def test_words_are_the_same_for_all_and_only_what_changed() -> None:
    was = plan(at(3, 9))

    found = rules.carried(was, {**was, "title": "Intervisie"}, plan(at(4, 13), title="Gast"))

    assert found == {"title": "Intervisie"}


def test_a_deadline_that_is_new_stands_as_far_before_each() -> None:
    was = plan(at(3, 9))
    asked = {**was, "registration_closes_at": at(3, 7, 12)}

    found = rules.carried(was, asked, plan(at(4, 13)))

    assert found == {"registration_closes_at": at(4, 11, 12)}


def test_a_deadline_that_goes_goes_everywhere() -> None:
    was = plan(at(3, 9), cancel_until_at=at(3, 7))

    found = rules.carried(was, {**was, "cancel_until_at": None}, plan(at(4, 13)))

    assert found == {"cancel_until_at": None}


def test_a_shift_into_the_hour_that_is_not_there_stays_as_asked() -> None:
    was = plan(datetime(2027, 3, 21, 1, 30, tzinfo=AMSTERDAM))
    asked = {**was, "starts_at": datetime(2027, 3, 21, 2, 30, tzinfo=AMSTERDAM)}

    other = rules.carried(was, asked, plan(datetime(2027, 3, 28, 1, 30, tzinfo=AMSTERDAM)))

    assert other["starts_at"].isoformat()[:16] == "2027-03-28T02:30"


def test_the_second_of_two_hours_stays_the_second() -> None:
    was = plan(datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM).astimezone(UTC))
    second = was["starts_at"] + timedelta(hours=1)  # type: ignore[operator]

    assert rules.carried(was, {**was, "starts_at": second}, was) == {"starts_at": second}


@pytest.mark.parametrize("first", [at(3, 15, 19), at(10, 18, 19)])
def test_a_series_keeps_its_hour_over_every_change_of_the_clock(first: datetime) -> None:
    found = rules.laid_out(Layout(Every.week, times=6), first.astimezone(UTC), ZONE)

    turns = [rules.turn(one, timedelta(hours=2), now=NOW) for one in found]

    assert {(one.starts_at.hour, one.ends_at.hour) for one in turns} == {(19, 21)}
    assert len({one.starts_at.utcoffset() for one in turns}) == 2
