"""What no form of the admin sends, and what a tired hand does send."""

from typing import Any

import httpx
import pytest

from server.database import execute
from tests.admin.conftest import Make

pytestmark = pytest.mark.anyio
EVENT = "/admin/api/tables/activiteiten"


async def _row(event: dict[str, Any]) -> dict[str, Any]:
    return (await execute("SELECT * FROM event WHERE id = $1", event["id"]))[0]


@pytest.mark.parametrize("year", ["0001", "0206", "1899", "2101", "9999"])
async def test_a_mistyped_year_is_said_beside_its_column(
    board: httpx.AsyncClient, an_event: Make, year: str
) -> None:
    event = await an_event()
    sent = {"revision": 1, "starts_at": f"{year}-06-30T12:00:00+14:00"}

    answer = await board.patch(f"{EVENT}/{event['id']}/", json=sent)

    assert answer.status_code == 422
    assert answer.json() == {
        "custom_form_error": "Begint: het jaar moet tussen 1900 en 2100 liggen."
    }
    assert await _row(event) == event


async def test_a_number_longer_than_any_of_ours_is_no_version_and_no_row(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    stale = await board.patch(f"{EVENT}/{event['id']}/", json={"revision": "9" * 5000})
    absent = await board.get(f"{EVENT}/{'9' * 5000}/")

    assert (stale.status_code, absent.status_code) == (422, 404)


async def test_json_nested_too_deep_is_not_read(board: httpx.AsyncClient, an_event: Make) -> None:
    event = await an_event()
    kind = {"content-type": "application/json"}

    answer = await board.patch(f"{EVENT}/{event['id']}/", content="[" * 100_000, headers=kind)

    assert answer.status_code == 422
    assert await _row(event) == event
