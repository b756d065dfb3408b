"""Tokens of subscriptions: the same for years, and not to be made by anybody else."""

from datetime import timedelta

import pytest

from server import settings
from server.newsletters import links
from server.newsletters.links import Confirmation
from tests.factories import NOON


def test_a_token_can_be_made_again_and_differs_per_subscription() -> None:
    assert links.token_of(1) == links.token_of(1)
    assert len({links.token_of(n) for n in range(1000)}) == 1000
    assert len(links.token_of(1)) == 22


def test_another_key_makes_other_tokens() -> None:
    token = links.token_of(1)

    settings.use(replace_key("x" * 32))

    assert links.token_of(1) != token


def replace_key(key: str) -> settings.Settings:
    now = settings.current()
    return settings.Settings(
        **{**{name: getattr(now, name) for name in now.__struct_fields__}, "secret_key": key}
    )


def test_a_confirmation_says_whose_and_when() -> None:
    token = links.token_of(7)

    text = links.confirmation(token, NOON)

    assert len(text) == 52
    assert links.read_confirmation(text) == Confirmation(token, NOON)


def test_no_character_of_a_confirmation_may_be_changed() -> None:
    text = links.confirmation(links.token_of(7), NOON)

    for at in range(len(text)):
        other = "A" if text[at] != "A" else "B"
        changed = text[:at] + other + text[at + 1 :]
        assert links.read_confirmation(changed) is None


@pytest.mark.parametrize("text", ["", "x", "x" * 22, "x" * 52, "é" * 52, "\udcff" * 52, "x" * 5000])
def test_what_we_did_not_make_is_nothing(text: str) -> None:
    assert links.read_confirmation(text) is None


def test_a_stable_token_is_no_confirmation() -> None:
    token = links.token_of(7)

    assert links.read_confirmation(token + "6" * 8 + token) is None


def test_a_later_letter_carries_another_link() -> None:
    token = links.token_of(7)

    later = links.confirmation(token, NOON + timedelta(seconds=1))

    assert later != links.confirmation(token, NOON)
