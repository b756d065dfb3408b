"""Brakes on acting: by account, else by address on the network; counted whatever comes of it."""

import asyncio

import httpx
import pytest

from server.database import execute
from server.routes import ROUTES
from tests import factories
from tests.clients import human, session_of
from tests.conftest import product

pytestmark = pytest.mark.anyio
HOST = "http://localhost:8000"


def browser_at(address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=product(), client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=HOST)


async def used_up(address: str) -> None:
    """As if somebody there had asked as often as one may."""
    await execute(
        "INSERT INTO rate_limit (key, window_ends_at, hits)"
        " VALUES ('sign-in:' || encode(sha256($1::bytea), 'hex'), now() + interval '1 hour', 20)",
        address.encode(),
    )


async def asks(browser: httpx.AsyncClient, times: int) -> list[int]:
    form = human(email="nemo@example.com")
    return [(await browser.post("/sign-in", data=form)).status_code for _ in range(times)]


def test_every_route_that_acts_has_a_brake() -> None:
    without = [
        handler.paths
        for handler in ROUTES
        if "POST" in getattr(handler, "http_methods", ()) and not handler.guards
    ]

    assert without == []


async def test_an_address_is_braked_and_its_neighbour_is_not(db: None) -> None:
    async with browser_at("192.0.2.1") as one, browser_at("192.0.2.2") as other:
        found = await asyncio.gather(asks(one, 11), asks(one, 11))
        assert sorted(found[0] + found[1]) == [303] * 20 + [429] * 2
        assert await asks(other, 1) == [303]


async def test_a_household_of_ipv6_is_one_address(db: None) -> None:
    async with (
        browser_at("2001:db8:1:2::1") as one,
        browser_at("2001:db8:1:2:ffff::9") as same,
        browser_at("2001:db8:1:3::1") as other,
        browser_at("::ffff:192.0.2.9") as mapped,
        browser_at("192.0.2.9") as plain,
    ):
        for address in ("2001:db8:1:2::/64", "192.0.2.9"):
            await used_up(address)
        for braked in (one, same, mapped, plain):
            assert await asks(braked, 1) == [429]
        assert await asks(other, 1) == [303]


async def test_an_account_is_braked_wherever_it_comes_from(db: None) -> None:
    anna = await session_of(await factories.anna())
    bram = await session_of((await factories.bram())[0])
    async with browser_at("192.0.2.1") as browser:
        await execute(
            "INSERT INTO rate_limit (key, window_ends_at, hits)"
            " SELECT 'acts:' || encode(sha256(('account:' || id)::bytea), 'hex'),"
            " now() + interval '1 minute', 240 FROM person WHERE surname = 'Anna'"
        )
        answers = []
        for session in (anna, bram):
            browser.cookies.clear()
            browser.cookies.set("session", session)
            answers.append(await browser.post("/me/devices/others/end"))

    assert [answer.status_code for answer in answers] == [429, 303]
    assert int(answers[0].headers["retry-after"]) <= 60
    assert "Wacht" in answers[0].text


async def test_reading_is_not_braked_and_costs_nothing_for_it(db: None) -> None:
    async with browser_at("192.0.2.1") as browser:
        for _ in range(300):
            assert (await browser.get("/sign-in")).status_code == 200

    assert await execute("SELECT 1 FROM rate_limit") == []
