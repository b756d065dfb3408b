"""Forms that strangers send: the trap, the moment, and nothing lost by accident."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.web import sealing
from server.web.public_form import PURPOSE, sealed
from tests import factories
from tests.clients import human, letters, sign_in

pytestmark = pytest.mark.anyio
EMAIL = {"email": "anna@example.com", "next": "/events"}


def opened(**ago: float) -> dict[str, str]:
    return {**EMAIL, "opened": sealed(clock.now() - timedelta(**ago))}


@pytest.mark.parametrize(
    "sent",
    [
        EMAIL,
        {**EMAIL, "opened": ""},
        {**EMAIL, "opened": "forged"},
        {**EMAIL, "opened": "é💥"},
        {**EMAIL, "opened": "gAAAA"},
    ],
)
async def test_what_no_human_sends_comes_back_with_everything_in_it(
    client: httpx.AsyncClient, sent: dict[str, str]
) -> None:
    await factories.anna()

    answer = await client.post("/sign-in", data=sent)

    assert answer.status_code == 422
    assert "Dat ging wel erg snel" in answer.text
    assert 'value="anna@example.com"' in answer.text
    assert 'value="/events"' in answer.text
    assert await letters() == []


@pytest.mark.parametrize("seconds", [0.1, -60])
async def test_quicker_than_a_human_is_no_human(client: httpx.AsyncClient, seconds: float) -> None:
    answer = await client.post("/sign-in", data=opened(seconds=seconds))

    assert answer.status_code == 422


async def test_pressing_again_a_moment_later_works(client: httpx.AsyncClient) -> None:
    await factories.anna()
    refused = await client.post("/sign-in", data=opened(seconds=0.95))
    kept = refused.text.split('name="opened" value="')[1].split('"')[0]

    again = await client.post("/sign-in", data={**EMAIL, "opened": kept})
    if again.status_code == 422:  # the moment had not passed: press once more
        await execute("SELECT pg_sleep(1)")
        again = await client.post("/sign-in", data={**EMAIL, "opened": kept})

    assert again.status_code == 303


@pytest.mark.parametrize("days", [1, 7, 300])
async def test_a_tab_may_stay_open_for_long(client: httpx.AsyncClient, days: int) -> None:
    answer = await client.post("/sign-in", data=opened(days=days))

    assert answer.status_code == 303


async def test_a_seal_of_something_else_counts_for_nothing(client: httpx.AsyncClient) -> None:
    other = sealing.seal("something else", b"2020-01-01T00:00:00+00:00").decode()
    ours = sealing.seal(PURPOSE, b"2020-01-01T00:00:00+00:00").decode()

    assert (await client.post("/sign-in", data={**EMAIL, "opened": other})).status_code == 422
    assert (await client.post("/sign-in", data={**EMAIL, "opened": ours})).status_code == 303


async def test_whoever_fills_the_hidden_field_is_told_and_does_nothing(
    client: httpx.AsyncClient,
) -> None:
    await factories.anna()

    answer = await client.post("/sign-in", data=human(**EMAIL, website="https://spam.example"))

    assert answer.status_code == 422
    assert "Laat het verborgen veld leeg" in answer.text
    assert "spam.example" not in answer.text
    assert await letters() == []


async def test_every_public_form_has_both_and_people_who_are_signed_in_neither(
    client: httpx.AsyncClient,
) -> None:
    event, _ = await factories.open_event(
        starts_at=clock.now() + timedelta(days=30), ends_at=clock.now() + timedelta(days=31)
    )
    await execute(
        "INSERT INTO newsletter_list (slug, list_id, name_nl, name_en) VALUES ('n', 'n', 'N', 'N')"
    )
    paths = ("/newsletters", "/join", f"/events/{event.slug}/registration")
    for path in ("/sign-in", *paths):
        text = (await client.get(path)).text
        assert ('name="opened"' in text, 'name="website"' in text) == (True, True), path
    await sign_in(client, await factories.dirk())
    for path in paths:
        text = (await client.get(path)).text
        assert ('name="opened"' in text, 'name="website"' in text) == (False, False), path
