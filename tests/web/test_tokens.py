"""Tokens: long, different, and only their hash is kept."""

import hashlib

from server.web import tokens


def test_every_token_is_new_and_fits_in_an_address() -> None:
    made = {tokens.new() for _ in range(200)}

    assert len(made) == 200
    assert {len(token) for token in made} == {43}
    assert all(c.isalnum() or c in "-_" for token in made for c in token)


def test_the_hash_is_sha_256() -> None:
    assert tokens.hash_of("abc") == hashlib.sha256(b"abc").digest()


def test_anything_an_address_can_hold_has_a_hash() -> None:
    assert len(tokens.hash_of("\udcff\x00é")) == 32
