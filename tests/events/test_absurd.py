"""A row that an UPDATE by hand has put in another age breaks no page."""

from datetime import UTC, datetime

import httpx
import pytest

from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.registrations import organising
from tests import factories
from tests.clients import sign_in

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "values",
    [
        "starts_at = '20000-01-01', ends_at = '20000-01-02'",
        "ends_at = 'infinity'",
        "starts_at = '0044-03-15 BC'",
    ],
)
async def test_an_event_of_another_age_is_left_out(client: httpx.AsyncClient, values: str) -> None:
    odd, whole = await factories.event(state="published"), await factories.event(state="published")
    await execute(f"UPDATE event SET {values} WHERE id = $1", odd.id)
    await sign_in(client, await factories.carla())

    for path in ("/", "/events", "/events/past", "/api/events", "/board", "/board/events"):
        answer = await client.get(path)
        assert answer.status_code == 200, path
    assert f"/events/{whole.slug}" in (await client.get("/events")).text
    assert (await client.get(f"/events/{odd.slug}")).status_code == 404


async def test_nobody_can_put_it_there_by_a_form_or_a_program(db: None) -> None:
    event = await factories.event(state="published")
    far = {
        "starts_at": datetime(3026, 1, 1, tzinfo=UTC),
        "ends_at": datetime(3026, 1, 2, tzinfo=UTC),
    }

    with pytest.raises(Invalid) as told:
        await organising.change_event(SYSTEM, event.id, far, now=factories.NOON)

    assert sorted(told.value.fields) == ["ends_at", "starts_at"]
