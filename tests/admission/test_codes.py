"""Invitation codes: for whom they open what, how often, and never once too often."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.admission import codes, terms
from server.admission.refusals import CodeUsedUp, NoSuchCode
from server.database import execute
from server.errors import Invalid, NotFound
from server.events.terms import Terms
from server.registrations import line, queries, service, strangers
from server.registrations.refusals import MembersOnly, NotOpen
from server.registrations.wishes import RegistrationForm
from tables.people import Person
from tests import factories
from tests.registrations.cast import EARLY, held

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
DAY = timedelta(days=1)


async def code_for(event_id: int, **values: Any) -> str:
    given = {"label": "Sponsor", "ticket_class": "other", "uses": 1, "expires_at": None, **values}
    made = await codes.make(SYSTEM, event_id, given, now=EARLY)
    return next(one.code for one in await codes.of_event(event_id) if one.id == made)


async def come(who: Person, event_id: int, code: str) -> queries.RegistrationView:
    form = RegistrationForm(code=code)
    return await service.register(factories.acting(who), event_id, form, now=EARLY)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"members_only_registration": True}, MembersOnly),
        ({"registration_opens_at": EARLY + DAY}, NotOpen),
        ({"registration_closes_at": EARLY}, NotOpen),
    ],
)
async def test_a_code_opens_what_is_closed_to_others(
    values: dict[str, object], refusal: type[Exception]
) -> None:
    event, _ = await factories.open_event(5, **values)
    code = await code_for(event.id, expires_at=EARLY + DAY)
    guest = await factories.known("Gast")

    with pytest.raises(refusal):
        await come(guest, event.id, "")
    typed = f" {code[:5].lower()}-{code[5:]} "
    assert (await come(guest, event.id, typed)).state == "confirmed"


async def test_a_code_is_for_one_event_until_its_day_and_until_it_is_taken_back() -> None:
    event, _ = await factories.open_event(5)
    other, _ = await factories.open_event(5)
    guest = await factories.known("Gast")
    foreign = await code_for(other.id)
    old = await code_for(event.id, expires_at=EARLY + DAY)
    withdrawn = await code_for(event.id)
    [row] = [one for one in await codes.of_event(event.id) if one.code == withdrawn]
    await codes.revoke(SYSTEM, event.id, row.id, now=EARLY)
    await codes.revoke(SYSTEM, event.id, row.id, now=EARLY)  # twice is once

    for code in (foreign, withdrawn, "ONZIN", "\x00", "x" * 9000):
        with pytest.raises(NoSuchCode):
            await come(guest, event.id, code)
    with pytest.raises(NoSuchCode):
        form = RegistrationForm(code=old)
        await service.register(factories.acting(guest), event.id, form, now=EARLY + DAY)
    with pytest.raises(NotFound):
        await codes.revoke(SYSTEM, other.id, row.id, now=EARLY)


async def test_who_cancels_gives_the_code_back() -> None:
    event, _ = await factories.open_event(5)
    code = await code_for(event.id)
    first, second = await factories.known("Een"), await factories.known("Twee")
    view = await come(first, event.id, code)

    with pytest.raises(CodeUsedUp):
        await come(second, event.id, code)
    await service.cancel(ANONYMOUS, view.code, now=EARLY)

    assert (await come(second, event.id, code)).state == "confirmed"
    with pytest.raises(CodeUsedUp):
        await come(first, event.id, code)


async def test_a_partner_with_a_code_has_the_class_and_price_of_partners() -> None:
    event, _ = await factories.open_event(5)
    prices = {"speaker": 0, "member": 2500, "partner": 5000, "other": 9500}
    them = [Terms(name, price_cents=cents) for name, cents in prices.items()]
    await terms.set_all(SYSTEM, event.id, them, now=EARLY)
    code = await code_for(event.id, ticket_class="partner", uses=None)
    guest, member = await factories.known("Gast"), await factories.member("Mia")

    partner, mia = await come(guest, event.id, code), await come(member, event.id, code)

    assert (partner.ticket_class, partner.price_cents) == ("partner", 5000)
    assert (mia.ticket_class, mia.price_cents) == ("member", 2500)  # the better of the two


async def unlocked(event_id: int) -> dict[str, Any]:
    rows = await execute("SELECT *, NULL AS terms FROM event WHERE id = $1", event_id)
    return rows[0]


async def race(event_id: int, code: str) -> int:
    people = [await factories.known(f"P{n}") for n in range(30)]
    got = await asyncio.gather(
        *(come(who, event_id, code) for who in people), return_exceptions=True
    )
    assert all(isinstance(one, queries.RegistrationView | CodeUsedUp) for one in got)
    return sum(isinstance(one, queries.RegistrationView) for one in got)


async def test_thirty_at_once_use_a_code_for_five_five_times() -> None:
    event, _ = await factories.open_event(100)
    assert await race(event.id, await code_for(event.id, uses=5)) == 5


async def test_the_control_without_the_lock_uses_it_too_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event, _ = await factories.open_event(100)
    code = await code_for(event.id, uses=5)
    monkeypatch.setattr(line, "lock", unlocked)
    assert await race(event.id, code) > 5


async def strangers_with(code: str, event_id: int, count: int) -> list[str]:
    """So many strangers ask with a code; the codes of their registrations."""
    for n in range(count):
        form = RegistrationForm(name=f"V{n}", email=f"v{n}@example.org", code=code)
        await strangers.ask(ANONYMOUS, event_id, form, now=EARLY)
    found = "SELECT code FROM registration WHERE event = $1 ORDER BY id"
    return [row["code"] for row in await execute(found, event_id)]


async def test_who_never_confirms_keeps_the_last_use_from_nobody() -> None:
    event, _ = await factories.open_event(5)
    code = await code_for(event.id)
    mistyped, meant = await strangers_with(code, event.id, 2)

    view = await strangers.verify(ANONYMOUS, meant, now=EARLY)

    assert (view.state, [one.used for one in await codes.of_event(event.id)]) == ("confirmed", [1])
    with pytest.raises(CodeUsedUp):
        await strangers.verify(ANONYMOUS, mistyped, now=EARLY)
    assert (await queries.get(mistyped)).state == "expired"


async def test_who_came_too_late_for_a_code_holds_no_place_and_may_register_anew() -> None:
    event, unit = await factories.open_event(5)
    code = await code_for(event.id)
    first, second = await strangers_with(code, event.id, 2)
    await strangers.verify(ANONYMOUS, first, now=EARLY)

    with pytest.raises(CodeUsedUp):
        await strangers.verify(ANONYMOUS, second, now=EARLY)
    assert await held(unit.id, EARLY) == 1
    form = RegistrationForm(name="V1", email="v1@example.org")
    await strangers.ask(ANONYMOUS, event.id, form, now=EARLY)

    assert (await strangers.verify(ANONYMOUS, second, now=EARLY)).state == "confirmed"


async def test_a_code_that_was_taken_back_lets_nobody_in_who_had_not_confirmed() -> None:
    event, _ = await factories.open_event(5)
    code = await code_for(event.id, uses=2)
    [asked] = await strangers_with(code, event.id, 1)
    [row] = await codes.of_event(event.id)
    await codes.revoke(SYSTEM, event.id, row.id, now=EARLY)

    with pytest.raises(CodeUsedUp):
        await strangers.verify(ANONYMOUS, asked, now=EARLY)


async def confirming(event_id: int, code: str) -> int:
    asked = await strangers_with(code, event_id, 30)
    got = await asyncio.gather(
        *(strangers.verify(ANONYMOUS, one, now=EARLY) for one in asked), return_exceptions=True
    )
    assert all(isinstance(one, queries.RegistrationView | CodeUsedUp) for one in got)
    return sum(isinstance(one, queries.RegistrationView) for one in got)


async def test_thirty_who_confirm_at_once_use_a_code_for_five_five_times() -> None:
    event, _ = await factories.open_event(100)
    assert await confirming(event.id, await code_for(event.id, uses=5)) == 5


async def test_the_control_without_the_lock_lets_too_many_confirm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event, _ = await factories.open_event(100)
    code = await code_for(event.id, uses=5)
    monkeypatch.setattr(line, "lock", unlocked)
    assert await confirming(event.id, code) > 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": " "}, "label"),
        ({"uses": 0}, "uses"),
        ({"uses": 10_000}, "uses"),
        ({"ticket_class": "vip"}, "ticket_class"),
        ({"expires_at": EARLY}, "expires_at"),
    ],
)
async def test_a_code_that_cannot_be_is_refused(values: dict[str, object], field: str) -> None:
    event, _ = await factories.open_event(5)
    with pytest.raises(Invalid) as refused:
        await code_for(event.id, **values)
    assert list(refused.value.fields) == [field]
