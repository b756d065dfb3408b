"""Rate limits: counted in one statement, over processes, forgotten in time."""

import asyncio
from datetime import timedelta

import pytest

from server.database import execute
from server.errors import TooMany
from server.web import rate_limit
from tests.factories import NOON

pytestmark = pytest.mark.anyio


async def test_the_question_after_the_last_allowed_one_is_refused(db: None) -> None:
    for _ in range(3):
        await rate_limit.allow("sign_in:anna@example.org", 3, 600, NOON)

    with pytest.raises(TooMany) as refused:
        await rate_limit.allow("sign_in:anna@example.org", 3, 600, NOON + timedelta(seconds=60))

    assert refused.value.values == {"seconds": 540}


async def test_another_key_counts_for_itself(db: None) -> None:
    await rate_limit.allow("sign_in:anna@example.org", 1, 600, NOON)

    await rate_limit.allow("sign_in:bram@example.org", 1, 600, NOON)
    await rate_limit.allow("apply:anna@example.org", 1, 600, NOON)


async def test_a_window_that_ended_starts_again(db: None) -> None:
    await rate_limit.allow("sign_in:anna", 1, 600, NOON)

    await rate_limit.allow("sign_in:anna", 1, 600, NOON + timedelta(seconds=600))

    with pytest.raises(TooMany):
        await rate_limit.allow("sign_in:anna", 1, 600, NOON + timedelta(seconds=601))


async def test_of_forty_at_once_exactly_the_allowed_pass(db: None) -> None:
    asked = (rate_limit.allow("sign_in:anna", 5, 600, NOON) for _ in range(40))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes].count(type(None)) == 5
    assert [type(outcome) for outcome in outcomes].count(TooMany) == 35


async def test_three_letters_an_hour_and_then_silence(db: None) -> None:
    said = [await rate_limit.may_mail("anna@example.org", NOON) for _ in range(5)]

    assert said == [True, True, True, False, False]
    assert await rate_limit.may_mail("anna@example.org", NOON + timedelta(hours=1)) is True


async def test_no_address_of_a_person_is_stored(db: None) -> None:
    await rate_limit.may_mail("anna@example.org", NOON)

    rows = await execute("SELECT key FROM rate_limit")

    assert [row["key"].partition(":")[0] for row in rows] == ["mail"]
    assert "anna" not in rows[0]["key"]


async def test_ended_windows_are_forgotten(db: None) -> None:
    await rate_limit.allow("a:1", 1, 60, NOON)
    await rate_limit.allow("b:1", 1, 6000, NOON)

    await rate_limit.forget(NOON + timedelta(seconds=60))

    rows = await execute("SELECT key FROM rate_limit")
    assert [row["key"][:2] for row in rows] == ["b:"]
