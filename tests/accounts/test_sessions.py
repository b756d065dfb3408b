"""Sessions: their cookie, their end, and what they allow."""

from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.accounts import queries, rules, service
from server.actors import Actor
from server.database import execute
from tables.accounts import Role, RoleGrant
from tables.groups import GroupState
from tables.people import Person
from tests import factories
from tests.clients import session_of, sign_in
from tests.factories import LONG_AGO

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


async def actor(who: Person, later: timedelta = timedelta()) -> Actor | None:
    found = await queries.find_actor(await session_of(who), clock.now() + later)
    return found[0] if found else None


async def test_the_cookie_is_kept_from_scripts_and_strangers(client: httpx.AsyncClient) -> None:
    url = await service.sign_in_url((await factories.anna()).id, now=clock.now())

    answer = await client.post(url, headers={"user-agent": FIREFOX})

    cookies = answer.headers.get_list("set-cookie")
    session = next(c for c in cookies if c.startswith("session="))
    flags = {part.strip().lower() for part in session.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=lax", "max-age=7776000"}
    rows = await execute("SELECT device, token_hash FROM session")
    assert rows[0]["device"] == "Firefox, Windows"
    assert len(rows[0]["token_hash"]) == 32
    assert session.split(";")[0].removeprefix("session=").encode() != rows[0]["token_hash"]


@pytest.mark.parametrize(
    ("later", "is_alive"),
    [
        (timedelta(days=rules.IDLE_DAYS, minutes=-1), True),
        (timedelta(days=rules.IDLE_DAYS, minutes=1), False),
    ],
)
async def test_an_idle_session_ends(db: None, later: timedelta, is_alive: bool) -> None:
    assert (await actor(await factories.anna(), later) is not None) is is_alive


@pytest.mark.parametrize(("hours", "is_alive"), [(11, True), (13, False)])
async def test_an_idle_session_with_rights_ends_sooner(
    db: None, hours: int, is_alive: bool
) -> None:
    found = await actor(await factories.carla(), timedelta(hours=hours))

    assert (found is not None) is is_alive


async def test_a_session_that_slept_through_the_end_of_an_office_stays_ended(db: None) -> None:
    session = await session_of(await factories.carla())
    await execute("UPDATE session SET last_used_at = now() - interval '20 hours'")
    assert await queries.find_actor(session, clock.now()) is None

    await execute("UPDATE role_grant SET until_on = $1", clock.today() - timedelta(days=1))

    assert await queries.find_actor(session, clock.now()) is None


async def test_a_session_that_fell_asleep_is_no_device(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await session_of(anna)
    await execute(
        "UPDATE session SET last_used_at = now() - interval '31 days', device = 'Dood, Nokia'"
    )
    await sign_in(client, anna)

    assert "Dood, Nokia" not in (await client.get("/me/devices")).text


async def test_a_session_ends_also_when_it_is_used(db: None) -> None:
    session = await session_of(await factories.anna())
    at = clock.now() + rules.SESSION_LIFE + timedelta(minutes=1)
    await execute("UPDATE session SET last_used_at = $1", at)

    assert await queries.find_actor(session, at) is None


async def test_using_a_session_is_noted_now_and_then(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.anna())
    await execute("UPDATE session SET last_used_at = $1", clock.now() - timedelta(minutes=6))

    assert (await client.get("/me")).status_code == 200

    rows = await execute("SELECT last_used_at FROM session")
    assert clock.now() - rows[0]["last_used_at"] < timedelta(minutes=1)


async def test_signing_out_ends_the_session_and_the_cookie(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.anna())

    answer = await client.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'session=""; HttpOnly; Max-Age=0; Path=/' in answer.headers["set-cookie"]
    assert await execute("SELECT 1 FROM session") == []


async def test_one_ends_ones_other_device(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await session_of(anna)
    other = (await execute("SELECT id FROM session"))[0]["id"]
    await sign_in(client, anna)

    answer = await client.post(f"/me/devices/{other}/end")

    assert answer.status_code == 303
    assert [row["id"] for row in await execute("SELECT id FROM session")] == [other + 1]


@pytest.mark.parametrize("path", ["/me/devices/{theirs}/end", "/me/devices/99999999999/end"])
async def test_nobody_ends_a_device_of_somebody_else(client: httpx.AsyncClient, path: str) -> None:
    await session_of(await factories.anna())
    theirs = (await execute("SELECT id FROM session"))[0]["id"]
    await sign_in(client, await factories.dirk())

    answer = await client.post(path.format(theirs=theirs))

    assert answer.status_code == 404
    assert len(await execute("SELECT 1 FROM session")) == 2


async def test_the_list_of_devices_leaves_out_what_is_over(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await session_of(anna)
    await execute("UPDATE session SET expires_at = $1", clock.now() - timedelta(days=1))
    await sign_in(client, anna)

    assert (await client.get("/me/devices")).text.count('class="card"') == 1


async def test_strangers_are_led_to_the_sign_in_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/me/devices")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/me/devices")


@pytest.mark.parametrize(
    ("from_in", "until_in", "is_board"),
    [(-9, None, True), (0, 0, True), (-9, -1, False), (1, None, False)],
)
async def test_a_role_counts_on_its_days_only(
    db: None, from_in: int, until_in: int | None, is_board: bool
) -> None:
    who, today = await factories.dirk(), clock.today()
    until = None if until_in is None else today + timedelta(days=until_in)
    from_on: date = today + timedelta(days=from_in)
    await RoleGrant(person=who.id, role=Role.board, from_on=from_on, until_on=until).save()

    found = await actor(who)

    assert found is not None
    assert found.is_board is is_board


@pytest.mark.parametrize(
    ("state", "manages"),
    [(GroupState.active, True), (GroupState.dormant, True), (GroupState.concluded, False)],
)
async def test_a_chair_manages_a_living_group(db: None, state: GroupState, manages: bool) -> None:
    bram, group = await factories.bram(state)

    found = await actor(bram)

    assert found is not None
    assert found.manages(group.id) is manages


@pytest.mark.parametrize("column", ["deceased_on", "anonymised_at", "merged_into"])
async def test_who_is_gone_has_no_rights(db: None, column: str) -> None:
    carla, other = await factories.carla(), await factories.dirk()
    session = await session_of(carla)
    value = {"deceased_on": LONG_AGO, "anonymised_at": clock.now(), "merged_into": other.id}[column]
    await execute(f"UPDATE person SET {column} = $2 WHERE id = $1", carla.id, value)

    assert await queries.find_actor(session, clock.now()) is None


async def test_who_is_gone_gets_no_session(db: None) -> None:
    anna = await factories.anna()
    url = await service.sign_in_url(anna.id, now=clock.now())
    await execute("UPDATE person SET deceased_on = $1", LONG_AGO)

    with pytest.raises(service.LinkUsedUp):
        await service.redeem(url.rpartition("/")[2], device="", now=clock.now())


async def test_an_address_that_changes_hands_takes_no_session_and_no_link_along(db: None) -> None:
    anna, dirk = await factories.anna(), await factories.dirk()
    kept = await session_of(dirk)
    session = await session_of(anna)
    url = await service.sign_in_url(anna.id, now=clock.now())

    await execute(
        "UPDATE person SET email = 'nieuw@example.com', email_key = 'nieuw@example.com'"
        " WHERE id = $1",
        anna.id,
    )
    await execute(
        "UPDATE person SET city = 'Zwolle' WHERE id = $1",
        dirk.id,
    )

    assert await queries.find_actor(session, clock.now()) is None
    with pytest.raises(service.LinkUsedUp):
        await service.redeem(url.rpartition("/")[2], device="", now=clock.now())
    assert await queries.find_actor(kept, clock.now()) is not None


async def test_a_session_that_a_visitor_chose_never_becomes_one(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    chosen = "A" * 43
    client.cookies.set("session", chosen, domain="localhost.local", path="/")

    await client.post(await service.sign_in_url(anna.id, now=clock.now()))

    assert await queries.find_actor(chosen, clock.now()) is None
    assert chosen not in [cookie.value for cookie in client.cookies.jar]
    assert (await client.get("/me")).status_code == 200


@pytest.mark.parametrize("paths", [("/admin/", "/me"), ("/me", "/admin/")])
async def test_site_and_admin_do_not_hinder_one_another_in_either_order(
    client: httpx.AsyncClient, paths: tuple[str, str]
) -> None:
    await sign_in(client, await factories.carla())
    for path in paths:
        assert (await client.get(path)).status_code == 200

    saved = await client.post("/me/devices/others/end")
    table = "/admin/api/tables/locaties/"
    new = (await client.get(f"{table}new/")).json()
    made = await client.post(table, json={**new, "name": "De Zwaan", "city": "Zwolle"})

    assert (saved.status_code, made.status_code) == (303, 201)
