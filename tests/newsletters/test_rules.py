"""Newsletter rules: links, names, changes, lists that would reach people who never asked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.newsletters import rules
from tests.factories import NOON


def test_a_link_works_for_seven_days() -> None:
    assert rules.is_expired(NOON, NOON + timedelta(days=7, seconds=-1)) is False
    assert rules.is_expired(NOON, NOON + timedelta(days=7)) is True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna   de Wit ", "Anna de Wit"),
        ("Anna\r\nBcc: everybody@example.org", "Anna Bcc: everybody@example.org"),
        ("\x00\x1b[31mAnna\u202e", "[31mAnna"),
        ("", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_one_line(typed: str, kept: str) -> None:
    assert rules.one_line(typed) == kept


@given(
    st.dictionaries(st.integers(1, 20), st.booleans()),
    st.lists(st.integers(1, 30)),
)
def test_only_what_was_shown_and_differs_changes(
    standing: dict[int, bool], wanted: list[int]
) -> None:
    changes = rules.changes(standing, wanted)

    after = {
        n: (is_on or n in changes.on) and n not in changes.off for n, is_on in standing.items()
    }
    assert after == {n: n in wanted for n in standing}
    assert set(changes.on) | set(changes.off) <= set(standing)
    assert set(changes.on) & set(changes.off) == set()


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"slug": "nieuws-2", "audience": "public", "opt_in": "double"}, {}),
        ({"slug": "leden", "audience": "members", "opt_in": "automatic"}, {}),
        ({"slug": "Nieuws brief"}, {"slug": "newsletters.field.slug.shape"}),
        ({"slug": "../x"}, {"slug": "newsletters.field.slug.shape"}),
        (
            {"slug": "a", "audience": "public", "opt_in": "automatic"},
            {"opt_in": "newsletters.field.opt_in.public"},
        ),
        (
            {"slug": "a", "audience": "public", "opt_in": "single"},
            {"opt_in": "newsletters.field.opt_in.public"},
        ),
        (
            {"slug": "a", "audience": "group", "opt_in": "automatic", "group": None},
            {"group": "newsletters.field.group.needed"},
        ),
    ],
)
def test_lists_that_may_be_made(values: dict[str, object], problems: dict[str, str]) -> None:
    assert rules.problems_of_list(values) == problems


def test_an_address_is_shown_veiled() -> None:
    assert rules.veiled("anna@example.org") == "a…@example.org"


def test_the_purpose_survives_renaming() -> None:
    assert rules.purpose_of(3) == "newsletter:3"
