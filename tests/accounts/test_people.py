"""The account of a person without an office, and the rights that only an operator gives."""

import httpx
import pytest

from server import clock
from server.accounts import offices, queries, totp
from server.accounts.offices import AlreadyHolds
from server.actors import SYSTEM
from server.cli import product
from server.database import execute
from server.errors import NotFound
from tables.accounts import Role
from tests import factories
from tests.clients import heading, letters, session_of, sign_in

pytestmark = pytest.mark.anyio


async def test_a_member_who_lost_the_telephone_is_helped(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await totp.keep(int(anna.id), b"1" * 20, 0, now=clock.now())
    session = await session_of(anna)
    await sign_in(client, await factories.carla())
    home = f"/board/accounts/people/{anna.id}"
    assert home in (await client.get(f"/board/people/{anna.id}")).text
    assert f"{home}/factor-reset" in (await client.get(home)).text

    answer = await client.post(f"{home}/factor-reset")

    assert answer.headers["location"] == home
    assert f"{home}/factor-reset" not in (await client.get(home)).text
    assert await execute("SELECT 1 FROM totp_secret") == []
    assert await queries.find_actor(session, clock.now()) is None
    assert (await letters())[-1] == ("factor_changed", anna.email)


async def test_the_account_of_a_member_is_closed_and_opened(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await sign_in(client, await factories.carla())
    home = f"/board/accounts/people/{anna.id}"

    unsaid = await client.post(f"{home}/suspension", data={"reason": " "})
    closed = await client.post(f"{home}/suspension", data={"reason": "Mailbox <gekraakt>"})

    assert unsaid.status_code == 422
    assert closed.headers["location"] == home
    page = await client.get(home)
    assert heading(page) == f"Account van {anna.display_name}"
    assert "Mailbox &lt;gekraakt&gt;" in page.text
    assert (await client.post(f"{home}/opening")).headers["location"] == home
    assert f"{home}/suspension" in (await client.get(home)).text


async def test_who_is_merged_or_erased_has_no_account(client: httpx.AsyncClient) -> None:
    anna, els = await factories.anna(), await factories.known("Els")
    await execute("UPDATE person SET merged_into = $1 WHERE id = $2", anna.id, els.id)
    await sign_in(client, await factories.carla())

    for person_id in (els.id, 2147483647):
        home = f"/board/accounts/people/{person_id}"
        assert (await client.get(home)).status_code == 404
        assert (await client.post(f"{home}/factor-reset")).status_code == 404
        closing = await client.post(f"{home}/suspension", data={"reason": "Gestolen"})
        assert closing.status_code == 404


async def test_an_operator_gives_the_rights_of_the_system_and_the_board_ends_them(
    db: None,
) -> None:
    dirk, carla = await factories.dirk(), await factories.carla()
    board = factories.acting(carla, roles=("board",))

    assert await product.make_keeper(str(dirk.email)) == dirk.display_name
    assert await product.make_keeper("nemo@example.com") is None

    found = await queries.find_actor(await session_of(dirk), clock.now())
    assert found is not None and found[0].roles == {"system"}
    assert (await letters())[-1][1] == dirk.email
    with pytest.raises(AlreadyHolds):
        await offices.appoint(SYSTEM, str(dirk.email), Role.system, now=clock.now())
    with pytest.raises(NotFound):
        await offices.appoint(
            factories.acting(dirk), str(carla.email), Role.system, now=clock.now()
        )
    grant_id = (await execute("SELECT id FROM role_grant WHERE role = 'system'"))[0]["id"]
    await offices.end(board, grant_id, last_on=None, now=clock.now())
    found = await queries.find_actor(await session_of(dirk), clock.now())
    assert found is not None and found[0].roles == frozenset()
