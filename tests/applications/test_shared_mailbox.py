"""Who applies from the mailbox of somebody who died."""

from datetime import timedelta

import pytest

from server.applications import deciding
from server.applications.deciding import AddressOfDeceased
from server.database import execute
from server.outbox import delivery
from server.people import service as people
from tests import factories
from tests.applications.cast import CARLA, NOON, applied, state

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DIED = NOON.date() - timedelta(days=20)


@pytest.mark.parametrize(("days", "becomes"), [(0, "dropped"), (1, "queued")])
async def test_letters_stop_only_of_what_was_asked_before_the_death(
    days: int, becomes: str
) -> None:
    await factories.known("Bram", deceased_on=NOON.date() - timedelta(days=days))
    await applied(surname="Bram", email="Bram@example.com")

    await delivery.tidy(NOON)

    rows = await execute("SELECT kind, state FROM outbox_letter ORDER BY id")
    assert [(row["kind"], row["state"]) for row in rows] == [
        ("application_to_confirm", becomes),
        ("application_received", becomes),
    ]


async def test_board_reads_what_to_do_with_the_address() -> None:
    bram = await factories.known("Bram", deceased_on=DIED)
    view = await applied(surname="Bram", initials="C.", email="bram@example.com")

    with pytest.raises(AddressOfDeceased):
        await deciding.approve(CARLA, view.id, starts_on=NOON.date(), now=NOON)

    await people.change(CARLA, bram.id, {"email": None}, now=NOON)
    await deciding.approve(CARLA, view.id, starts_on=NOON.date(), now=NOON)
    assert await state(view) == "approved"
    await delivery.tidy(NOON)
    rows = await execute("SELECT kind FROM outbox_letter WHERE state = 'queued' ORDER BY id")
    assert rows[-1]["kind"] == "welcome_member"
