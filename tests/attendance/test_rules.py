"""Codes that are read as meant, and who goes through the door."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance import rules
from server.attendance.rules import Claim
from server.clock import AMSTERDAM
from server.registrations import codes
from tables.attendance import Direction, ScanResult
from tables.registrations import LineState

START = datetime(2027, 3, 4, 8, tzinfo=UTC)
CLAIM = Claim(7, "confirmed", START, START + timedelta(hours=8), is_in=False)
HOUR = timedelta(hours=1)


@given(st.integers(0, 7))
def test_code_is_read_however_it_is_typed(place: int) -> None:
    code = codes.new_code()
    typed = code.replace("0", "o").replace("1", "l").lower()
    spaced = f" {typed[:place]} {typed[place:]}-"

    assert (len(code), codes.read_code(spaced)) == (8, code)
    assert [codes.is_name(spaced), codes.is_name("Van der Berg")] == [False, True]
    assert codes.read_code(codes.shown(code)) == code


@pytest.mark.parametrize("state", LineState)
def test_only_a_confirmed_place_goes_through(state: LineState) -> None:
    found = rules.verdict(replace(CLAIM, state=state.value), 7, Direction.in_, START)

    expected = ScanResult.ok if state == LineState.confirmed else ScanResult.not_confirmed
    assert found == expected


@pytest.mark.parametrize(
    ("claim", "direction", "at", "result"),
    [
        (None, Direction.in_, START, ScanResult.unknown_code),
        (replace(CLAIM, event_id=8), Direction.in_, START, ScanResult.other_event),
        (CLAIM, Direction.in_, START - 13 * HOUR, ScanResult.not_today),
        (replace(CLAIM, is_postponed=True), Direction.in_, START, ScanResult.not_today),
        (CLAIM, Direction.in_, START - 12 * HOUR, ScanResult.ok),
        (CLAIM, Direction.in_, START + 21 * HOUR, ScanResult.not_today),
        (replace(CLAIM, is_in=True), Direction.in_, START, ScanResult.already_in),
        (replace(CLAIM, is_in=True), Direction.out, START, ScanResult.ok),
        (CLAIM, Direction.out, START, ScanResult.not_in),
        (replace(CLAIM, is_for_part=False), Direction.in_, START, ScanResult.not_for_part),
        (replace(CLAIM, is_for_part=False, is_in=True), Direction.out, START, ScanResult.ok),
    ],
)
def test_the_first_reason_is_said(
    claim: Claim | None, direction: Direction, at: datetime, result: ScanResult
) -> None:
    assert rules.verdict(claim, 7, direction, at) == result


def test_a_device_is_believed_about_the_past_and_not_about_the_future() -> None:
    now = START
    for given_at in (None, now + HOUR, now - 49 * HOUR, START.replace(tzinfo=None)):
        assert rules.moment_of(given_at, now) == now
    assert rules.moment_of(now - HOUR, now) == now - HOUR


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, -72 * HOUR])
def test_of_a_device_with_a_wrong_clock_only_the_time_it_waited_counts(wrong: timedelta) -> None:
    scanned, now = START - 2 * HOUR, START

    found = rules.moment_of(scanned + wrong, now, sent=now + wrong)

    assert found == scanned
    for sent in (scanned + wrong - HOUR, now.replace(tzinfo=None)):  # set right in between
        assert rules.moment_of(scanned, now, sent=sent) in (now, scanned)


def test_link_for_helpers_ends_with_the_day_after() -> None:
    ends_at = datetime(2027, 3, 27, 16, tzinfo=UTC)  # the clock changes on the 28th
    assert rules.day_of_helping(ends_at) == datetime(2027, 3, 28, 22, tzinfo=UTC)


@pytest.mark.parametrize(("hour", "day"), [(3, 3), (4, 4), (23, 4)])
def test_day_at_the_door_lasts_until_four_in_the_night(hour: int, day: int) -> None:
    at = datetime(2027, 3, 4, hour, tzinfo=AMSTERDAM)
    assert rules.day_began(at) == datetime(2027, 3, day, 4, tzinfo=AMSTERDAM)


def on(day: int, hour: float) -> datetime:
    return datetime(2027, 3, day, tzinfo=AMSTERDAM) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("at", "began", "ends"),
    [
        (on(4, 23), on(4, 4), on(5, 8)),  # the night course goes on until six
        (on(5, 5), on(4, 4), on(5, 8)),
        (on(5, 7.9), on(4, 4), on(5, 8)),  # the last one leaves
        (on(5, 9), on(5, 8), on(6, 4)),
    ],
)
def test_day_at_the_door_waits_for_what_lasts_all_night(
    at: datetime, began: datetime, ends: datetime
) -> None:
    nights = rules.nights_of(on(4, 9), on(6, 17), [(on(4, 22), on(5, 6)), (on(5, 9), on(5, 12))])

    assert nights == [(on(4, 22), on(5, 6)), (on(5, 9), on(5, 12))]
    assert (rules.day_began(at, nights), rules.day_ends(at, nights)) == (began, ends)


@given(st.integers(0, 60 * 72), st.integers(0, 60 * 48), st.integers(1, 60 * 24))
def test_every_moment_is_in_exactly_one_day_at_the_door(at: int, begins: int, lasts: int) -> None:
    moment = on(3, 0) + timedelta(minutes=at)
    starts = on(3, 0) + timedelta(minutes=begins)
    nights = rules.nights_of(starts, starts + timedelta(minutes=lasts), [])

    began, ends = rules.day_began(moment, nights), rules.day_ends(moment, nights)

    assert began <= moment < ends
    assert rules.day_began(began, nights) == began
    assert rules.day_began(ends - timedelta(minutes=1), nights) == began
