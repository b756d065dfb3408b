"""Handing one's place to a colleague: whose it is at every moment, and who hears what."""

import asyncio
import re
from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.admission import codes, dues, terms
from server.admission.refusals import CodeUsedUp
from server.database import execute
from server.errors import Invalid, NotFound, Refusal
from server.events.terms import Terms
from server.registrations import passing_on, places, queries, service, taking_over
from server.registrations.refusals import (
    AlreadyRegistered,
    CannotPassOn,
    EndedByOrganiser,
    HandOverClosed,
    MembersOnly,
    OfferOver,
)
from server.registrations.wishes import RegistrationForm
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.registrations.cast import EARLY, held, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
TO = "collega@example.org"


async def asked(code: str, email: str = TO) -> str:
    """Ask a colleague; their secret."""
    await passing_on.ask(ANONYMOUS, code, name="Col Lega", email=email, now=EARLY)
    [row] = await execute(
        "SELECT values->>'url' AS url FROM outbox_letter WHERE kind = 'place_for_you'"
        " ORDER BY id DESC LIMIT 1"
    )
    return re.sub(r".*/hand-over/", "", row["url"])


async def kinds(email: str) -> list[str]:
    letters = "SELECT kind FROM outbox_letter WHERE address = $1 ORDER BY id"
    return [row["kind"] for row in await execute(letters, email)]


async def test_the_place_is_the_givers_until_the_colleague_says_yes() -> None:
    event, unit = await factories.open_event(1)
    giver = await register(await factories.known("Gever"), event.id)
    waits = await register(await factories.known("Wacht"), event.id)
    token = await asked(giver.code)
    assert (await queries.get(giver.code)).state == "confirmed"

    has = await taking_over.take(ANONYMOUS, token, cents=0, now=EARLY)

    assert (has.state, (await queries.get(giver.code)).state) == ("confirmed", "cancelled")
    assert await held(unit.id, EARLY) == 1
    assert (await queries.get(waits.code)).rank == 1  # it was not theirs to have
    assert await kinds(TO) == ["place_for_you", "registration_confirmed"]
    assert (await kinds(str(giver.email)))[-1] == "place_taken"


async def test_workshops_and_what_was_paid_go_along() -> None:
    event, _ = await factories.open_event(2)
    extra = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="A", capacity=1)
    await extra.save()
    await terms.set_all(SYSTEM, event.id, [Terms("other", price_cents=9500)], now=EARLY)
    who = factories.acting(await factories.known("Gever"))
    wish = RegistrationForm(extra_ids=(extra.id,))
    giver = await service.register(who, event.id, wish, now=EARLY)
    [due] = await dues.of_event(event.id)
    treasurer = factories.acting(await factories.member("Penning"), roles=("treasurer",))
    await dues.mark(treasurer, due.id, "pay", now=EARLY)

    has = await taking_over.take(ANONYMOUS, await asked(giver.code), cents=0, now=EARLY)

    assert [one.state for one in await queries.beside(has.id)] == ["confirmed"]
    [after] = await dues.of_event(event.id)
    assert (after.registration_id, after.state, after.passed_to) == (giver.id, "paid", "Col Lega")
    assert (after.has_place, after.is_to_refund, after.over_cents) == (True, False, 0)
    assert not has.owes


async def test_the_colleague_declines_or_says_nothing_and_the_giver_hears_it() -> None:
    event, _ = await factories.open_event(2)
    giver = await register(await factories.known("Gever"), event.id)
    token = await asked(giver.code)

    await passing_on.decline(ANONYMOUS, token)
    with pytest.raises(HandOverClosed):
        await taking_over.take(ANONYMOUS, token, cents=0, now=EARLY)
    late = await asked(giver.code)
    found = await passing_on.open_of(giver.id, now=EARLY)
    assert found
    with pytest.raises(OfferOver):
        await taking_over.take(ANONYMOUS, late, cents=0, now=found.expires_at)
    assert await passing_on.tick(found.expires_at) == 1
    assert await passing_on.tick(found.expires_at) == 0

    assert (await queries.get(giver.code)).state == "confirmed"
    assert (await kinds(str(giver.email)))[-2:] == ["place_still_yours"] * 2
    rows = await execute("SELECT name, email, state FROM hand_over ORDER BY id")
    assert [(r["name"], r["email"], r["state"]) for r in rows] == [
        ("", "", "declined"),
        ("", "", "expired"),
    ]


async def test_asking_another_takes_the_first_question_back() -> None:
    event, _ = await factories.open_event(2)
    giver = await register(await factories.known("Gever"), event.id)
    first, second = await asked(giver.code), await asked(giver.code, "ander@example.org")

    with pytest.raises(HandOverClosed):
        await taking_over.take(ANONYMOUS, first, cents=0, now=EARLY)
    await passing_on.withdraw(ANONYMOUS, giver.code)
    with pytest.raises(HandOverClosed):
        await taking_over.take(ANONYMOUS, second, cents=0, now=EARLY)


