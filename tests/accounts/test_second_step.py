"""The second step: what it opens, what it refuses, and what a change of factor ends."""

import asyncio
import html
import re
from base64 import b32decode
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.accounts import factors, queries, recovery, totp
from server.accounts import service as accounts
from server.accounts.factors import WrongCode
from server.actors import Actor
from server.database import STATEMENTS, execute
from tables.accounts import Role, RoleGrant
from tables.people import Person
from tests import factories
from tests.clients import heading, letters

pytestmark = pytest.mark.anyio
SECRET = b"12345678901234567890"
Browser = httpx.AsyncClient


def code(steps: int = 0) -> str:
    return totp.code_at(SECRET, totp.step_of(clock.now()) + steps)


async def by_link(client: Browser, who: Person) -> str:
    """Signed in by a mailed link, and by nothing else: the session's token."""
    client.cookies.clear()
    await client.post(await accounts.sign_in_url(who.id, now=clock.now()))
    return client.cookies["session"]


async def carla_with_app(client: Browser) -> Person:
    carla = await factories.carla()
    await totp.keep(carla.id, SECRET, 0, now=clock.now())
    await by_link(client, carla)
    return carla


async def acting(token: str) -> Actor:
    found = await queries.find_actor(token, clock.now())
    assert found is not None
    return found[0]


async def age(**ago: float) -> None:
    """Every session was begun and proved so long ago."""
    moment = clock.now() - timedelta(**ago)
    await execute(
        "UPDATE session SET created_at = $1, proved_at = CASE WHEN proved_at IS NULL THEN NULL"
        " ELSE $1::timestamptz END",
        moment,
    )


async def test_an_office_opens_nothing_without_the_second_step(client: Browser) -> None:
    await carla_with_app(client)

    for path in ("/board", "/board/newsletters", "/admin/"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/second-step?next={path}",
        )
    assert (await client.get("/admin/api/tables/")).status_code == 403
    assert (await client.get("/api/me")).json()["is_board"] is False
    assert (await client.get("/me")).status_code == 200


