"""Our address of an online meeting: leads on who has a place, and gives nothing away to others."""

import httpx
import pytest

from tables.events import Visibility
from tests import factories
from tests.clients import sign_in
from tests.registrations.test_pages import SECRET_ROOM, soon

pytestmark = pytest.mark.anyio


async def follow(client: httpx.AsyncClient, slug: str) -> tuple[int, str]:
    answer = await client.get(f"/events/{slug}/online")
    return answer.status_code, answer.headers.get("location", "")


async def test_who_has_a_place_is_led_on_and_who_has_none_is_told(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.anna())
    event, _ = await soon(mode="online", online_url=SECRET_ROOM)
    before = await follow(client, event.slug)
    mine = (await client.post(f"/events/{event.slug}/registration")).headers["location"]
    led = await client.get(f"/events/{event.slug}/online")
    await client.post(f"{mine}/cancellation")
    after = await follow(client, event.slug)

    assert (led.status_code, led.headers["location"]) == (303, SECRET_ROOM)
    assert led.headers["referrer-policy"] == "no-referrer"
    assert led.headers["cache-control"] == "no-store"
    assert before == after == (303, f"/events/{event.slug}")
    told = (await client.get(before[1])).text
    assert "secret-room" not in told
    assert "zodra er een link is" in told


async def test_a_stranger_signs_in_first(client: httpx.AsyncClient) -> None:
    event, _ = await soon(mode="online", online_url=SECRET_ROOM)

    status, location = await follow(client, event.slug)

    assert (status, location.split("?")[0]) == (303, "/sign-in")
    assert "online" in location


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "zoom.example.org/1"])
async def test_a_link_that_is_none_leads_nowhere(client: httpx.AsyncClient, link: str) -> None:
    await sign_in(client, await factories.anna())
    event, _ = await soon(mode="online", online_url=link)
    await client.post(f"/events/{event.slug}/registration")

    assert await follow(client, event.slug) == (303, f"/events/{event.slug}")


async def test_a_meeting_of_a_group_is_for_its_members(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    event, unit = await soon(
        mode="online", online_url=SECRET_ROOM, visibility=Visibility.group, group=group.id
    )
    await unit.remove()
    await sign_in(client, bram)
    led = await follow(client, event.slug)
    await sign_in(client, await factories.member("Zed"))

    assert led == (303, SECRET_ROOM)
    assert (await client.get(f"/events/{event.slug}/online")).status_code == 404
