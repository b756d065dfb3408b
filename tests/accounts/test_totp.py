"""Codes of an app: the RFC's own vectors, a clock that is off, and no code twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from server.accounts import totp
from server.database import execute
from tests import factories

pytestmark = pytest.mark.anyio
RFC_SECRET = b"12345678901234567890"
NOON = datetime(2026, 12, 1, 11, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, seconds // 30) == code


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_telephone_may_be_half_a_minute_off(steps: int, fits: bool) -> None:
    code = totp.code_at(RFC_SECRET, totp.step_of(NOON) + steps)

    assert (totp.matching_step(RFC_SECRET, code, NOON) is not None) is fits


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00"])
def test_nonsense_fits_nothing(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, NOON) is None


def test_the_address_is_what_apps_read() -> None:
    assert totp.address(RFC_SECRET, issuer="Het Netwerk", account="a@example.com") == (
        "otpauth://totp/Het%20Netwerk:a%40example.com"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Het%20Netwerk"
    )
    assert totp.written(RFC_SECRET).startswith("GEZD GNBV ")


async def connected() -> int:
    anna = await factories.anna()
    await totp.keep(anna.id, RFC_SECRET, 0, now=NOON)
    return int(anna.id)


def code(now: datetime = NOON) -> str:
    return totp.code_at(RFC_SECRET, totp.step_of(now))


async def test_a_code_works_once_and_no_older_one_after_it(db: None) -> None:
    anna = await connected()
    before = code(NOON - timedelta(seconds=30))

    assert await totp.check(anna, code(), now=NOON)
    assert not await totp.check(anna, code(), now=NOON)
    assert not await totp.check(anna, before, now=NOON)
    later = NOON + timedelta(seconds=30)
    assert await totp.check(anna, code(later), now=later)


async def test_a_code_of_somebody_else_opens_nothing(db: None) -> None:
    await connected()
    dirk = await factories.dirk()
    await totp.keep(dirk.id, b"x" * 20, 0, now=NOON)

    assert not await totp.check(dirk.id, code(), now=NOON)
    assert not await totp.check(987654, code(), now=NOON)


async def test_the_secret_is_not_to_be_read_in_the_database(db: None) -> None:
    await connected()

    (row,) = await execute("SELECT encrypted FROM totp_secret")

    assert RFC_SECRET not in row["encrypted"]


async def test_one_code_used_at_once_by_many_works_for_one(db: None) -> None:
    anna = await connected()

    done = await asyncio.gather(*(totp.check(anna, code(), now=NOON) for _ in range(12)))

    assert done.count(True) == 1


async def test_the_control_that_looks_before_it_writes_lets_several_in(db: None) -> None:
    anna = await connected()
    step = totp.step_of(NOON)

    async def careless() -> bool:
        rows = await execute("SELECT last_step FROM totp_secret WHERE person = $1", anna)
        await asyncio.sleep(0.01)
        await execute("UPDATE totp_secret SET last_step = $2 WHERE person = $1", anna, step)
        return int(rows[0]["last_step"]) < step

    done = await asyncio.gather(*(careless() for _ in range(12)))

    assert done.count(True) > 1
