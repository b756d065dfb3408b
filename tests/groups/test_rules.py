"""Groups without a database."""

import pytest

from server.errors import Invalid
from server.groups import rules


@pytest.mark.parametrize(
    ("state", "is_public", "is_in_group", "is_board", "seen"),
    [
        ("active", True, False, False, True),
        ("dormant", True, False, False, True),
        ("proposed", True, False, False, False),
        ("concluded", True, False, False, False),
        ("active", False, False, False, False),
        ("active", False, True, False, True),
        ("proposed", False, False, True, True),
    ],
)
def test_who_may_know_of_a_group(
    state: str, is_public: bool, is_in_group: bool, is_board: bool, seen: bool
) -> None:
    assert (
        rules.may_see(state, is_public=is_public, is_in_group=is_in_group, is_board=is_board)
        is seen
    )


@pytest.mark.parametrize(
    ("role", "other_chairs", "others", "leaves"),
    [
        ("chair", 0, 3, True),
        ("chair", 1, 3, False),
        ("chair", 0, 0, False),
        ("member", 0, 3, False),
    ],
)
def test_last_chair_hands_over_first(
    role: str, other_chairs: int, others: int, leaves: bool
) -> None:
    assert (
        rules.leaves_nobody_in_the_chair(role, other_chairs=other_chairs, others=others) is leaves
    )


@pytest.mark.parametrize(
    ("state", "is_member", "has_seat", "offered"),
    [
        ("active", True, False, True),
        ("dormant", True, False, True),
        ("concluded", True, False, False),
        ("active", False, False, False),
        ("active", True, True, False),
    ],
)
def test_asking_is_offered_to_members_without_a_seat(
    state: str, is_member: bool, has_seat: bool, offered: bool
) -> None:
    assert rules.may_ask(state, is_member=is_member, has_seat=has_seat) is offered


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Werkgroep Scholing", "werkgroep-scholing"), ("Één & twee", "een-twee"), ("中", "groep")],
)
def test_address_follows_from_the_name(name: str, slug: str) -> None:
    assert rules.slug_of(name) == slug


def test_group_needs_a_name_and_a_plain_address() -> None:
    with pytest.raises(Invalid) as invalid:
        rules.check({"name": " ", "slug": "Te mooi!"})

    assert invalid.value.fields == {
        "name": "errors.field.required",
        "slug": "groups.field.slug.letters",
    }
