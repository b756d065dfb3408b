"""Who is not signed in: how many letters they cause, and what the same form does again."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.errors import NotFound
from server.registrations import places, queries, service, strangers
from server.registrations.refusals import EndedByOrganiser
from server.registrations.wishes import RegistrationForm
from tests import factories
from tests.clients import heading, last_letter, letters, sign_in
from tests.registrations.cast import EARLY, ask, register, states, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
GUEST = "guest@example.com"
HOUR = timedelta(hours=1)


async def test_one_address_gets_three_letters_an_hour() -> None:
    events = [(await factories.open_event(5))[0] for _ in range(5)]

    for event in events:
        await ask(GUEST, event.id)
    written = await letters()
    held = [await states(event.id) for event in events]
    await ask(GUEST, events[4].id, now=EARLY + HOUR)

    assert written == [("registration_to_verify", GUEST)] * 3
    # what nobody was written about is not held either
    assert held == [["unverified"]] * 3 + [[], []]
    assert await states(events[4].id) == ["unverified"]


async def test_a_letter_to_somebody_registered_counts_as_well() -> None:
    event, _ = await factories.open_event(5)
    anna = await factories.anna()
    await register(anna, event.id)

    for _ in range(3):
        await ask("anna@example.com", event.id)
    await ask("anna@example.com", (await factories.open_event(5))[0].id)

    assert len(await letters()) == 2


@pytest.mark.parametrize("is_ended", [True, False])
async def test_the_same_form_after_the_half_hour_asks_anew(is_ended: bool) -> None:
    event, _ = await factories.open_event(1)
    key, late = uuid4(), EARLY + timedelta(minutes=31)
    await ask(GUEST, event.id, key=key)
    if is_ended:
        await places.tick(late)

    again = await stranger(GUEST, event.id, key=key, now=late)
    confirmed = await strangers.verify(ANONYMOUS, again.code, now=late)

    assert (again.state, confirmed.state) == ("unverified", "confirmed")
    assert [kind for kind, _ in await letters()] == [
        "registration_to_verify",
        "registration_to_verify",
        "registration_confirmed",
    ]


async def test_the_same_form_in_time_does_nothing() -> None:
    event, _ = await factories.open_event(1)
    key = uuid4()

    for _ in range(2):
        await ask(GUEST, event.id, key=key)

    assert await states(event.id) == ["unverified"]
    assert len(await letters()) == 1


async def test_only_who_is_signed_in_registers_at_once() -> None:
    event, _ = await factories.open_event(1)

    with pytest.raises(NotFound):
        await service.register(ANONYMOUS, event.id, RegistrationForm(email=GUEST), now=EARLY)


async def test_whom_the_organiser_took_off_the_list_comes_back_only_through_them() -> None:
    _, group = await factories.bram()
    event, _ = await factories.open_event(2, group=group.id)
    anna = await factories.anna()
    view = await register(anna, event.id)
    await places.remove(SYSTEM, view.line_id, now=EARLY)

    with pytest.raises(EndedByOrganiser):
        await register(anna, event.id)
    await ask("anna@example.com", event.id)
    told, kept = (await letters())[1:], await states(event.id)
    await service.register_for(SYSTEM, event.id, anna.id, now=EARLY)

    assert told == [("registration_ended", "anna@example.com")] * 2
    assert (kept, await states(event.id)) == (
        ["cancelled_by_organiser"],
        ["cancelled_by_organiser", "confirmed"],
    )


async def test_who_was_taken_off_the_list_reads_whom_to_ask(client: httpx.AsyncClient) -> None:
    now = clock.now()
    event, _ = await factories.open_event(2, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    anna = await factories.anna()
    view = await register(anna, event.id, now=now)
    await places.remove(SYSTEM, view.line_id, now=now)
    await sign_in(client, anna)

    form = await client.get(f"/events/{event.slug}/registration")
    posted = await client.post(f"/events/{event.slug}/registration")
    mine = await client.get(form.headers["location"])

    assert (form.status_code, posted.status_code) == (303, 409)
    assert heading(mine) == "De organisatie heeft uw inschrijving beëindigd"
    assert "Wilt u toch komen? Neem dan contact op met de organisatie." in mine.text


async def test_what_is_over_does_not_ask_anybody_back(client: httpx.AsyncClient) -> None:
    now = clock.now()
    event, _ = await factories.open_event(2, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    view = await register(await factories.anna(), event.id, now=now)
    await service.cancel(ANONYMOUS, view.code, now=now)
    again = "Schrijf mij opnieuw in"

    before = await client.get(f"/registrations/{view.code}")
    await execute("UPDATE event SET starts_at = $1, ends_at = $2", now - 2 * HOUR, now - HOUR)
    after = await client.get(f"/registrations/{view.code}")

    assert (again in before.text, again in after.text) == (True, False)
    assert (await queries.get(view.code)).state == "cancelled"
    assert (await last_letter())["event"] == "Pijndag"


async def test_who_proved_nothing_takes_no_earlier_remark_away() -> None:
    event, _ = await factories.open_event(3)
    first = RegistrationForm(name="Gast", email=GUEST, remark="Ik kom met de rolstoel")
    await strangers.ask(ANONYMOUS, event.id, first, now=EARLY)
    seen = await stranger(GUEST, event.id)
    await service.cancel(ANONYMOUS, seen.code, now=EARLY)

    other = RegistrationForm(name="Gast", email=GUEST, remark="Iets anders")
    await strangers.ask(ANONYMOUS, event.id, other, now=EARLY + HOUR)
    await service.cancel(ANONYMOUS, seen.code, now=EARLY + HOUR)
    silent = RegistrationForm(name="Gast", email=GUEST)
    await strangers.ask(ANONYMOUS, event.id, silent, now=EARLY + HOUR)

    assert (await queries.get(seen.code)).remark == "Ik kom met de rolstoel\nIets anders"