async def test_who_waits_there_leaves_the_line_and_who_has_a_place_has_one() -> None:
    event, _ = await factories.open_event(2)
    giver = await register(await factories.known("Gever"), event.id)
    holder = await register(await factories.known("Heeft"), event.id)
    waits = await register(await factories.known("Wacht"), event.id)

    with pytest.raises(AlreadyRegistered):
        await taking_over.take(
            ANONYMOUS, await asked(giver.code, str(holder.email)), cents=0, now=EARLY
        )
    has = await taking_over.take(
        ANONYMOUS, await asked(giver.code, str(waits.email)), cents=0, now=EARLY
    )

    assert (has.person_id, has.state, has.code) == (waits.person_id, "confirmed", waits.code)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"needs_approval": True}, CannotPassOn), ({"members_only_registration": True}, MembersOnly)],
)
async def test_what_is_the_organisers_to_judge_is_not_passed_on(
    values: dict[str, object], refusal: type[Exception]
) -> None:
    event, unit = await factories.open_event(2)
    giver = await register(await factories.member("Gever"), event.id)
    name = next(iter(values))
    token = "" if name == "needs_approval" else await asked(giver.code)
    await execute(f"UPDATE event SET {name} = true WHERE id = $1", event.id)

    with pytest.raises(refusal):
        await (
            taking_over.take(ANONYMOUS, token, cents=0, now=EARLY) if token else asked(giver.code)
        )
    assert await held(unit.id, EARLY) == 1


async def test_only_a_place_one_has_is_passed_on_and_not_to_oneself() -> None:
    event, _ = await factories.open_event(1)
    giver = await register(await factories.known("Gever"), event.id)
    waits = await register(await factories.known("Wacht"), event.id)

    with pytest.raises(CannotPassOn):
        await asked(waits.code)
    with pytest.raises(Invalid):
        await asked(giver.code, str(giver.email).upper())
    with pytest.raises(Invalid):
        await asked(giver.code, "geen adres")
    with pytest.raises(CannotPassOn):
        late = giver.starts_at + timedelta(minutes=1)
        await passing_on.ask(ANONYMOUS, giver.code, name="X", email=TO, now=late)


async def test_the_giver_gave_it_up_before_the_answer_came() -> None:
    event, _ = await factories.open_event(1)
    giver = await register(await factories.known("Gever"), event.id)
    token = await asked(giver.code)
    await service.cancel(ANONYMOUS, giver.code, now=EARLY)

    with pytest.raises(CannotPassOn):
        await taking_over.take(ANONYMOUS, token, cents=0, now=EARLY)


async def test_two_presses_and_a_cancel_at_once_give_one_place() -> None:
    event, unit = await factories.open_event(1)
    giver = await register(await factories.known("Gever"), event.id)
    token = await asked(giver.code)

    got = await asyncio.gather(
        taking_over.take(ANONYMOUS, token, cents=0, now=EARLY),
        taking_over.take(ANONYMOUS, token, cents=0, now=EARLY),
        service.cancel(ANONYMOUS, giver.code, now=EARLY),
        places.tick(EARLY),
        return_exceptions=True,
    )

    wrong = [one for one in got if isinstance(one, BaseException)]
    assert all(isinstance(one, Refusal | NotFound) for one in wrong)
    assert await held(unit.id, EARLY) <= 1


async def test_whom_the_organiser_took_off_does_not_come_back_through_a_colleague() -> None:
    event, _ = await factories.open_event(2)
    giver = await register(await factories.known("Gever"), event.id)
    off = await register(await factories.known("Eraf"), event.id)
    await places.remove(SYSTEM, off.line_id, now=EARLY)

    with pytest.raises(EndedByOrganiser):
        await taking_over.take(
            ANONYMOUS, await asked(giver.code, str(off.email)), cents=0, now=EARLY
        )
    assert (await queries.get(giver.code)).state == "confirmed"


async def test_a_code_for_one_stays_used_by_whom_the_place_was_given_to() -> None:
    event, _ = await factories.open_event(5)
    values = {"label": "x", "ticket_class": "other", "uses": 1, "expires_at": None}
    await codes.make(SYSTEM, event.id, values, now=EARLY)
    [code] = await codes.of_event(event.id)
    who = factories.acting(await factories.known("Gever"))
    wish = RegistrationForm(code=code.code)
    giver = await service.register(who, event.id, wish, now=EARLY)
    await taking_over.take(ANONYMOUS, await asked(giver.code), cents=0, now=EARLY)

    with pytest.raises(CodeUsedUp):
        await service.register(who, event.id, wish, now=EARLY)


async def test_a_question_does_not_outlive_the_place_it_was_about() -> None:
    event, _ = await factories.open_event(5)
    who = await factories.known("Gever")
    giver = await register(who, event.id)
    token = await asked(giver.code)
    await service.cancel(ANONYMOUS, giver.code, now=EARLY)
    again = await register(who, event.id, now=EARLY + timedelta(minutes=1))

    with pytest.raises(CannotPassOn):
        await taking_over.take(ANONYMOUS, token, cents=0, now=EARLY + timedelta(minutes=2))
    assert await passing_on.tick(EARLY + timedelta(minutes=2)) == 1
    assert (await queries.get(again.code)).state == "confirmed"
    assert await execute("SELECT 1 FROM hand_over WHERE email <> ''") == []
