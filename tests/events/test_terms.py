"""From when until when which class registers."""

from datetime import timedelta

from server.events.terms import Terms, price, read, window
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
