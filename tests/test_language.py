"""Days, hours, money and messages as people read them."""

from datetime import UTC, date, datetime

import pytest

from server import language

SUMMER = datetime(2026, 7, 4, 7, 30, tzinfo=UTC)
LATE = datetime(2026, 11, 14, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "moment", "clock", "day"),
    [
        ("nl", "zaterdag 4 juli 2026, 09.30 uur", "09.30 uur", "4 juli 2026"),
        ("en", "Saturday 4 July 2026, 09:30", "09:30", "4 July 2026"),
    ],
)
def test_moments_are_told_on_an_amsterdam_clock(
    said: str, moment: str, clock: str, day: str
) -> None:
    assert language.moment(SUMMER, said) == moment
    assert language.clock_time(SUMMER, said) == clock
    assert language.day(date(2026, 7, 4), said) == day


def test_late_in_the_evening_it_is_tomorrow_in_amsterdam() -> None:
    assert language.long_day(LATE, "nl") == "zondag 15 november 2026"
    assert language.weekday(LATE, "nl") == "zo"
    assert language.day_number(LATE, "nl") == "15"


@pytest.mark.parametrize(
    ("ends", "said", "told"),
    [
        (SUMMER.replace(hour=15), "nl", "zaterdag 4 juli 2026, 09.30–17.30 uur"),
        (SUMMER.replace(hour=15), "en", "Saturday 4 July 2026, 09:30–17:30"),
        (
            SUMMER.replace(hour=23),
            "nl",
            "zaterdag 4 juli 2026, 09.30 uur – zondag 5 juli 2026, 01.30 uur",
        ),
    ],
)
def test_from_and_to(ends: datetime, said: str, told: str) -> None:
    assert language.span(SUMMER, ends, said) == told


def test_money_is_written_as_in_the_country() -> None:
    assert language.money(7500, "nl").replace("\xa0", " ") == "€ 75,00"
    assert language.money(7500, "en") == "€75.00"


@pytest.mark.parametrize("key", ["events.unknown", "unknown", ""])
def test_an_unknown_message_is_a_mistake(key: str) -> None:
    assert language.knows(key) is False
    with pytest.raises(language.UnknownMessage):
        language.text("nl", key)


def test_braces_that_people_typed_are_left_alone() -> None:
    told = language.text("nl", "registrations.form.title", event="{0} {x}")

    assert "{0} {x}" in told
