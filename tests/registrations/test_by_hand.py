"""What the board does by hand: whom it may register, and for whom it answers."""

from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import NotFound
from server.registrations import places, queries, service
from server.registrations.refusals import NotGoingOn
from tests import factories
from tests.clients import letters, sign_in
from tests.factories import NOON
from tests.registrations.cast import EARLY, crowd, register, states

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
ADMIN = "/admin/api/tables/inschrijvingen/"


@pytest.mark.parametrize("state", ["draft", "cancelled", "completed", "archived"])
async def test_nobody_gets_a_place_at_what_does_not_go_on(state: str) -> None:
    event, _ = await factories.open_event(5, state=state)
    anna = await factories.anna()

    with pytest.raises(NotGoingOn):
        await service.register_for(SYSTEM, event.id, anna.id, now=EARLY)

    assert await letters() == []


async def test_nobody_gets_a_place_at_what_is_over() -> None:
    event, _ = await factories.open_event(1)
    _, waiting = await crowd(event.id, 2)
    anna = await factories.anna()

    with pytest.raises(NotGoingOn):
        await service.register_for(SYSTEM, event.id, anna.id, now=event.ends_at)
    with pytest.raises(NotGoingOn):
        await places.place(SYSTEM, waiting.line_id, now=event.ends_at)


@pytest.mark.parametrize("state", ["announced", "published", "postponed"])
async def test_the_board_registers_before_registration_opens_and_while_it_is_closed(
    state: str,
) -> None:
    event, _ = await factories.open_event(5, state=state, registration_closes_at=EARLY)
    anna = await factories.anna()

    view = await service.register_for(SYSTEM, event.id, anna.id, now=NOON - timedelta(hours=1))

    assert view.state == "confirmed"


async def test_who_died_was_erased_or_merged_gets_no_place() -> None:
    event, _ = await factories.open_event(5)
    carla = await factories.carla()
    gone = [
        await factories.known("Dood", deceased_on=date(2027, 1, 1)),
        await factories.known("Gewist", anonymised_at=EARLY),
        await factories.known("Samengevoegd", merged_into=carla.id),
    ]

    for one in gone:
        with pytest.raises(NotFound):
            await service.register_for(SYSTEM, event.id, one.id, now=EARLY)

    assert await letters() == []


async def test_the_admin_registers_nobody_for_a_cancelled_event(client: httpx.AsyncClient) -> None:
    anna, carla = await factories.anna(), await factories.carla()
    event, _ = await factories.open_event(5, state="cancelled")
    await sign_in(client, carla)
    new = (await client.get(f"{ADMIN}new/")).json()

    made = await client.post(ADMIN, json={**new, "event": event.id, "person": anna.id})

    assert made.status_code == 422
    assert "gaat niet door" in made.text
    assert await letters() == []


async def test_the_line_passes_over_who_died() -> None:
    event, _ = await factories.open_event(1)
    first, dead, third = await crowd(event.id, 3)
    await execute("UPDATE person SET deceased_on = '2027-01-30' WHERE id = $1", dead.person_id)

    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    assert third.rank == 2
    assert await states(event.id) == ["cancelled", "waiting", "offered"]


async def test_who_died_does_not_count_before_others_in_line() -> None:
    event, _ = await factories.open_event(1)
    _, dead, third = await crowd(event.id, 3)

    await execute("UPDATE person SET deceased_on = '2027-01-30' WHERE id = $1", dead.person_id)

    assert (third.rank, (await queries.get(third.code)).rank) == (2, 1)


async def test_who_died_keeps_nobody_waiting() -> None:
    event, _ = await factories.open_event(1)
    first, dead = await crowd(event.id, 2)
    await execute("UPDATE person SET deceased_on = '2027-01-30' WHERE id = $1", dead.person_id)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    view = await register(await factories.dirk(), event.id)

    assert view.state == "confirmed"


async def test_the_board_passes_an_offer_on_to_who_has_no_address(
    client: httpx.AsyncClient,
) -> None:
    now = clock.now()
    starts_at = now + timedelta(days=30)
    event, _ = await factories.open_event(1, starts_at=starts_at, ends_at=starts_at + timedelta(1))
    first = await register(await factories.anna(), event.id, now=now)
    without = await factories.member("Opa", email=None, email_key=None)
    await service.register_for(SYSTEM, event.id, without.id, now=now)
    await register(await factories.dirk(), event.id, now=now)
    await sign_in(client, await factories.carla())
    before = await client.get("/board")
    await service.cancel(ANONYMOUS, first.code, now=now)

    board = await client.get("/board")
    desk = await client.get(f"/board/events/{event.slug}")
    found = await queries.find(event.id, without.id)
    assert found is not None
    await client.post(f"/board/events/{event.slug}/lines/{found.line_id}/place")

    words = "geef het zelf door: Opa: Pijndag"
    assert (words in before.text, words in board.text) == (False, True)
    assert f"/lines/{found.line_id}/place" in desk.text
    assert await states(event.id) == ["cancelled", "confirmed", "waiting"]
    assert words not in (await client.get("/board")).text


async def test_an_offer_that_no_letter_told_is_missed_by_nobody() -> None:
    event, _ = await factories.open_event(1)
    first = await register(await factories.anna(), event.id)
    without = await factories.member("Opa", email=None, email_key=None)
    await service.register_for(SYSTEM, event.id, without.id, now=EARLY)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)

    for days in (4, 8, 12, 16):
        await places.tick(EARLY + timedelta(days=days))

    assert await states(event.id) == ["cancelled", "offered"]