async def test_a_right_code_leads_on_under_a_new_token(client: Browser) -> None:
    await carla_with_app(client)
    old = client.cookies["session"]

    answer = await client.post("/second-step", data={"code": code(), "next": "/board"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    assert client.cookies["session"] != old
    assert (await client.get("/board")).status_code == 200
    client.cookies.clear()
    client.cookies.set("session", old)
    assert (await client.get("/board")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("wrong", ["000000", "", "abc", "💥", "1" * 41])
async def test_a_wrong_code_says_so_and_opens_nothing(client: Browser, wrong: str) -> None:
    await carla_with_app(client)

    answer = await client.post("/second-step", data={"code": wrong, "next": "/board"})

    assert answer.status_code == 422
    assert 'value="/board"' in answer.text
    assert (await client.get("/board")).status_code == 303


async def test_ten_wrong_codes_are_enough(client: Browser) -> None:
    await carla_with_app(client)
    for _ in range(10):
        await client.post("/second-step", data={"code": "000000"})

    answer = await client.post("/second-step", data={"code": code()})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 60


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
async def test_the_second_step_never_leads_to_another_site(client: Browser, path: str) -> None:
    await carla_with_app(client)

    answer = await client.post("/second-step", data={"code": code(), "next": path})

    assert answer.headers["location"] == "/me"


async def test_a_proof_lasts_twelve_hours_and_is_fresh_for_ten_minutes(client: Browser) -> None:
    await carla_with_app(client)
    await client.post("/second-step", data={"code": code()})

    await age(minutes=11)
    assert (await client.get("/board")).status_code == 200
    assert not (await acting(client.cookies["session"])).is_fresh(clock.now())
    await age(hours=12, minutes=1)
    assert (await client.get("/board")).status_code == 303


async def test_who_has_no_factor_yet_is_led_to_setting_one_up(client: Browser) -> None:
    await by_link(client, await factories.carla())

    answer = await client.get("/second-step?next=/board")

    assert 'href="/me/security/app"' in answer.text
    assert "/second-step/link" in answer.text


async def test_setting_up_an_app_shows_ten_codes_once(client: Browser) -> None:
    carla = await factories.carla()
    await by_link(client, carla)
    form = await client.get("/me/security/app")
    made = re.search(r"<code>([A-Z2-7 ]+)</code>", form.text)
    sealed = re.search(r'name="sealed" value="([^"]+)"', form.text)
    assert made is not None and sealed is not None
    now = totp.code_at(b32decode(made[1].replace(" ", "")), totp.step_of(clock.now()))
    data = {"sealed": html.unescape(sealed[1]), "code": now}

    wrong = await client.post("/me/security/app", data={**data, "code": "000000"})
    added = await client.post("/me/security/app", data=data)
    shown = await client.get("/me/security/codes")

    assert wrong.status_code == 422
    assert (added.status_code, added.headers["location"]) == (303, "/me/security/codes")
    assert len(re.findall(r"<li><code>([a-z2-7]{4}-){5}[a-z2-7]{4}</code>", shown.text)) == 10
    assert shown.headers["cache-control"] == "no-store"
    assert (await client.get("/me/security/codes")).headers["location"] == "/me/security"
    assert (await client.get("/board")).status_code == 200
    assert ("factor_changed", carla.email) in await letters()


async def test_a_form_of_somebody_else_connects_nothing(client: Browser) -> None:
    await by_link(client, await factories.carla())
    form = await client.get("/me/security/app")
    sealed = re.search(r'name="sealed" value="([^"]+)"', form.text)
    assert sealed is not None
    await by_link(client, await factories.anna())

    for value in (sealed[1], "forged", ""):
        answer = await client.post("/me/security/app", data={"sealed": value, "code": "000000"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/me/security/app")
    assert await execute("SELECT 1 FROM totp_secret") == []


@pytest.mark.parametrize("path", ["/me/security/app", "/me/security/codes"])
async def test_an_old_session_cannot_make_itself_at_home(client: Browser, path: str) -> None:
    await by_link(client, await factories.carla())
    await age(minutes=11)

    answers = [await client.get("/me/security/app"), await client.post(path)]

    for answer in answers:
        if answer.headers.get("location") != "/me/security/app":
            assert answer.headers["location"].startswith("/second-step")
    assert await execute("SELECT 1 FROM totp_secret") == []


async def test_what_was_written_waits_for_the_second_step(client: Browser) -> None:
    await carla_with_app(client)
    typed = {"email": "els@example.org", "note": 'Een "lang" <verhaal>\r\nmet regels'}

    asked = await client.post("/board/accounts", data=typed)
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text))

    assert asked.status_code == 403
    assert heading(asked) == "Laat nog eens zien dat u het bent"
    assert 'href="/second-step?next=/me" target="_blank"' in asked.text
    assert {name: html.unescape(value) for name, value in again.items()} == typed
    assert asked.headers["cache-control"] == "no-store"


async def test_a_secret_is_never_given_back_in_a_page(client: Browser) -> None:
    answer = await client.post("/me/security/password", data={"password": "heel erg geheim"})

    assert answer.status_code == 303
    assert "geheim" not in answer.text


async def test_who_has_a_factor_gives_it_before_another_is_added(client: Browser) -> None:
    await carla_with_app(client)

    assert (await client.get("/me/security/app")).headers["location"].startswith("/second-step")
    await client.post("/second-step", data={"code": code()})
    assert (await client.get("/me/security/app")).status_code == 200


async def test_a_new_factor_ends_the_other_sessions(client: Browser) -> None:
    carla = await factories.carla()
    other = await by_link(client, carla)
    token = await by_link(client, carla)

    now = totp.code_at(SECRET, totp.step_of(clock.now()))
    await factors.add_app(await acting(token), SECRET, now, now=clock.now())

    assert await queries.find_actor(other, clock.now()) is None
    assert len(await execute("SELECT 1 FROM session")) == 1


async def test_the_last_factor_of_an_office_stays(client: Browser) -> None:
    await carla_with_app(client)
    await client.post("/second-step", data={"code": code()})

    answer = await client.post("/me/security/app/removal")

    assert answer.status_code == 409
    assert len(await execute("SELECT 1 FROM totp_secret")) == 1


async def test_a_member_may_do_without_and_the_codes_go_too(client: Browser) -> None:
    anna = await factories.anna()
    await totp.keep(anna.id, SECRET, 0, now=clock.now())
    await recovery.renew(anna.id, now=clock.now())
    await by_link(client, anna)
    await client.post("/second-step", data={"code": code()})

    answer = await client.post("/me/security/app/removal")

    assert answer.headers["location"] == "/me/security"
    assert await execute("SELECT 1 FROM totp_secret UNION SELECT 1 FROM recovery_code") == []


async def test_a_recovery_code_works_once_and_is_told(client: Browser) -> None:
    carla = await carla_with_app(client)
    codes = await recovery.renew(carla.id, now=clock.now())

    first = await client.post("/second-step", data={"code": codes[0].upper().replace("-", " ")})
    again = await client.post("/second-step", data={"code": codes[0]})

    assert (first.status_code, again.status_code) == (303, 422)
    assert await recovery.left(carla.id) == 9
    assert ("recovery_code_used", carla.email) in await letters()


async def test_one_recovery_code_at_once_works_for_one(db: None) -> None:
    anna = await factories.anna()
    codes = await recovery.renew(anna.id, now=clock.now())

    done = await asyncio.gather(
        *(recovery.use(anna.id, codes[0], now=clock.now()) for _ in range(12))
    )

    assert done.count(True) == 1


async def test_a_code_of_another_account_opens_nothing(client: Browser) -> None:
    await carla_with_app(client)
    codes = await recovery.renew((await factories.dirk()).id, now=clock.now())

    with pytest.raises(WrongCode):
        await factors.prove(await acting(client.cookies["session"]), codes[0], now=clock.now())


async def test_a_chair_without_a_factor_signs_in_anew(client: Browser) -> None:
    bram, _ = await factories.bram()
    await by_link(client, bram)

    page = await client.get("/second-step?next=/groups")
    sent = await client.post("/second-step/link", data={"next": "/groups"})

    assert heading(page) == "Bevestig dat u het bent"
    assert sent.headers["location"] == "/sign-in/sent"
    rows = await execute("SELECT next_path FROM sign_in_link ORDER BY id DESC LIMIT 1")
    assert rows[0]["next_path"] == "/groups"


async def test_a_suspended_account_is_closed_at_once(client: Browser) -> None:
    carla = await carla_with_app(client)
    await client.post("/second-step", data={"code": code()})

    await execute("INSERT INTO suspension (person) VALUES ($1)", carla.id)

    assert (await client.get("/me")).headers["location"].startswith("/sign-in")


async def test_a_signed_in_page_costs_one_statement_for_the_session(client: Browser) -> None:
    carla = await factories.carla()
    await RoleGrant(person=carla.id, role=Role.treasurer, from_on=factories.LONG_AGO).save()
    token = await by_link(client, carla)
    counter = [0]
    STATEMENTS.set(counter)
    await queries.find_actor(token, clock.now())

    assert counter == [1]
