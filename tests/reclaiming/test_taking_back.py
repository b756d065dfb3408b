"""An address is taken back after somebody settled in the account: they have no way in left."""

from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from server import clock
from server.accounts import api_tokens, factors, passkeys, token_queries, totp
from server.accounts.api_tokens import TokenForm
from server.accounts.passkeys import PasskeyRefused
from server.actors import ANONYMOUS, Actor
from server.calendars import queries as calendars
from server.calendars import service as addresses
from server.database import execute
from server.people import address_change
from server.privacy import asking
from tables.people import Person
from tests import factories
from tests.accounts.device import Device
from tests.accounts.test_passkeys import BROWSER, come_in, signed_in, with_passkey
from tests.clients import last_letter, letters

pytestmark = pytest.mark.anyio
TOKEN = TokenForm("x", ("me:read",), 365)


async def taken_over(who: Person, *, now: datetime) -> str:
    """Whoever has a session of this person moves the account to an address of their own: the
    path of the way back.
    """
    await address_change.ask(
        replace(await signed_in(who), proved_at=now), "dief@example.com", now=now
    )
    await address_change.confirm((await last_letter())["url"].rpartition("/")[2], now=now)
    token = (await last_letter())["url"].rpartition("/")[2]
    return f"/address/undo/{token}"


async def settled(who: Person, *, now: datetime) -> tuple[Actor, Device]:
    """They set up all there is to come in by."""
    actor, device = await with_passkey(who)
    secret = totp.new_secret()
    await factors.add_app(actor, secret, totp.code_at(secret, totp.step_of(now)), now=now)
    await execute("INSERT INTO password (person, hash) VALUES ($1, '')", who.id)
    await api_tokens.make(replace(actor, email="dief@example.com"), TOKEN, now=now)
    await addresses.create_token(actor, "telefoon", now=now)
    return actor, device


async def test_whoever_took_the_account_over_is_out(client: httpx.AsyncClient) -> None:
    anna, now = await factories.anna(), clock.now()
    back = await taken_over(anna, now=now)
    _, device = await settled(anna, now=now)

    done = await client.post(back)

    assert done.status_code == 303
    with pytest.raises(PasskeyRefused):
        await come_in(device.use(await passkeys.to_use(ANONYMOUS, BROWSER, now=now)))
    left = await factors.of_person(anna.id)
    assert (left.is_set_up, left.codes_left, left.password_since) == (False, 0, None)
    assert await token_queries.of_person(anna.id, now=clock.now()) == []
    assert await calendars.addresses_of(anna.id) == []
    assert await execute("SELECT 1 FROM session") == []


async def test_what_was_there_before_stays(client: httpx.AsyncClient) -> None:
    anna, now = await factories.anna(), clock.now()
    actor, device = await with_passkey(anna)
    await api_tokens.make(actor, TOKEN, now=now)
    await addresses.create_token(actor, "telefoon", now=now)
    back = await taken_over(anna, now=now + timedelta(seconds=1))

    await client.post(back)

    assert await come_in(device.use(await passkeys.to_use(ANONYMOUS, BROWSER, now=clock.now())))
    assert (await factors.of_person(anna.id)).codes_left == 10
    assert len(await token_queries.of_person(anna.id, now=clock.now())) == 1
    assert len(await calendars.addresses_of(anna.id)) == 1


@pytest.mark.parametrize("by_whom", ["thief", "holder"])
async def test_only_what_the_holder_asked_to_be_erased_goes_on(
    client: httpx.AsyncClient, by_whom: str
) -> None:
    anna, now = await factories.anna(), clock.now()
    asked_at = now - timedelta(days=1) if by_whom == "holder" else now + timedelta(minutes=1)
    back = await taken_over(anna, now=now)
    await asking.ask(await signed_in(anna), "Weg", now=asked_at)

    await client.post(back)

    last = await asking.newest(anna.id)
    assert last is not None
    assert last.waits is (by_whom == "holder")


async def test_the_old_address_reads_of_what_is_set_up_while_it_can_take_it_back(
    client: httpx.AsyncClient,
) -> None:
    anna, now = await factories.anna(), clock.now()
    back = await taken_over(anna, now=now)
    before = await letters()

    actor, _ = await with_passkey(anna)
    await api_tokens.make(replace(actor, email="dief@example.com"), TOKEN, now=now)
    told = (await letters())[len(before) :]
    await client.post(back)
    await with_passkey(anna)

    both = ["dief@example.com", "anna@example.com"]
    assert told == [(kind, to) for kind in ("factor_changed", "token_made") for to in both]
    assert (await letters())[-1] == ("factor_changed", "anna@example.com")
    assert (await letters())[-2] != ("factor_changed", "dief@example.com")
