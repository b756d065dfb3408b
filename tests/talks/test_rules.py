"""When one may propose and until when one must answer, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server import holidays
from server.talks import rules
from server.talks.rules import Offer, Text
from tables.talks import ProposalState as S

CLOSES = datetime(2027, 1, 31, 22, 59, tzinfo=UTC)  # 23.59 in Amsterdam
MINUTE = timedelta(minutes=1)
OFFERED = [Offer("lecture", 20), Offer("workshop", 90)]
TEXT = Text(title="Pijneducatie", abstract="Wat blijft hangen?")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (CLOSES - timedelta(days=8), "coming"),
        (CLOSES - timedelta(days=7), "open"),
        (CLOSES - MINUTE, "open"),
        (CLOSES, "closed"),
    ],
)
def test_a_call_is_coming_then_open_then_closed(now: datetime, expected: str) -> None:
    assert rules.phase(CLOSES - timedelta(days=7), CLOSES, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2027, 1, 19, 22, 0, tzinfo=UTC), 12),
        (datetime(2027, 1, 19, 23, 30, tzinfo=UTC), 11),  # past midnight in Amsterdam
        (datetime(2027, 1, 31, 8, 0, tzinfo=UTC), 0),
        (datetime(2027, 2, 3, 8, 0, tzinfo=UTC), 0),
    ],
)
def test_days_left_are_midnights_in_amsterdam(now: datetime, expected: int) -> None:
    assert rules.days_left(CLOSES, now) == expected


@pytest.mark.parametrize(
    ("opened", "now", "expected"),
    [
        (-60, -1, True),
        (-60, 0, True),
        (-1, 29, True),
        (-1, 30, False),
        (0, 1, False),
        (5, 6, False),
    ],
)
def test_a_form_opened_in_time_has_half_an_hour_of_grace(
    opened: int, now: int, expected: bool
) -> None:
    taken = rules.takes_new(CLOSES, opened_at=CLOSES + opened * MINUTE, now=CLOSES + now * MINUTE)

    assert taken is expected


@pytest.mark.parametrize("state", list(S))
def test_the_text_of_a_draft_and_of_what_waits_may_change(state: S) -> None:
    in_time = rules.may_change(state, CLOSES, CLOSES - MINUTE)
    too_late = rules.may_change(state, CLOSES, CLOSES + timedelta(days=1))

    assert in_time is (state in (S.draft, S.submitted, S.revision))
    assert too_late is (state == S.revision)


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        # Friday, 14 days on is Friday
        (datetime(2027, 1, 8, 10, 0, tzinfo=UTC), 14, datetime(2027, 1, 22, 16, 0, tzinfo=UTC)),
        # Saturday moves to Monday
        (datetime(2027, 1, 9, 10, 0, tzinfo=UTC), 14, datetime(2027, 1, 25, 16, 0, tzinfo=UTC)),
        # Good Friday to Easter Monday move to Tuesday, in summer time
        (datetime(2027, 3, 12, 10, 0, tzinfo=UTC), 14, datetime(2027, 3, 30, 15, 0, tzinfo=UTC)),
    ],
)
def test_the_answer_is_asked_at_the_end_of_a_working_day(
    now: datetime, days: int, expected: datetime
) -> None:
    assert rules.confirm_by(now, days, now + timedelta(days=90)) == expected


def test_the_answer_is_never_asked_after_the_start() -> None:
    now = datetime(2027, 1, 8, 10, 0, tzinfo=UTC)

    assert rules.confirm_by(now, 14, now + timedelta(days=3)) == now + timedelta(days=3)


@pytest.mark.parametrize(
    ("hours_before", "days_given", "expected"),
    [
        (24 * 8, 14, None),
        (24 * 7, 14, 7),
        (24 * 4, 14, 7),
        (24 * 3, 14, 3),
        (25, 14, 3),
        (24, 14, 1),
        (1, 14, 1),
        (0, 14, None),
        (-5, 14, None),
        (24 * 6, 7, None),  # given a week: no letter on the first day
        (24 * 3, 7, 3),
        (12, 1, None),
    ],
)
def test_reminders_come_seven_three_and_one_days_before(
    hours_before: int, days_given: int, expected: int | None
) -> None:
    now = CLOSES - timedelta(hours=hours_before)

    assert rules.reminder_due(CLOSES, days_given=days_given, now=now) == expected


def test_formats_carry_their_length_or_take_the_usual_one() -> None:
    assert rules.offers(["lecture:20", "workshop", "song", "poster:x"]) == OFFERED
    assert rules.offers([]) == [
        Offer("lecture", 30),
        Offer("workshop", 90),
        Offer("poster", 5),
        Offer("symposium", 75),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("lecture", True),
        ("lecture:20", True),
        ("lecture:", False),
        ("song", False),
        ("", False),
        ("lecture:0", False),
        ("lecture:4", False),
        ("lecture:240", True),
        ("lecture:241", False),
        ("lecture:99999999999", False),
    ],
)
def test_a_format_is_written_in_one_way(entry: str, expected: bool) -> None:
    assert rules.is_offer(entry) is expected


def test_the_length_asked_for_beats_the_usual_one() -> None:
    assert rules.minutes_of(replace(TEXT, minutes=45), OFFERED) == 45
    assert rules.minutes_of(TEXT, OFFERED) == 20


def test_words_are_counted_without_marks() -> None:
    assert rules.count_words("# Pijn – wat nu?\n\n- één\n* twee 3\n---") == 6
    assert rules.count_words("  \n") == 0


def test_a_sound_text_has_no_problems() -> None:
    assert rules.problems_of(TEXT, OFFERED) == {}


def test_every_problem_of_a_text_is_named() -> None:
    text = Text(
        title="x" * 201,
        abstract="woord " * 501,
        format="poster",
        minutes=500,
        topics=tuple("abcdefghi"),
    )

    assert rules.problems_of(text, OFFERED) == {
        "title": "errors.field.too_long",
        "abstract": "talks.invalid.abstract_words",
        "format": "errors.field.choice",
        "minutes": "talks.invalid.minutes",
        "topics": "talks.invalid.topics",
    }


def test_a_draft_may_still_be_long_or_empty_but_not_endless() -> None:
    assert rules.problems_of_draft(replace(TEXT, abstract=""), OFFERED) == {}
    assert rules.problems_of_draft(replace(TEXT, abstract="woord " * 501), OFFERED) == {}
    assert rules.problems_of_draft(replace(TEXT, abstract="x" * 6001), OFFERED) == {
        "abstract": "errors.field.too_long"
    }


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (S.draft, "submit"),
        (S.submitted, "wait"),
        (S.reserve, "wait"),
        (S.revision, "revise"),
        (S.accepted, "confirm"),
        (S.confirmed, "nothing"),
        (S.rejected, "nothing"),
        (S.withdrawn, "nothing"),
        (S.cancelled, "nothing"),
        (S.delivered, "nothing"),
    ],
)
def test_there_is_one_next_step(state: S, step: str) -> None:
    assert rules.next_step(state, CLOSES, CLOSES - MINUTE) == step


def test_a_late_draft_has_no_next_step() -> None:
    assert rules.next_step(S.draft, CLOSES, CLOSES + rules.GRACE) == "too_late"


def test_only_an_unanswered_acceptance_is_overdue() -> None:
    assert rules.is_overdue(S.accepted, CLOSES, CLOSES) is True
    assert rules.is_overdue(S.accepted, CLOSES, CLOSES - MINUTE) is False
    assert rules.is_overdue(S.confirmed, CLOSES, CLOSES) is False
    assert rules.is_overdue(S.accepted, None, CLOSES) is False


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2027, 3, 26),  # Good Friday
        date(2027, 3, 29),  # Easter Monday
        date(2027, 4, 27),  # King's Day
        date(2025, 4, 26),  # King's Day, moved from a Sunday
        date(2027, 5, 5),
        date(2027, 5, 6),  # Ascension Day
        date(2027, 5, 17),  # Whit Monday
        date(2028, 12, 25),
        date(2027, 3, 13),  # a Saturday
    ],
)
def test_nobody_is_asked_to_answer_on_a_day_off(day: date) -> None:
    assert holidays.is_working_day(day) is False


def test_the_next_working_day_is_found() -> None:
    assert holidays.working_day_from(date(2027, 3, 25)) == date(2027, 3, 25)
    assert holidays.working_day_from(date(2027, 3, 26)) == date(2027, 3, 30)
