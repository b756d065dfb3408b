"""Passkeys under attack: replay, another browser, person or site, a counter that goes back."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from server import clock
from server.accounts import factors, passkeys, queries
from server.accounts import service as accounts
from server.accounts.passkeys import PasskeyRefused, TooManyPasskeys
from server.actors import ANONYMOUS, Actor
from server.database import execute
from server.errors import ProofNeeded
from tables.people import Person
from tests import factories
from tests.accounts.device import PRESENT, Device, text
from tests.clients import letters

pytestmark = pytest.mark.anyio
BROWSER, OTHER = "browser-one", "browser-two"


async def actor_of(token: str) -> Actor:
    found = await queries.find_actor(token, clock.now())
    assert found is not None
    return found[0]


async def signed_in(who: Person) -> Actor:
    url = await accounts.sign_in_url(who.id, now=clock.now())
    token, _ = await accounts.redeem(url.rpartition("/")[2], device="", now=clock.now())
    return await actor_of(token)


async def with_passkey(who: Person, device: Device | None = None) -> tuple[Actor, Device]:
    """The person in a session that just added this device."""
    device, actor = device or Device(), await signed_in(who)
    question = await passkeys.to_add(actor, BROWSER, site_name="Netwerk", now=clock.now())
    token, _ = await passkeys.add(
        actor, BROWSER, device.make(question), label="Laptop", now=clock.now()
    )
    return await actor_of(token), device


async def asked(actor: Actor = ANONYMOUS, browser: str = BROWSER) -> str:
    return await passkeys.to_use(actor, browser, now=clock.now())


async def come_in(answer: str, browser: str = BROWSER) -> str:
    return await passkeys.sign_in(browser, answer, device="", now=clock.now())


async def test_a_passkey_proves_at_once_and_is_a_whole_sign_in(db: None) -> None:
    carla = await factories.carla()
    actor, device = await with_passkey(carla)

    token = await come_in(device.use(await asked()))

    inside = await actor_of(token)
    assert (actor.is_board, inside.is_board, inside.person_id) == (True, True, carla.id)
    assert (await factors.of_person(carla.id)).codes_left == 10
    assert ("factor_changed", carla.email) in await letters()


async def test_an_answer_works_once_also_at_once(db: None) -> None:
    _, device = await with_passkey(await factories.anna())
    answer = device.use(await asked())

    done = await asyncio.gather(*(come_in(answer) for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(one, str) for one in done) == 1
    with pytest.raises(PasskeyRefused):
        await come_in(answer)


async def test_an_answer_counts_in_the_browser_that_was_asked(db: None) -> None:
    _, device = await with_passkey(await factories.anna())

    with pytest.raises(PasskeyRefused):
        await come_in(device.use(await asked()), OTHER)


async def test_an_answer_comes_within_minutes(db: None) -> None:
    _, device = await with_passkey(await factories.anna())
    answer = device.use(await asked())
    late = clock.now() + timedelta(minutes=5, seconds=1)

    with pytest.raises(PasskeyRefused):
        await passkeys.sign_in(BROWSER, answer, device="", now=late)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"count": -1},
    ],
)
async def test_what_another_site_or_an_unsure_device_signs_is_refused(
    db: None, bent: dict[str, object]
) -> None:
    _, device = await with_passkey(await factories.anna())
    device.count = 5
    await come_in(device.use(await asked()))
    device.count += int(str(bent.pop("count", 0))) * 3

    with pytest.raises(PasskeyRefused):
        await come_in(replace(device, **bent).use(await asked()))  # type: ignore[arg-type]


async def test_a_key_that_we_do_not_know_opens_nothing(db: None) -> None:
    _, device = await with_passkey(await factories.anna())

    with pytest.raises(PasskeyRefused):
        await come_in(Device().use(await asked()))
    with pytest.raises(PasskeyRefused):
        await come_in(replace(device, key=Device().key).use(await asked()))


async def test_somebody_elses_passkey_is_no_second_step(db: None) -> None:
    _, device = await with_passkey(await factories.anna())
    carla = await signed_in(await factories.carla())

    with pytest.raises(PasskeyRefused):
        await passkeys.prove(carla, BROWSER, device.use(await asked(carla)), now=clock.now())


async def test_the_question_of_the_sign_in_page_is_no_second_step(db: None) -> None:
    actor, device = await with_passkey(await factories.anna())

    with pytest.raises(PasskeyRefused):
        await passkeys.prove(actor, BROWSER, device.use(await asked()), now=clock.now())
    await passkeys.prove(actor, BROWSER, device.use(await asked(actor)), now=clock.now())


DEEP = json.dumps({"rawId": "AA", "response": {"clientDataJSON": text(b"[" * 200_000)}})
NONSENSE = ["", "{}", "[]", "null", "x", '{"response": 1}', "[" * 9000, DEEP]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
async def test_nonsense_is_refused(db: None, answer: str) -> None:
    with pytest.raises(PasskeyRefused):
        await come_in(answer)


async def test_a_suspended_holder_does_not_come_in(db: None) -> None:
    anna = await factories.anna()
    _, device = await with_passkey(anna)
    await execute("INSERT INTO suspension (person) VALUES ($1)", anna.id)

    with pytest.raises(PasskeyRefused):
        await come_in(device.use(await asked()))


async def test_a_device_belongs_to_one_person(db: None) -> None:
    _, device = await with_passkey(await factories.anna())

    with pytest.raises(PasskeyRefused):
        await with_passkey(await factories.dirk(), device)


async def test_an_old_session_adds_no_passkey(db: None) -> None:
    actor = await signed_in(await factories.anna())
    late = clock.now() + timedelta(minutes=10)

    with pytest.raises(ProofNeeded):
        await passkeys.to_add(actor, BROWSER, site_name="Netwerk", now=late)


async def test_ten_passkeys_are_enough(db: None) -> None:
    anna = await factories.anna()
    await with_passkey(anna)
    await execute(
        "INSERT INTO passkey (person, credential_id, public_key, label)"
        " SELECT $1, sha256(n::text::bytea), ''::bytea, 'x' FROM generate_series(1, 9) n",
        anna.id,
    )
    actor = await signed_in(anna)
    fresh = replace(actor, proved_at=clock.now())

    with pytest.raises(TooManyPasskeys):
        await passkeys.to_add(fresh, BROWSER, site_name="Netwerk", now=clock.now())
