"""Where a registration goes, and how long an offer stands: without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from server.clock import AMSTERDAM
from server.events import counting
from server.registrations import rules
from server.registrations.rules import Room
from server.registrations.states import LINE, LIVE
from tables.registrations import LineState

S = LineState


def at(text: str) -> datetime:
    """An hour on a Dutch clock."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("capacity", "held", "somebody_first", "state"),
    [
        (2, 1, False, S.confirmed),
        (2, 2, False, S.waiting),
        (2, 3, False, S.waiting),
        (2, 1, True, S.waiting),
        (0, 0, False, S.waiting),
        (None, 999, False, S.confirmed),
        (None, 0, True, S.waiting),
    ],
)
def test_nobody_overtakes_the_line(
    capacity: int | None, held: int, somebody_first: bool, state: LineState
) -> None:
    assert rules.place(Room(1, capacity, held, somebody_first)) == state


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        # Monday 8 March 2027; more than 14 days: 48 hours
        ("2027-03-08 10:00", "2027-04-20 10:00", "2027-03-10 10:00"),
        ("2027-03-08 10:00", "2027-03-22 10:01", "2027-03-10 10:00"),
        # exactly 14 days: 24 hours
        ("2027-03-08 10:00", "2027-03-22 10:00", "2027-03-09 10:00"),
        ("2027-03-08 10:00", "2027-03-11 10:01", "2027-03-09 10:00"),
        # exactly 3 days: 6 hours
        ("2027-03-08 10:00", "2027-03-11 10:00", "2027-03-08 16:00"),
        # exactly a day: 2 hours
        ("2027-03-08 10:00", "2027-03-09 10:00", "2027-03-08 12:00"),
        # in the evening: the next morning; early: the same morning
        ("2027-03-08 19:30", "2027-03-11 10:00", "2027-03-09 08:00"),
        ("2027-03-08 14:00", "2027-03-11 10:00", "2027-03-09 08:00"),
        ("2027-03-08 13:59", "2027-03-11 10:00", "2027-03-08 19:59"),
        ("2027-03-08 04:00", "2027-03-09 03:00", "2027-03-08 08:00"),
        # weekend: Monday morning
        ("2027-03-11 10:00", "2027-04-20 10:00", "2027-03-15 08:00"),
        ("2027-03-12 19:00", "2027-03-16 10:00", "2027-03-15 08:00"),
        # Easter Monday 29 March 2027, Good Friday 26 March
        ("2027-03-24 10:00", "2027-05-20 10:00", "2027-03-30 08:00"),
        # King's Day, Ascension Day, Whit Monday, Christmas, New Year
        ("2027-04-25 10:00", "2027-06-20 10:00", "2027-04-28 08:00"),
        ("2027-05-04 10:00", "2027-06-20 10:00", "2027-05-07 08:00"),
        ("2027-05-15 10:00", "2027-06-20 10:00", "2027-05-18 08:00"),
        ("2026-12-23 10:00", "2027-06-20 10:00", "2026-12-28 08:00"),
        ("2026-12-30 10:00", "2027-06-20 10:00", "2027-01-04 08:00"),
        # never past the start
        ("2027-03-12 20:30", "2027-03-13 09:30", "2027-03-13 09:30"),
        ("2027-03-08 10:00", "2027-03-08 11:00", "2027-03-08 11:00"),
    ],
)
def test_an_offer_ends_at_a_working_moment(now: str, starts: str, until: str) -> None:
    asked, begins = at(now).astimezone(UTC), at(starts).astimezone(UTC)

    assert rules.offer_ends_at(asked, begins) == at(until)


def test_an_offer_over_the_change_of_clocks_lasts_as_many_real_hours() -> None:
    saturday = at("2027-03-27 10:00").astimezone(UTC)
    thursday = at("2027-10-28 10:00").astimezone(UTC)

    ends = rules.offer_ends_at(saturday, saturday + timedelta(days=30))
    in_autumn = rules.offer_ends_at(thursday, thursday + timedelta(days=10))

    assert ends == datetime(2027, 3, 30, 6, 0, tzinfo=UTC)  # Easter Monday lies between
    assert in_autumn == datetime(2027, 10, 29, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", [*S])
def test_who_may_cancel_until_when(state: LineState) -> None:
    now = at("2027-03-08 10:00")
    later, earlier = now + timedelta(hours=1), now - timedelta(hours=1)

    in_time = rules.may_cancel(state, cancel_until_at=later, starts_at=later, now=now)
    after_deadline = rules.may_cancel(state, cancel_until_at=earlier, starts_at=later, now=now)
    after_start = rules.may_cancel(state, cancel_until_at=None, starts_at=now, now=now)

    in_line = state in (S.waiting, S.offered, S.unverified, S.approval)
    assert (in_time, after_deadline, after_start) == (
        in_line or state == S.confirmed,
        in_line,
        False,
    )


def test_a_postponed_event_can_be_cancelled_at_any_time() -> None:
    now = at("2027-03-08 10:00")
    past = now - timedelta(days=1)

    may = [
        rules.may_cancel(
            state, cancel_until_at=past, starts_at=past, is_postponed=is_postponed, now=now
        )
        for state in (S.confirmed, S.waiting, S.cancelled)
        for is_postponed in (True, False)
    ]

    assert may == [True, False, True, False, False, False]


@pytest.mark.parametrize(
    ("until", "days", "becomes"),
    [
        (None, 90, None),
        ("2027-03-05 17:00", 90, "2027-06-03 17:00"),
        ("2027-03-20 17:00", -7, "2027-03-13 17:00"),
        ("2027-03-12 17:00", -7, None),  # it would have passed
        ("2027-03-05 17:00", 0, None),  # only the room is another: it has passed
        ("2027-03-20 17:00", 0, "2027-03-20 17:00"),
    ],
)
def test_the_last_moment_to_cancel_moves_along(
    until: str | None, days: int, becomes: str | None
) -> None:
    now = at("2027-03-08 10:00")

    found = rules.cancel_until(until and at(until), now, now + timedelta(days=days), now=now)

    assert found == (becomes and at(becomes))


def test_an_offer_is_missed_once() -> None:
    assert [rules.missed_action(missed) for missed in (0, 1, 2)] == ["miss", "expire", "expire"]


MATRIX = {
    S.unverified: {"verify", "submit", "queue", "expire", "cancel", "cancel_by_organiser"},
    S.approval: {"queue", "approve", "reject", "expire", "cancel", "cancel_by_organiser"},
    S.waiting: {"offer", "place", "expire", "cancel", "cancel_by_organiser"},
    S.offered: {"accept", "decline", "miss", "expire", "cancel", "cancel_by_organiser"},
    S.confirmed: {"cancel", "cancel_by_organiser"},
}


@pytest.mark.parametrize("state", [*S])
def test_every_state_allows_what_it_allows(state: LineState) -> None:
    assert set(LINE.allowed(state)) == MATRIX.get(state, set())
    assert (state in LIVE) is (state in MATRIX)


def test_what_stands_is_the_same_in_sql() -> None:
    assert str(tuple(str(one) for one in LIVE)) == counting.LIVE
