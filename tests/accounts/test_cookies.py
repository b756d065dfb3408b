"""Cookies in public, and whose browser a link or a secret belongs to."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server import clock, settings
from server.accounts import queries, totp
from server.database import execute
from tests import factories
from tests.clients import human, last_letter, session_of, sign_in
from tests.conftest import product

pytestmark = pytest.mark.anyio
SITE = "https://netwerk.example"
SETTINGS = {
    "BASE_URL": SITE,
    "SECRET_KEY": "k" * 40,
    "MAIL_URL": "smtp://localhost",
    "MAIL_FROM": "bestuur@netwerk.example",
    "DEMO": "0",
}


@pytest.fixture
async def public(db: None, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the product as others reach it."""
    app = product(settings.load({**SETTINGS, "VAR_DIR": str(tmp_path)}, tmp_path / ".env"))
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=SITE) as browser:
        yield browser


async def test_over_https_every_cookie_is_of_this_host_alone(public: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    answers = [
        await public.get("/?lang=en"),
        await public.post("/sign-in/passkey/question"),
        await public.post("/sign-in", data=human(email=str(anna.email))),
        await public.post((await last_letter())["url"]),
        await public.get("/me/devices"),
        await public.post("/calendars/addresses", data={"label": "Telefoon", "scopes": "talks"}),
        await public.get("/calendars/addresses/new"),
        await public.post("/sign-out"),
    ]

    given = [one for answer in answers for one in answer.headers.get_list("set-cookie")]
    names = {one.partition("=")[0].removeprefix("__Host-") for one in given}
    assert names == {"session", "lang", "notice", "passkey", "asked-here", "shown-once"}
    for one in given:
        flags = {part.strip() for part in one.split(";")[1:]}
        assert one.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= flags
        assert "Domain" not in one


async def test_over_https_a_cookie_without_the_prefix_is_nobodys(public: httpx.AsyncClient) -> None:
    session = await session_of(await factories.anna())

    plain = await public.get("/me", headers={"cookie": f"session={session}"})
    bound = await public.get("/me", headers={"cookie": f"__Host-session={session}"})

    assert (plain.status_code, bound.status_code) == (303, 200)


async def test_a_link_of_the_second_step_is_bound_to_who_asked(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.anna())
    await client.post("/second-step/link", data={"next": "/me/devices"})
    url = (await last_letter())["url"]
    there = httpx.Cookies(client.cookies)
    client.cookies.clear()

    page, unasked = await client.get(url), await client.post(url)
    client.cookies = there
    asked = await client.post(url)

    assert "op een ander apparaat" in page.text
    assert unasked.status_code == 409
    assert (asked.status_code, asked.headers["location"]) == (303, "/me/devices")


async def test_signing_in_anew_ends_the_session_of_this_browser(client: httpx.AsyncClient) -> None:
    old = await session_of(await factories.anna())
    client.cookies.set("session", old, domain="localhost.local", path="/")
    elsewhere = await session_of(await factories.carla())
    await client.post("/second-step/link", data={"next": "/me"})

    await client.post((await last_letter())["url"])

    assert await queries.find_actor(old, clock.now()) is None
    assert await queries.find_actor(client.cookies["session"], clock.now()) is not None
    assert await queries.find_actor(elsewhere, clock.now()) is not None
    assert len(await execute("SELECT 1 FROM audit_entry WHERE action = 'end_session'")) == 1


async def test_codes_of_one_are_not_shown_to_the_next_on_this_computer(
    client: httpx.AsyncClient,
) -> None:
    carla, anna = await factories.carla(), await factories.anna()
    await totp.keep(int(carla.id), b"1" * 20, 0, now=clock.now())
    await sign_in(client, carla)
    await client.post("/me/security/codes")
    await client.post("/sign-out")
    client.cookies.set("session", await session_of(anna))

    page = await client.get("/me/security/codes")

    assert (page.status_code, page.headers["location"]) == (303, "/me/security")
