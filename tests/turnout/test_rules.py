"""Who is in which segment, and who of them is written to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.turnout import rules
from server.turnout.rules import Choice, Claim, Guest
from tables.people import EmailState
from tables.registrations import LineState
from tables.turnout import Segment
from tests.factories import NOON

SEAT, ONLINE, WORKSHOP = 1, 2, 3
L, S = LineState, Segment


def claim(state: str, unit: int = SEAT) -> Claim:
    return Claim(unit, unit != WORKSHOP, state)


def guest(*claims: Claim, **values: object) -> Guest:
    given = {
        **{"registration_id": 1, "person_id": 1, "name": "Anna", "email": "anna@example.com"},
        **{"email_state": EmailState.ok.value, "language": "nl", "code": "c"},
        **{"ticket_class": "member", "registered_at": NOON, "claims": claims},
    }
    return Guest(**{**given, **values})  # type: ignore[arg-type]


def segments(one: Guest, *, is_over: bool = True) -> set[Segment]:
    return {segment for segment in S if rules.is_in(one, Choice(segment), is_over=is_over)}


@pytest.mark.parametrize(
    ("state", "segment"),
    [
        (L.confirmed, S.confirmed),
        (L.offered, S.offered),
        (L.waiting, S.waiting),
        (L.unverified, S.pending),
        (L.approval, S.pending),
        (L.cancelled, S.cancelled),
        (L.cancelled_by_organiser, S.cancelled),
        (L.declined, S.lapsed),
        (L.expired, S.lapsed),
        (L.rejected, S.lapsed),
    ],
)
def test_everybody_is_in_one_segment_of_everybody(state: LineState, segment: Segment) -> None:
    assert segments(guest(claim(state))) & set(rules.EVERYBODY) == {segment}


def test_somebody_who_came_back_is_where_they_are_now() -> None:
    one = guest(claim(L.cancelled), claim(L.waiting))

    assert segments(one) == {S.waiting}


def test_a_seat_counts_before_the_wish_for_another() -> None:
    one = guest(claim(L.waiting, ONLINE), claim(L.confirmed))

    assert S.confirmed in segments(one)
    assert S.waiting not in segments(one)
    assert rules.is_in(one, Choice(S.waiting, ONLINE), is_over=False)
    assert not rules.is_in(one, Choice(S.confirmed, ONLINE), is_over=False)


def test_who_waits_for_a_workshop_is_among_those_of_the_workshop() -> None:
    one = guest(claim(L.confirmed), claim(L.waiting, WORKSHOP))

    assert rules.is_in(one, Choice(S.waiting, WORKSHOP), is_over=False)
    assert not rules.is_in(one, Choice(S.confirmed, WORKSHOP), is_over=False)


def test_a_class_narrows() -> None:
    one = guest(claim(L.confirmed))

    assert rules.is_in(one, Choice(S.confirmed, None, "member"), is_over=False)
    assert not rules.is_in(one, Choice(S.confirmed, None, "other"), is_over=False)


@pytest.mark.parametrize(
    ("values", "is_over", "stayed_away"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"checked_in_at": NOON}, True, False),
        ({"was_there": True}, True, False),
        ({"was_there": False, "checked_in_at": NOON}, True, True),
        ({"was_there": False, "is_excused": True}, True, False),
    ],
)
def test_who_stayed_away(values: dict[str, object], is_over: bool, stayed_away: bool) -> None:
    one = guest(claim(L.confirmed), **values)

    assert rules.is_in(one, Choice(S.no_show), is_over=is_over) is stayed_away


def test_who_gave_up_their_place_did_not_stay_away() -> None:
    assert segments(guest(claim(L.cancelled), lacks_number=True)) == {S.cancelled}


def test_who_came_in_and_who_lacks_a_number_have_a_place() -> None:
    one = guest(claim(L.confirmed), checked_in_at=NOON, lacks_number=True)

    assert segments(one) == {S.confirmed, S.checked_in, S.without_number}


@pytest.mark.parametrize(
    ("values", "segment", "why"),
    [
        ({}, S.confirmed, None),
        ({"email": ""}, S.confirmed, "no_address"),
        ({"email_state": "hold"}, S.confirmed, "hold"),
        ({"email_state": "dead"}, S.confirmed, "hold"),
        ({"is_there": False}, S.confirmed, "gone"),
        ({"email_state": "unverified"}, S.confirmed, None),
        ({"email_state": "unverified"}, S.cancelled, "unproved"),
        ({"email_state": "unverified"}, S.lapsed, "unproved"),
    ],
)
def test_who_is_not_written_to(
    values: dict[str, object], segment: Segment, why: str | None
) -> None:
    assert rules.why_not(guest(claim(L.confirmed), **values), segment) == why


def test_nobody_whose_address_is_not_confirmed_is_written_to() -> None:
    one = guest(claim(L.unverified))

    assert rules.recipients([one], Choice(S.pending), is_over=False) == []


def test_everybody_gets_one_letter() -> None:
    one = guest(claim(L.confirmed))

    assert len(rules.recipients([one, one], Choice(S.confirmed), is_over=False)) == 1


CLAIMS = some.lists(
    some.builds(claim, some.sampled_from(L), some.sampled_from([SEAT, ONLINE, WORKSHOP])),
    max_size=5,
)


@given(CLAIMS, some.sampled_from(S), some.sampled_from([None, SEAT, ONLINE, WORKSHOP]))
def test_who_waits_for_a_seat_gets_only_what_is_for_who_waits(
    claims: list[Claim], segment: Segment, unit: int | None
) -> None:
    one = guest(*claims, checked_in_at=NOON, lacks_number=True)
    got = rules.recipients([one], Choice(segment, unit), is_over=True)

    assert not (got and one.standing == L.waiting) or segment == S.waiting


@given(some.lists(CLAIMS, max_size=6))
def test_counts_are_as_many_as_the_people_listed(everybody: list[list[Claim]]) -> None:
    guests = [
        replace(guest(*claims), person_id=n, registration_id=n)
        for n, claims in enumerate(everybody)
    ]
    counts = rules.counts(guests, is_over=True)

    for segment in S:
        for choice in [Choice(segment), *(Choice(segment, unit) for unit in (1, 2, 3))]:
            assert counts[choice] == len(rules.people(guests, choice, is_over=True))
    assert sum(counts[Choice(segment)] for segment in rules.EVERYBODY) == len(guests)
