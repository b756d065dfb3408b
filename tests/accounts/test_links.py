"""Sign-in links work once and for a while, and asking for one tells nobody who is known."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.accounts import queries, service
from server.actors import SYSTEM
from server.database import execute
from server.errors import NotFound
from server.people.service import PersonForm
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.clients import human, last_letter, letters
from tests.factories import LONG_AGO, NOON

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]
FIRST = PersonForm(surname="Jansen", email="jansen@example.com")


async def link_to(person_id: int) -> str:
    url = await service.sign_in_url(person_id, next_path="/me/devices", now=NOON)
    return url.rpartition("/")[2]


async def test_a_link_opens_one_session_and_leads_on(db: None) -> None:
    anna = await factories.anna()
    token = await link_to(anna.id)

    session, path = await service.redeem(token, device="", now=NOON)

    found = await queries.find_actor(session, NOON)
    assert found is not None
    assert (found[0].person_id, found[0].is_member, path) == (anna.id, True, "/me/devices")
    with pytest.raises(service.LinkUsedUp):
        await service.redeem(token, device="", now=NOON)


async def test_a_link_expires(db: None) -> None:
    token = await link_to((await factories.anna()).id)

    with pytest.raises(service.LinkUsedUp):
        await service.redeem(token, device="", now=NOON + timedelta(minutes=10))


async def test_twenty_at_once_get_one_session(db: None) -> None:
    token = await link_to((await factories.anna()).id)

    tried = await asyncio.gather(
        *(service.redeem(token, device="", now=NOON) for _ in range(20)), return_exceptions=True
    )

    assert sum(isinstance(one, service.LinkUsedUp) for one in tried) == 19
    assert len(await execute("SELECT 1 FROM session")) == 1


async def test_looking_at_a_link_does_not_use_it(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    url = await service.sign_in_url(anna.id, now=clock.now())

    looked = [(await client.get(url)).status_code for _ in range(3)]
    used = await client.post(url)

    assert looked == [200, 200, 200]
    assert (used.status_code, used.headers["location"]) == (303, "/me")
    assert (await client.get(url)).status_code == 410
    assert (await client.post(url)).status_code == 409


async def test_a_page_with_a_secret_address_tells_nobody(client: httpx.AsyncClient) -> None:
    page = await client.get("/sign-in/unknown")

    assert page.status_code == 410
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


async def test_known_and_unknown_addresses_get_the_same_answer(client: httpx.AsyncClient) -> None:
    await factories.anna()
    asked = ["anna@example.com", "nemo@example.com"]

    answers = [
        [
            await client.post("/sign-in", data=human(**{"email": email, "next": "/me"}))
            for _ in range(5)
        ]
        for email in asked
    ]

    known, unknown = ([(a.status_code, a.text) for a in row] for row in answers)
    assert [(s, text.replace(asked[0], asked[1])) for s, text in known] == unknown
    assert {status for status, _ in unknown} == {303}
    assert await letters() == [("sign_in_link_letter", asked[0])] * 3


@pytest.mark.parametrize("email", ["anna@example.com", "nemo@example.com"])
async def test_the_answer_takes_as_long_for_all(client: httpx.AsyncClient, email: str) -> None:
    await factories.anna()
    loop = asyncio.get_running_loop()
    began = loop.time()

    await client.post("/sign-in", data=human(**{"email": email}))

    assert loop.time() - began >= 0.25


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a" * 200, ""],
)
async def test_a_link_never_leads_to_another_site(client: httpx.AsyncClient, path: str) -> None:
    await factories.anna()
    await client.post("/sign-in", data=human(**{"email": "anna@example.com", "next": path}))
    url = (await last_letter())["url"]

    used = await client.post(url)

    assert (used.status_code, used.headers["location"]) == (303, "/me")


async def test_signed_in_readers_are_not_sent_away_either(client: httpx.AsyncClient) -> None:
    url = await service.sign_in_url((await factories.anna()).id, now=clock.now())
    await client.post(url)

    answer = await client.get("/sign-in?next=//evil.example")

    assert (answer.status_code, answer.headers["location"]) == (303, "/me")


async def test_a_wrong_address_is_said_and_kept(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data=human(**{"email": "a@x, b@x", "next": "/events"}))

    assert answer.status_code == 422
    assert 'value="a@x, b@x"' in answer.text
    assert 'value="/events"' in answer.text


async def test_set_up_makes_the_first_board_account_once(client: httpx.AsyncClient) -> None:
    url = await service.set_up_link(now=clock.now())
    form = {"surname": "Jansen", "email": "jansen@example.com"}

    seen = await client.get(url)
    made = await client.post(url, data=form)

    assert (seen.status_code, made.status_code, made.headers["location"]) == (200, 303, "/board")
    assert (await client.get("/board")).headers["location"] == "/second-step?next=/board"
    over = [await client.get(url), await client.post(url, data=form), await client.post(url)]
    assert [answer.status_code for answer in over] == [409, 409, 409]
    assert all("vraag de beheerder" in answer.text for answer in over)
    assert len(await execute("SELECT 1 FROM role_grant")) == 1


async def test_set_up_says_everything_that_is_wrong_at_once(client: httpx.AsyncClient) -> None:
    url = await service.set_up_link(now=clock.now())

    answer = await client.post(url, data={"surname": "", "email": "nobody"})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="nobody"' in answer.text


async def test_set_up_is_over_once_there_is_a_board(db: None) -> None:
    url = await service.set_up_link(now=NOON)
    carla = await factories.known("Carla")
    await RoleGrant(person=carla.id, role=Role.board, from_on=LONG_AGO).save()

    with pytest.raises(service.SetUpOver):
        await service.set_up(url.rpartition("/")[2], FIRST, device="", now=NOON)

    assert len(await execute("SELECT 1 FROM person")) == 1


async def test_a_newer_set_up_link_closes_the_older(db: None) -> None:
    older = await service.set_up_link(now=NOON)
    await service.set_up_link(now=NOON)

    with pytest.raises(service.SetUpOver):
        await service.set_up(older.rpartition("/")[2], FIRST, device="", now=NOON)


async def test_an_operator_gets_a_link_for_known_people_only(db: None) -> None:
    await factories.anna()

    url = await service.sign_in_link(SYSTEM, "Anna@Example.com", now=NOON)

    assert url.startswith("http")
    with pytest.raises(NotFound):
        await service.sign_in_link(SYSTEM, "nemo@example.com", now=NOON)
