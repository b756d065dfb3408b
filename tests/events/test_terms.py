"""From when until when which class registers."""

from datetime import datetime, timedelta

import pytest

from server import hours
from server.events.terms import Terms, along, price, read, window
from tests.registrations.cast import EARLY

WEEK = timedelta(days=7)


def test_a_window_is_the_widest_of_the_classes() -> None:
    opens, closes = EARLY, EARLY + WEEK
    later = Terms("other", opens_at=EARLY + timedelta(days=1), closes_at=EARLY + 2 * WEEK)
    assert window((), opens, closes) == (opens, closes)
    assert window([Terms("member"), later], opens, closes) == (opens, EARLY + 2 * WEEK)
    assert window([Terms("member"), later], None, closes, {"other"}) == (
        later.opens_at,
        later.closes_at,
    )
    assert window([Terms("member"), later], None, closes)[0] is None


def test_of_several_classes_the_lowest_price_is_paid() -> None:
    terms = [Terms("member", price_cents=2500), Terms("other", price_cents=9500)]
    assert price(terms, {"member", "other"}) == terms[0]
    assert price(terms, {"other"}) == terms[1]
    assert price([Terms("member"), terms[1]], {"member", "other"}) is None
    assert price([], {"other"}) is None


def test_no_terms_are_read_from_nothing() -> None:
    assert read(None) == ()


MOVED = (EARLY + 3 * WEEK, EARLY + 7 * WEEK)  # by four weeks, in one season
BACK = MOVED[::-1]


@pytest.mark.parametrize(
    ("opens", "closes", "move", "becomes"),
    [
        (1, 3, MOVED, (5, 7)),
        (-1, 3, MOVED, (-1, 7)),  # it is open, and stays open
        (-3, -1, MOVED, (-3, 3)),  # it was closed, and there is time again
        (-6, -5, MOVED, (-6, -5)),  # it was closed, and still is
        (5, 7, BACK, (1, 3)),
        (2, 7, BACK, (-2, 3)),  # it opens at once
        (-1, 3, BACK, (-1, 3)),  # it does not close at once
        (None, 3, MOVED, (None, 7)),
        (1, None, MOVED, (5, None)),
        (None, None, MOVED, (None, None)),
    ],
)
def test_windows_move_with_the_event(
    opens: int | None,
    closes: int | None,
    move: tuple[datetime, datetime],
    becomes: tuple[int | None, int | None],
) -> None:
    def at(weeks: int | None) -> datetime | None:
        return None if weeks is None else EARLY + weeks * WEEK

    [one] = along([Terms("member", at(opens), at(closes), 2500)], *move, now=EARLY)

    hands = [moment and hours.hands(moment) for moment in (one.opens_at, one.closes_at)]
    asked = [moment and hours.hands(moment) for moment in map(at, becomes)]
    assert (hands, one.price_cents) == (asked, 2500)
