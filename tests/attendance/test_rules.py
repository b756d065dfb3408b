"""Codes that are read as meant, and who goes through the door."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance import rules
from server.attendance.rules import Claim
from server.clock import AMSTERDAM
from tables.attendance import Direction, ScanResult
from tables.registrations import LineState

START = datetime(2027, 3, 4, 8, tzinfo=UTC)
CLAIM = Claim(7, "confirmed", START, START + timedelta(hours=8), is_in=False)
HOUR = timedelta(hours=1)


@given(st.integers(0, 7))
def test_code_is_read_however_it_is_typed(place: int) -> None:
    code = rules.new_code()
    typed = code.replace("0", "o").replace("1", "l").lower()
    spaced = f" {typed[:place]} {typed[place:]}-"

    assert (len(code), rules.read_code(spaced)) == (8, code)
    assert [rules.is_name(spaced), rules.is_name("Van der Berg")] == [False, True]
    assert rules.read_code(rules.shown(code)) == code


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


def test_link_for_helpers_ends_with_the_day_after() -> None:
    ends_at = datetime(2027, 3, 27, 16, tzinfo=UTC)  # the clock changes on the 28th
    assert rules.day_of_helping(ends_at) == datetime(2027, 3, 28, 22, tzinfo=UTC)


@pytest.mark.parametrize(("hour", "day"), [(3, 3), (4, 4), (23, 4)])
def test_day_at_the_door_lasts_until_four_in_the_night(hour: int, day: int) -> None:
    at = datetime(2027, 3, 4, hour, tzinfo=AMSTERDAM)
    assert rules.day_began(at) == datetime(2027, 3, day, 4, tzinfo=AMSTERDAM)
