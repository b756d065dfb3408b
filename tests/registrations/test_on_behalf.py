"""Who manages an event registers somebody by name and address, also at the door."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.registrations import queries
from tests import factories
from tests.clients import heading, letters, sign_in

pytestmark = pytest.mark.anyio
SAM = {"name": "Sam de Boer", "email": "sam@example.net", "language": "en", "key": ""}


async def today(capacity: int) -> tuple[int, str]:
    """An event that began an hour ago, so that nobody registers by themselves any more."""
    now = clock.now()
    event, _ = await factories.open_event(
        capacity,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=5),
        registration_closes_at=now - timedelta(days=1),
    )
    return event.id, event.slug


async def test_somebody_who_walks_in_has_a_place(client: httpx.AsyncClient) -> None:
    event_id, slug = await today(1)
    await sign_in(client, await factories.carla())
    path = f"/board/events/{slug}/registration"

    page = await client.get(path)
    wrong = await client.post(path, data={**SAM, "email": "sam", "name": "Sam de Boer"})
    done = await client.post(path, data=SAM)
    full = await client.post(path, data={**SAM, "name": "Tim", "email": "tim@example.net"})
    twice = await client.post(path, data=SAM)

    assert heading(page) == "Iemand inschrijven"
    assert wrong.status_code == 422
    assert 'value="Sam de Boer"' in wrong.text
    assert (done.status_code, full.status_code, twice.status_code) == (303, 303, 409)
    rows = await queries.of_event(event_id)
    found = {(r.display_name, r.state, r.language) for r in rows}
    assert found == {("Sam de Boer", "confirmed", "en"), ("Tim", "waiting", "en")}
    assert [kind for kind, _ in await letters()] == [
        "registration_confirmed",
        "registration_waiting",
    ]


async def test_who_is_known_stays_who_they_are(client: httpx.AsyncClient) -> None:
    event_id, slug = await today(5)
    anna = await factories.member("Anna")
    await sign_in(client, await factories.carla())

    named = {**SAM, "name": "A. Vreemd", "email": "anna@example.com"}
    await client.post(f"/board/events/{slug}/registration", data=named)

    (view,) = await queries.of_event(event_id)
    assert (view.person_id, view.display_name, view.ticket_class) == (anna.id, "Anna", "member")


async def test_nobody_else_finds_the_form(client: httpx.AsyncClient) -> None:
    _, slug = await today(5)
    await sign_in(client, await factories.member("Anna"))

    assert (await client.get(f"/board/events/{slug}/registration")).status_code == 404
    assert (await client.post(f"/board/events/{slug}/registration", data=SAM)).status_code == 404
