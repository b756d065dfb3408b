"""Passwords: what is too weak, what opens something, and what all answers have in common."""

import asyncio
import time
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.accounts import passwords, queries, recovery, totp
from server.accounts.passwords import NeedsApp, WrongSignIn
from server.actors import Actor
from server.audit import queries as audit
from server.database import execute
from server.errors import Invalid, NotFound, ProofNeeded, TooMany
from tables.people import Person
from tests import factories
from tests.clients import letters, session_of, sign_in

pytestmark = pytest.mark.anyio
SECRET = b"12345678901234567890"
GOOD = "zeven paarse olifanten"


@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("kort", "short"),
        ("x" * 129, "long"),
        ("aaaaaaaaaaaa", "common"),
        ("abcabcabcabc", "common"),
        ("Welkom123456", "common"),
        ("WachtwoordWachtwoord", "common"),
        ("1234567890123", "common"),
        ("qwertyuiop12", "common"),
        ("Van-der-Berg 2026!", "yours"),
        ("2026 2027 2029", "yours"),
        ("pijnpsychologie2!", "common"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(weak: str, why: str) -> None:
    assert passwords.problem(weak, about=("van der Berg",)) == f"accounts.field.password.{why}"


@pytest.mark.parametrize(
    "good",
    [GOOD, "p" * 3 + "wachtwoord met meer woorden", "🦄 paard 🐎 ezel ok", "é" * 3 + "abcdefgzzq"],
)
def test_a_good_password_may_hold_anything(good: str) -> None:
    assert passwords.problem(good, about=("Jansen",)) is None


async def acting(who: Person) -> Actor:
    found = await queries.find_actor(await session_of(who), clock.now())
    assert found is not None
    return found[0]


async def carla_with_password() -> Person:
    carla = await factories.carla()
    await totp.keep(carla.id, SECRET, 0, now=clock.now() - timedelta(hours=1))
    await passwords.choose(await acting(carla), GOOD, now=clock.now())
    return carla


def code() -> str:
    return totp.code_at(SECRET, totp.step_of(clock.now()))


async def come_in(email: str, password: str, digits: str) -> str:
    return await passwords.sign_in(email, password, digits, device="", now=clock.now())


async def test_a_password_with_its_code_is_a_whole_sign_in(db: None) -> None:
    carla = await carla_with_password()

    token = await come_in("Carla@Example.com", GOOD, code())

    found = await queries.find_actor(token, clock.now())
    assert found is not None
    assert found[0].is_board
    assert ("factor_changed", carla.email) in await letters()


async def test_one_of_the_two_opens_nothing(db: None) -> None:
    carla = await carla_with_password()
    wrong = [
        (carla.email, GOOD, "000000"),
        (carla.email, "zeven paarse olifantjes", code()),
        (carla.email, "", code()),
        ("nemo@example.com", GOOD, code()),
        ("carla@example.com, x@y.nl", GOOD, code()),
    ]

    for email, password, digits in wrong:
        with pytest.raises(WrongSignIn):
            await come_in(str(email), password, digits)
    assert len(await execute("SELECT 1 FROM session WHERE signed_in_by = 'password'")) == 0


async def test_a_code_opens_once_also_with_a_password(db: None) -> None:
    carla = await carla_with_password()
    digits = code()

    done = await asyncio.gather(
        *(come_in(str(carla.email), GOOD, digits) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(one, str) for one in done) == 1


async def test_a_wrong_password_leaves_the_code_usable(db: None) -> None:
    carla = await carla_with_password()
    digits = code()
    with pytest.raises(WrongSignIn):
        await come_in(str(carla.email), "zeven paarse olifantjes", digits)

    assert await come_in(str(carla.email), GOOD, digits)


async def test_a_recovery_code_is_no_code_here_and_a_closed_account_stays_closed(db: None) -> None:
    carla = await carla_with_password()
    codes = await recovery.renew(carla.id, now=clock.now())

    with pytest.raises(WrongSignIn):
        await come_in(str(carla.email), GOOD, codes[0])
    await execute("INSERT INTO suspension (person) VALUES ($1)", carla.id)
    with pytest.raises(WrongSignIn):
        await come_in(str(carla.email), GOOD, code())


async def test_ten_tries_a_quarter_of_an_hour_known_or_not(db: None) -> None:
    await carla_with_password()

    for email in ("carla@example.com", "nemo@example.com"):
        for _ in range(10):
            await passwords.allow(email, "192.0.2.1", now=clock.now())
        with pytest.raises(TooMany):
            await passwords.allow(email, "192.0.2.1", now=clock.now())


async def test_a_stranger_who_guesses_shuts_nobody_else_out(client: httpx.AsyncClient) -> None:
    await carla_with_password()
    wrong = {"email": "carla@example.com", "password": "nee nee nee nee", "code": "000000"}

    answers = [await client.post("/sign-in/password", data=wrong) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    await passwords.allow("carla@example.com", "192.0.2.7", now=clock.now())
    for n in range(passwords.TRIES_OF_ALL - 11):
        await passwords.allow("carla@example.com", f"198.51.100.{n}", now=clock.now())
    with pytest.raises(TooMany):
        await passwords.allow("carla@example.com", "192.0.2.7", now=clock.now())


async def test_a_wrong_password_or_code_is_on_record_for_its_holder(db: None) -> None:
    carla = await carla_with_password()

    for password, digits in (("nee nee nee nee", code()), (GOOD, "000000")):
        with pytest.raises(WrongSignIn):
            await come_in(str(carla.email), password, digits)
    with pytest.raises(WrongSignIn):
        await come_in("nemo@example.com", GOOD, code())

    lines = await audit.of_account(int(carla.id), since=clock.now() - timedelta(minutes=1))
    assert [(line.action, line.actor_id) for line in lines[:2]] == [
        ("wrong_code", None),
        ("wrong_password", None),
    ]
    rows = await execute("SELECT count(*) AS n FROM audit_entry WHERE action LIKE 'wrong%'")
    assert rows[0]["n"] == 2


async def test_who_may_choose_a_password(db: None) -> None:
    anna = await acting(await factories.anna())
    carla = await factories.carla()

    with pytest.raises(NotFound):
        await passwords.choose(anna, GOOD, now=clock.now())
    with pytest.raises(NeedsApp):
        await passwords.choose(await acting(carla), GOOD, now=clock.now())
    await totp.keep(carla.id, SECRET, 0, now=clock.now())
    with pytest.raises(Invalid):
        await passwords.choose(await acting(carla), "welkom123456", now=clock.now())
    late = clock.now() + timedelta(minutes=11)
    with pytest.raises(ProofNeeded):
        await passwords.choose(await acting(carla), GOOD, now=late)


async def test_a_new_password_ends_other_sessions_and_is_not_to_be_read(db: None) -> None:
    carla = await factories.carla()
    await totp.keep(carla.id, SECRET, 0, now=clock.now())
    other, own = await session_of(carla), await acting(carla)

    await passwords.choose(own, GOOD, now=clock.now())

    assert await queries.find_actor(other, clock.now()) is None
    (row,) = await execute("SELECT hash FROM password")
    assert row["hash"].startswith("$argon2id$")
    assert GOOD not in row["hash"]


async def test_the_page_says_one_thing_and_shows_no_password(client: httpx.AsyncClient) -> None:
    await carla_with_password()
    data = {"email": "carla@example.com", "password": GOOD, "code": "000000", "next": "/board"}

    wrong = await client.post("/sign-in/password", data=data)
    unknown = await client.post("/sign-in/password", data={**data, "email": "carly@example.com"})
    right = await client.post("/sign-in/password", data={**data, "code": code()})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace("carla@", "carly@") == unknown.text
    assert GOOD not in wrong.text
    assert (right.status_code, right.headers["location"]) == (303, "/board")
    assert (await client.get("/board")).status_code == 200


async def test_known_and_unknown_cost_the_same(db: None) -> None:
    await carla_with_password()
    spent: dict[str, list[float]] = {"carla@example.com": [], "nemo@example.com": []}

    for _ in range(5):
        for email, times in spent.items():
            began = time.perf_counter()
            with pytest.raises(WrongSignIn):
                await come_in(email, "nee nee nee nee", "000000")
            times.append(time.perf_counter() - began)

    known, unknown = (sorted(times)[2] for times in spent.values())
    assert 0.5 < known / unknown < 2


async def test_the_page_of_the_password_is_for_who_holds_an_office(
    client: httpx.AsyncClient,
) -> None:
    carla = await factories.carla()
    await totp.keep(carla.id, SECRET, 0, now=clock.now())
    await sign_in(client, carla)

    weak = await client.post("/me/security/password", data={"password": "kort"})
    good = await client.post("/me/security/password", data={"password": GOOD})
    gone = await client.post("/me/security/password/removal")

    assert (weak.status_code, good.status_code, gone.status_code) == (422, 303, 303)
    assert "minstens 12 tekens" in weak.text
    assert await execute("SELECT 1 FROM password") == []
