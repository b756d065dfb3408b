"""An event with approval: who is looked at, who is let in, and who hears why not."""

from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.admission import codes
from server.database import execute
from server.errors import Invalid, WrongState
from server.registrations import approving, places, queries, service, strangers
from server.registrations.wishes import RegistrationForm
from tests import factories
from tests.factories import NOON
from tests.registrations.cast import EARLY, held, register, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def kinds(person_id: int) -> list[str]:
    letters = "SELECT kind FROM outbox_letter WHERE person = $1 ORDER BY id"
    return [row["kind"] for row in await execute(letters, person_id)]


async def test_who_asks_holds_no_place_until_they_are_let_in() -> None:
    event, unit = await factories.open_event(1, needs_approval=True)
    view = await register(await factories.known("Vraagt"), event.id)
    assert (view.state, await held(unit.id, EARLY)) == ("approval", 0)

    done = await approving.approve(SYSTEM, view.line_id, now=EARLY)

    assert (done.state, await held(unit.id, EARLY)) == ("confirmed", 1)
    assert await kinds(view.person_id) == ["registration_in_review", "registration_confirmed"]
    with pytest.raises(WrongState):
        await approving.approve(SYSTEM, view.line_id, now=EARLY)


async def test_let_in_when_it_is_full_they_wait_as_from_when_they_asked() -> None:
    event, _ = await factories.open_event(1, needs_approval=True)
    views = [
        await register(await factories.known(f"P{n}"), event.id, now=EARLY + timedelta(hours=n))
        for n in range(3)
    ]
    for view in reversed(views):
        await approving.approve(SYSTEM, view.line_id, now=EARLY + timedelta(days=1))

    ranks = [(await queries.get(view.code)).rank for view in views]

    assert ranks == [1, 2, None]


async def test_who_is_not_let_in_hears_why() -> None:
    event, unit = await factories.open_event(1, needs_approval=True)
    view = await register(await factories.known("Vraagt"), event.id)
    with pytest.raises(Invalid):
        await approving.reject(SYSTEM, view.line_id, "  ")

    done = await approving.reject(SYSTEM, view.line_id, "Alleen voor de groep.")

    assert (done.state, await held(unit.id, EARLY)) == ("rejected", 0)
    [letter] = await execute(
        "SELECT values->>'reason' AS reason FROM outbox_letter WHERE kind = 'registration_rejected'"
    )
    assert letter["reason"] == "Alleen voor de groep."


async def test_a_stranger_confirms_first_and_is_looked_at_then() -> None:
    event, unit = await factories.open_event(1, needs_approval=True)
    view = await stranger("vreemd@example.org", event.id)
    assert (view.state, await held(unit.id, EARLY)) == ("unverified", 0)

    assert (await strangers.verify(ANONYMOUS, view.code, now=EARLY)).state == "approval"


async def test_the_invited_and_who_the_board_registers_are_not_looked_at() -> None:
    event, _ = await factories.open_event(5, needs_approval=True)
    given = {"label": "Gast", "ticket_class": "other", "uses": 1, "expires_at": None}
    await codes.make(SYSTEM, event.id, given, now=EARLY)
    [code] = await codes.of_event(event.id)
    guest, other = await factories.known("Gast"), await factories.known("Ander")

    form = RegistrationForm(code=code.code)
    invited = await service.register(factories.acting(guest), event.id, form, now=EARLY)
    placed = await service.register_for(SYSTEM, event.id, other.id, now=EARLY)

    assert [invited.state, placed.state] == ["confirmed", "confirmed"]


async def test_who_was_never_looked_at_hears_it_when_all_is_over() -> None:
    event, _ = await factories.open_event(1, needs_approval=True)
    view = await register(await factories.known("Vraagt"), event.id)

    await places.tick(NOON + timedelta(days=2))

    assert (await queries.get(view.code)).state == "expired"
    assert await kinds(view.person_id) == ["registration_in_review", "no_place_came"]


async def test_who_asks_may_leave_again() -> None:
    event, _ = await factories.open_event(1, needs_approval=True)
    view = await register(await factories.known("Vraagt"), event.id)
    assert (await service.cancel(ANONYMOUS, view.code, now=EARLY)).state == "cancelled"


async def test_nobody_is_asked_to_approve_whom_they_confirm_themselves() -> None:
    event, _ = await factories.open_event(1, needs_approval=True)
    view = await stranger("deur@example.org", event.id)
    assert (await strangers.verify(SYSTEM, view.code, now=EARLY)).state == "confirmed"
