"""Lists of people, and what takes offices away, ask a proof of minutes ago; lists leave a line."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from tests import factories
from tests.clients import sign_in

pytestmark = pytest.mark.anyio
EXPORTS = ("/api/applications", f"/api/fees/{clock.today().year}")


@pytest.mark.parametrize("path", EXPORTS)
async def test_a_list_of_people_is_proved_and_on_record(
    client: httpx.AsyncClient, path: str
) -> None:
    await sign_in(client, await factories.carla())
    await execute("UPDATE role_grant SET role = 'treasurer'")

    fresh = await client.get(path)
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=11))
    stale = await client.get(path)

    assert (fresh.status_code, stale.status_code) == (200, 403)
    assert len(await execute("SELECT 1 FROM audit_entry WHERE action = 'export'")) == 1


async def test_an_end_to_what_goes_on_is_proved(client: httpx.AsyncClient) -> None:
    dirk = await factories.dirk()
    await execute("UPDATE person SET deceased_on = $1 WHERE id = $2", clock.today(), dirk.id)
    await sign_in(client, await factories.carla())
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=11))

    page = await client.post(f"/board/people/{dirk.id}/settlement", data={"sure": "yes"})
    program = await client.post(f"/api/people/{dirk.id}/settlement", json={})

    assert page.headers["location"].startswith("/second-step")
    assert program.status_code == 403


async def test_signing_in_alone_is_no_fresh_proof_for_who_has_a_second_step(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    await sign_in(client, anna)
    await execute("UPDATE session SET proved_at = NULL")
    without = await client.get("/me/data.json")
    await execute(
        "INSERT INTO totp_secret (person, encrypted, last_step) VALUES ($1, 'x', 0)",
        anna.id,
    )

    with_app = [await client.get(path) for path in ("/me/data.json", "/me/tokens/new")]

    assert without.status_code == 200
    assert [answer.status_code for answer in with_app] == [303, 303]
