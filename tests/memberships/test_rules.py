"""The status of any day: without a database."""

from datetime import date, timedelta

import pytest

from server.memberships import rules
from server.memberships.rules import Period, Span, Status

JOINED = date(2024, 3, 1)
ENDED = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "periods", "status"),
    [
        (date(2024, 2, 29), [Period(JOINED)], Status.contact),
        (JOINED, [Period(JOINED)], Status.active),
        (ENDED, [Period(JOINED, ENDED)], Status.active),
        (date(2027, 1, 1), [Period(JOINED, ENDED)], Status.ended),
        (date(2027, 1, 30), [Period(JOINED, ENDED, 30)], Status.grace),
        (date(2027, 1, 31), [Period(JOINED, ENDED, 30)], Status.ended),
        (date(2027, 1, 1), [Period(JOINED, ENDED, 30, "member")], Status.ended),
        (date(2027, 6, 1), [Period(JOINED, ENDED), Period(date(2027, 6, 1))], Status.active),
        (date(2027, 5, 31), [Period(date(2027, 6, 1)), Period(JOINED, ENDED)], Status.ended),
        (JOINED, [], Status.contact),
    ],
)
def test_status_of_a_day(day: date, periods: list[Period], status: Status) -> None:
    assert rules.status_on(day, periods) == status


def test_death_goes_before_everything() -> None:
    died = date(2026, 5, 5)
    periods = [Period(JOINED)]

    assert [
        rules.status_on(died - timedelta(days=1), periods, deceased_on=died),
        rules.status_on(died, periods, deceased_on=died),
    ] == [Status.active, Status.deceased]


def test_only_who_would_have_rights_is_suspended() -> None:
    days = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 20)]
    suspensions = [Span(date(2026, 12, 31), date(2027, 1, 15))]

    assert [
        rules.status_on(day, [Period(JOINED, ENDED, 30)], suspensions=suspensions) for day in days
    ] == [Status.active, Status.suspended, Status.suspended, Status.grace]
    assert rules.status_on(days[1], [], suspensions=suspensions) == Status.contact


def test_who_was_expelled_is_suspended_while_they_may_appeal() -> None:
    expelled = Period(JOINED, ENDED, ended_by="association", ground="expulsion")
    unfit = Period(JOINED, ENDED, ended_by="association", ground="requirements")
    days = [ENDED, date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1)]

    assert [rules.status_on(day, [expelled]) for day in days] == [
        *(Status.active, Status.suspended, Status.suspended, Status.ended),
    ]
    assert rules.status_on(days[1], [unfit]) == Status.ended
    again = Period(date(2027, 1, 10))
    assert rules.status_on(date(2027, 1, 10), [again, expelled]) == Status.active


def test_who_applies_is_an_applicant_until_the_decision() -> None:
    asked = [Span(JOINED, JOINED + timedelta(days=3))]

    assert [
        rules.status_on(JOINED + timedelta(days=n), [], applications=asked) for n in (-1, 0, 3, 4)
    ] == [Status.contact, Status.applicant, Status.applicant, Status.contact]
