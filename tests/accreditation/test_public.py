"""What everybody sees of points: granted or asked, and nothing else."""

import httpx
import pytest

from server import clock
from server.accreditation import service
from tests.accreditation.test_accreditation import register
from tests.attendance.cast import BOARD, day

pytestmark = pytest.mark.anyio


async def test_the_event_page_says_what_was_granted_or_asked(client: httpx.AsyncClient) -> None:
    event = await day()
    for code in ("FGzPt", "NIP", "VGCt", "LVVP"):
        made = await service.plan(BOARD, event.id, await register(code), now=clock.now())
        if code != "LVVP":
            await service.submit(BOARD, made)
        if code == "FGzPt":
            await service.grant(BOARD, made, "6,5")
        if code == "VGCt":
            await service.refuse(BOARD, made, "Te kort.")

    page = (await client.get(f"/events/{event.slug}")).text

    assert "FGzPt: 6,5 punten" in page
    assert "NIP: aangevraagd" in page
    assert "VGCt" not in page
    assert "LVVP" not in page
