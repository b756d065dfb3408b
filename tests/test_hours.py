"""Hours on an Amsterdam clock: the one that is missing in March, the one that comes twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import hours, language
from server.clock import AMSTERDAM

MINUTE = timedelta(minutes=1)
NEXT_YEARS = range(2026, 2042)
AT_RANDOM = st.datetimes(
    datetime.fromisoformat("1990-01-01"),
    datetime.fromisoformat("2199-12-31"),
    timezones=st.just(UTC),
)
HANDS_IN_MARCH = datetime.fromisoformat("2027-03-28T02:30")
HANDS_IN_OCTOBER = datetime.fromisoformat("2027-10-31T02:30")


def last_sunday(year: int, month: int) -> date:
    """The day of the change: since 1996 in March and October (Directive 2000/84/EC)."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


@pytest.mark.parametrize("year", NEXT_YEARS)
def test_in_march_one_hour_is_missing(year: int) -> None:
    day = last_sunday(year, 3)

    missing = [clock(day, 2) + n * MINUTE for n in range(60)]

    assert {hours.moments(one) for one in missing} == {()}
    assert hours.moments(clock(day, 2) - MINUTE) == (datetime(year, 3, day.day, 0, 59, tzinfo=UTC),)
    assert hours.moments(clock(day, 3)) == (datetime(year, 3, day.day, 1, tzinfo=UTC),)


@pytest.mark.parametrize("year", NEXT_YEARS)
def test_in_october_one_hour_comes_twice(year: int) -> None:
    day = last_sunday(year, 10)
    first = datetime(year, 10, day.day, 0, tzinfo=UTC)

    for n in range(60):
        found = hours.moments(clock(day, 2) + n * MINUTE)
        assert found == (first + n * MINUTE, first + n * MINUTE + timedelta(hours=1))
        assert [hours.which(one) for one in found] == ["first", "second"]
    assert len(hours.moments(clock(day, 2) - MINUTE)) == 1
    assert len(hours.moments(clock(day, 3))) == 1


@pytest.mark.parametrize("year", NEXT_YEARS)
def test_on_no_other_day_is_anything_the_matter(year: int) -> None:
    changes = {last_sunday(year, 3), last_sunday(year, 10)}
    first = clock(date(year, 1, 1), 0)

    every_half_hour = [first + timedelta(minutes=30 * n) for n in range(365 * 48)]
    odd = {one.date() for one in every_half_hour if len(hours.moments(one)) != 1}

    assert odd == changes


@given(AT_RANDOM)
def test_every_moment_can_be_said_and_is_understood(moment: datetime) -> None:
    assert hours.exists(moment)
    assert hours.moment(hours.hands(moment), hours.which(moment)) == moment
    assert bool(hours.which(moment)) is (len(hours.moments(hours.hands(moment))) > 1)


@given(AT_RANDOM, st.timedeltas(timedelta(days=-900), timedelta(days=900)))
def test_what_moves_along_keeps_its_hour_and_its_side(was: datetime, moved: timedelta) -> None:
    for start in (was, datetime(was.year, 10, 31, 0, 15, tzinfo=UTC)):
        later, becomes = start + timedelta(minutes=30), start + moved

        there = hours.along(later, start, becomes)

        asked = hours.hands(later) + (hours.hands(becomes) - hours.hands(start))
        if hours.lost(later, start, becomes):
            assert hours.moments(asked) == ()
            assert hours.hands(there) == asked + timedelta(hours=1)
        else:
            assert hours.hands(there) == asked


def test_an_end_stays_after_its_start_in_the_doubled_hour() -> None:
    was = datetime(2027, 10, 30, 0, 15, tzinfo=UTC)
    second = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)

    ends = hours.along(was + timedelta(minutes=30), was, second)
    closes = hours.along(was - timedelta(minutes=10), was, second)

    assert ends == second + timedelta(minutes=30)
    assert closes == datetime(2027, 10, 31, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "nl",
            "Op 28 maart 2027 bestaat 02.30 uur niet: de klok gaat dan van 02.00 naar 03.00 uur."
            " Kies een andere tijd.",
        ),
        (
            "en",
            "On 28 March 2027 there is no 02:30: the clock goes from 02:00 to 03:00."
            " Choose another time.",
        ),
    ],
)
def test_the_missing_hour_is_told_in_words(said: str, words: str) -> None:
    with pytest.raises(hours.Unclear) as no:
        hours.moment(HANDS_IN_MARCH, "first")

    assert no.value.sentence == "errors.field.missing_hour"
    assert language.text(said, no.value.sentence) == words


def test_the_doubled_hour_is_asked_about_until_it_is_said_which() -> None:
    hands = HANDS_IN_OCTOBER

    with pytest.raises(hours.Unclear) as no:
        hours.moment(hands)

    assert language.text("nl", no.value.sentence) == (
        "Op 31 oktober 2027 is het twee keer 02.30 uur: de klok gaat dan van 03.00 terug naar"
        " 02.00 uur. Kies welke u bedoelt."
    )
    assert hours.moment(hands, "first") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert hours.moment(hands, "second") == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_moment_with_the_hands_of_the_missing_hour_is_none() -> None:
    assert not hours.exists(datetime(2027, 3, 28, 2, 30, tzinfo=AMSTERDAM))
    assert not hours.exists(datetime(2027, 3, 28, 2, 30, tzinfo=AMSTERDAM, fold=1))
    assert hours.exists(datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM))
    assert not hours.exists(datetime.fromisoformat("9999-12-31T23:59:59-14:00"))


@pytest.mark.parametrize(
    ("from_utc", "to_utc", "nl", "en"),
    [
        ((0, 0), (0, 45), "02.00–02.45 uur (zomertijd)", "02:00–02:45 (summer time)"),
        ((1, 0), (1, 45), "02.00–02.45 uur (wintertijd)", "02:00–02:45 (winter time)"),
        (
            *((0, 30), (1, 15)),
            *("02.30 uur (zomertijd) – 02.15 uur (wintertijd)",),
            *("02:30 (summer time) – 02:15 (winter time)",),
        ),
        ((7, 0), (8, 15), "08.00–09.15 uur", "08:00–09:15"),
    ],
)
def test_of_two_hours_it_is_said_which(
    from_utc: tuple[int, int], to_utc: tuple[int, int], nl: str, en: str
) -> None:
    starts, ends = (datetime(2027, 10, 31, *one, tzinfo=UTC) for one in (from_utc, to_utc))

    assert language.hours(starts, ends, "nl") == nl
    assert language.hours(starts, ends, "en") == en
