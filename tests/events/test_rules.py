"""Addresses, and marks in the agenda's pages."""

from datetime import UTC, datetime, timedelta

import pytest

from server.errors import Invalid
from server.events import rules

NOON = datetime(2027, 3, 12, 11, 0, tzinfo=UTC)


def test_a_mark_can_be_read_back() -> None:
    mark = rules.Mark(NOON, 12)

    assert rules.mark_in(str(mark)) == mark


@pytest.mark.parametrize(
    "text",
    [
        "",
        "_",
        "_1",
        "2027-03-12T11:00:00+00:00",
        "2027-03-12T11:00:00+00:00_",
        "zz_1",
        "2027-03-12T11:00:00+00:00_-1",
        "2027-03-12T11:00:00+00:00_99999999999",
        "0001-01-01T00:00:00+14:00_1",
        "2027-03-12T11:00:00+00:00_١",
    ],
)
def test_anything_else_is_no_mark(text: str) -> None:
    assert rules.mark_in(text) is None


@pytest.mark.parametrize(
    ("slug", "problems"),
    [
        ("", {}),
        ("pijndag-2027", {}),
        ("Pijndag 2027", {"slug": "events.invalid.slug"}),
        ("dag/registration", {"slug": "events.invalid.slug"}),
        ("-", {"slug": "events.invalid.slug"}),
    ],
)
def test_an_address_given_by_hand_can_be_an_address(slug: str, problems: dict[str, str]) -> None:
    values = {"title": "Pijndag", "starts_at": NOON, "ends_at": NOON.replace(hour=17), "slug": slug}

    try:
        rules.check(values)
        found: dict[str, str] = {}
    except Invalid as no:
        found = no.fields

    assert found == problems


@pytest.mark.parametrize(
    ("state", "hours", "goes_on"),
    [
        ("draft", 1, False),
        ("announced", 1, True),
        ("published", 1, True),
        ("published", 6, False),
        ("postponed", 99, True),
        ("cancelled", 1, False),
        ("completed", 1, False),
        ("archived", 1, False),
    ],
)
def test_what_is_still_to_be_held(state: str, hours: int, goes_on: bool) -> None:
    ends_at = NOON + timedelta(hours=6)

    assert rules.goes_on(state, ends_at=ends_at, now=NOON + timedelta(hours=hours)) is goes_on


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [(None, 1, True), (None, 0, False), (1, 2, False), (0, 2, True), (None, 99, False)],
)
def test_registration_is_open_in_its_window_and_never_after_the_end(
    opens: int | None, closes: int, is_open: bool
) -> None:
    ends_at = NOON if closes == 99 else NOON + timedelta(hours=6)

    assert is_open is rules.is_open(
        "published",
        has_registration=True,
        opens_at=None if opens is None else NOON + timedelta(hours=opens),
        closes_at=NOON + timedelta(hours=closes),
        ends_at=ends_at,
        now=NOON,
    )


@pytest.mark.parametrize(
    ("opens", "closes", "problem"),
    [
        (None, 6, ""),
        (None, 7, "events.invalid.closes_after_the_end"),
        (7, 7, "events.invalid.registration_closes_at"),
    ],
)
def test_registration_closes_before_the_end(opens: int | None, closes: int, problem: str) -> None:
    given = {"registration_opens_at": opens, "registration_closes_at": closes}
    moments = {k: NOON + timedelta(hours=v) for k, v in given.items() if v is not None}
    values = {"title": "Pijndag", "starts_at": NOON, "ends_at": NOON + timedelta(hours=6)}

    try:
        rules.check(values | moments)
        found = ""
    except Invalid as no:
        found = no.fields["registration_closes_at"]

    assert found == problem


def test_a_long_title_is_cut_without_a_hyphen_at_the_end() -> None:
    assert rules.slug_of(f"{'a' * 79} b", NOON) == f"{'a' * 79}-2027"
