"""Codes, numbers and fingerprints of certificates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance.presence import PartPresence, Sheet
from server.certificates import rules
from server.clock import UTC
from tests.factories import NOON


def sheet(*minutes: int, kind: str = "content") -> Sheet:
    parts = [
        PartPresence(n, kind, "Deel", "", NOON, NOON, there, "present", "scans", "")
        for n, there in enumerate(minutes, start=1)
    ]
    return Sheet(7, "Anna", parts)


def test_a_code_is_read_as_it_was_meant() -> None:
    code = rules.new_code()
    shown = rules.shown_code(code)

    assert len(code) == 26
    assert [len(part) for part in shown.split("-")] == [5, 5, 5, 5, 5, 1]
    meant = (shown.lower(), code.replace("0", "o"), code.replace("1", "l"), f" {code} ")
    for typed in (shown, *meant):
        assert rules.read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "7KQ2M", "U" * 26, "0" * 27, "é" * 26, "0" * 25 + "!"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert rules.read_code(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_code_or_nothing(typed: str) -> None:
    read = rules.read_code(typed)

    assert read is None or rules.read_code(read) == read


def test_a_fingerprint_follows_the_minutes_and_not_the_breaks() -> None:
    assert rules.digest(sheet(10, 20)) == rules.digest(sheet(10, 20))
    assert rules.digest(sheet(10, 20)) != rules.digest(sheet(10, 21))
    assert rules.digest(sheet(10, kind="break")) == rules.digest(sheet(11, kind="break"))


def test_who_was_nowhere_gets_none() -> None:
    assert rules.gets_one(sheet(0, 1))
    assert not rules.gets_one(sheet(0, 0))
    assert not rules.gets_one(sheet(60, kind="lunch"))


def test_numbers_have_four_digits_and_more_when_needed() -> None:
    assert rules.shown_number(2026, 42) == "2026-0042"
    assert rules.shown_number(2026, 12345) == "2026-12345"
    assert NOON.tzinfo == UTC
