"""The desk of an event: who reads whose address there, and what leaves the house."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from server import clock
from tables.accounts import RoleGrant
from tables.events import Event
from tests import factories
from tests.clients import sign_in
from tests.registrations.cast import register

pytestmark = pytest.mark.anyio
ADDRESS = "anna@example.com"


@pytest.fixture
async def event(client: httpx.AsyncClient) -> AsyncIterator[Event]:
    """An event of a group that Bram chairs, with Anna registered."""
    now = clock.now()
    _, group = await factories.bram()
    dates = {"starts_at": now + timedelta(days=30), "ends_at": now + timedelta(days=31)}
    row, _ = await factories.open_event(5, group=group.id, **dates)
    await register(await factories.anna(), row.id, now=now)
    yield row


@pytest.mark.parametrize(
    ("office", "sees"),
    [("chair", True), ("secretary", True), ("accreditor", True), ("editor", False)],
)
async def test_addresses_are_for_who_may_look_at_people(
    client: httpx.AsyncClient, event: Event, office: str, sees: bool
) -> None:
    who = await factories.known("Edith")
    await RoleGrant(person=who.id, role=office, from_on=factories.LONG_AGO).save()
    await sign_in(client, who)

    desk = await client.get(f"/board/events/{event.slug}")
    csv = await client.get(f"/board/events/{event.slug}/registrations.csv")
    xlsx = await client.get(f"/board/events/{event.slug}/registrations.xlsx")

    assert [answer.status_code for answer in (desk, csv, xlsx)] == [200, 200, 200]
    assert ["Anna" in text for text in (desk.text, csv.text)] == [True, True]
    assert f'href="/board/events/{event.slug}/units"' in desk.text
    assert [ADDRESS in text for text in (desk.text, csv.text)] == [sees, sees]
    assert ("E-mailadres" in csv.text) is sees


async def test_who_chairs_the_group_writes_to_its_guests(
    client: httpx.AsyncClient, event: Event
) -> None:
    [bram] = await factories.Person.objects().where(factories.Person.surname == "Bram")
    await sign_in(client, bram)

    csv = await client.get(f"/board/events/{event.slug}/registrations.csv")

    assert ADDRESS in csv.text
