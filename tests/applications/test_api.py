"""The board's verbs over the API: the same rules, the same letters, nothing for anybody else."""

import httpx
import pytest

from tests import factories
from tests.applications import cast
from tests.clients import letters, sign_in

pytestmark = pytest.mark.anyio
JSON = dict[str, object]


async def board(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())


async def test_what_waits_is_listed_and_shown_with_who_it_could_be(
    client: httpx.AsyncClient,
) -> None:
    view = await cast.applied()
    els = await factories.known("Eland", email=cast.EMAIL, email_key=cast.EMAIL)
    await board(client)

    [listed] = (await client.get("/api/applications")).json()
    shown = (await client.get(f"/api/applications/{view.id}")).json()

    assert (listed["id"], listed["state"]) == (view.id, "submitted")
    assert shown["allowed_actions"] == ["ask_more", "approve", "reject"]
    assert [one["id"] for one in shown["look_alikes"]] == [els.id]
    assert "email" in shown["look_alikes"][0]["reasons"]


@pytest.mark.parametrize(
    ("verb", "body", "state", "letter"),
    [
        ("question", {"question": "Waar werkt u?"}, "waiting", "application_question"),
        ("rejection", {"reason": "Geen psycholoog."}, "rejected", "application_rejected"),
        ("approval", {"starts_on": "2027-01-01"}, "approved", "welcome_member"),
    ],
)
async def test_each_verb_does_what_the_desk_does(
    client: httpx.AsyncClient, verb: str, body: JSON, state: str, letter: str
) -> None:
    view = await cast.applied()
    await board(client)
    path = f"/api/applications/{view.id}/{verb}"

    done = await client.post(path, json=body)
    again = await client.post(path, json=body)

    assert (done.status_code, done.json()["state"]) == (200, state)
    assert again.status_code == 409
    assert (await letters())[-1][0] == letter


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("question", {"question": " "}, 422),
        ("rejection", {"reason": ""}, 422),
        ("approval", {"starts_on": "2027-01-01", "person": 999}, 422),
        ("approval", {"starts_on": "gisteren"}, 400),
        ("approval", {}, 422),
        ("question", {"question": "x" * 2001}, 400),
    ],
)
async def test_what_is_wrong_is_said_and_changes_nothing(
    client: httpx.AsyncClient, verb: str, body: JSON, status: int
) -> None:
    view = await cast.applied()
    await board(client)

    answer = await client.post(f"/api/applications/{view.id}/{verb}", json=body)

    assert answer.status_code == status
    assert await cast.state(view) == "submitted"


async def test_a_member_learns_nothing(client: httpx.AsyncClient) -> None:
    view = await cast.applied()
    await sign_in(client, await factories.anna())

    found = await client.get(f"/api/applications/{view.id}")
    nothing = await client.get("/api/applications/2147483647")

    assert (found.status_code, nothing.status_code) == (404, 404)
    assert found.json() == nothing.json()
