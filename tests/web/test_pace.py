"""Answers that take the same time whatever was found."""

import time

import pytest

from server.web import pace

pytestmark = pytest.mark.anyio


async def test_nothing_leaves_sooner() -> None:
    began = time.monotonic()

    async with pace.steady(0.1):
        pass

    assert time.monotonic() - began >= 0.1


async def test_a_refusal_takes_as_long() -> None:
    began = time.monotonic()

    with pytest.raises(LookupError):
        async with pace.steady(0.1):
            raise LookupError

    assert time.monotonic() - began >= 0.1
