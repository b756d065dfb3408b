"""What a place costs who takes it over: their own price, and what was paid already."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.admission import codes, dues, terms
from server.admission.dues import TicketDue
from server.database import execute
from server.events.terms import Terms
from server.registrations import queries, service, taking_over
from server.registrations.queries import RegistrationView
from server.registrations.refusals import OpensLater, PriceChanged
from server.registrations.wishes import RegistrationForm
from tables.people import Person
from tests import factories
from tests.registrations.cast import EARLY, register
from tests.registrations.test_passing_on import TO, asked

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


@dataclass
class Priced:
    """An event of so many cents for members and for others."""

    id: int

    async def marked(self, who: RegistrationView, action: str) -> None:
        treasurer = factories.acting(
            await factories.member(f"Penning{who.id}{action}"), roles=("treasurer",)
        )
        due = await dues.of_registration(who.id)
        assert due
        await dues.mark(treasurer, due.id, action, reason="x", now=EARLY)

    async def amounts(self) -> list[TicketDue]:
        return sorted(await dues.of_event(self.id), key=lambda due: due.id)


async def priced(member: int = 2500, other: int = 9500, **values: datetime) -> Priced:
    event, _ = await factories.open_event(5)
    both = [Terms("member", price_cents=member), Terms("other", **values, price_cents=other)]
    await terms.set_all(SYSTEM, event.id, both, now=EARLY)
    return Priced(event.id)


async def had(who: Person, event: Priced, code: str = "") -> RegistrationView:
    actor, wish = factories.acting(who), RegistrationForm(code=code)
    return await service.register(actor, event.id, wish, now=EARLY)


async def taken(token: str, cents: int) -> RegistrationView:
    return await taking_over.take(ANONYMOUS, token, cents=cents, now=EARLY)


async def told(kind: str) -> str:
    rows = await execute(
        "SELECT values->>'cost' AS cost FROM outbox_letter WHERE kind = $1 ORDER BY id DESC", kind
    )
    return re.sub("\xa0", " ", rows[0]["cost"])


async def test_nobody_paid_yet_the_colleague_owes_their_own_price_and_the_giver_nothing() -> None:
    event = await priced()
    giver = await had(await factories.member("Mia"), event)

    token = await asked(giver.code)
    assert (await told("place_for_you")).startswith("De plaats kost u € 95,00.")
    has = await taken(token, 9500)

    assert (has.price_cents, has.owes) == (9500, True)
    assert not (await queries.get(giver.code)).owes
    assert [one.is_owed for one in await event.amounts()] == [False, True]
    assert await told("place_taken") == "U hoeft voor deze plaats niets meer te betalen."
    assert "€ 95,00" in await told("registration_confirmed")


async def test_what_a_member_paid_counts_and_the_difference_is_due() -> None:
    event = await priced()
    giver = await had(await factories.member("Mia"), event)
    await event.marked(giver, "pay")

    token = await asked(giver.code)
    assert await told("place_for_you") == (
        "De plaats kost u € 95,00. Daarvan is € 25,00 al betaald; u betaalt nog € 70,00."
    )
    has = await taken(token, 7000)

    assert (has.price_cents, has.owes) == (7000, True)
    paid, due = await event.amounts()
    assert (paid.name, paid.passed_to, paid.over_cents, paid.is_to_refund) == (
        *("Mia", "Col Lega", 0, False),
    )
    assert (due.name, due.amount_cents, due.is_owed) == ("Col Lega", 7000, True)
    assert (await told("place_taken")).startswith("Wat er voor deze plaats betaald is")


async def test_a_lower_price_gives_nothing_back_and_the_treasurer_sees_it() -> None:
    event = await priced()
    giver = await had(await factories.known("Gast"), event)
    await event.marked(giver, "pay")
    member = await factories.member("Mia")

    has = await taken(await asked(giver.code, str(member.email)), 0)

    assert (has.price_cents, has.owes) == (0, False)
    [paid] = await event.amounts()
    assert (paid.passed_to, paid.over_cents, paid.is_to_refund) == ("Mia", 7000, False)


async def test_what_was_waived_for_one_is_not_waived_for_another() -> None:
    event = await priced()
    giver = await had(await factories.known("Gast"), event)
    await event.marked(giver, "waive")

    has = await taken(await asked(giver.code), 9500)

    assert (has.price_cents, has.owes) == (9500, True)
    assert [(one.state, one.passed_to) for one in await event.amounts()] == [
        ("waived", ""),
        ("due", ""),
    ]


async def test_partly_paid_and_passed_on_again_counts_what_everybody_paid() -> None:
    event = await priced()
    first = await had(await factories.member("Mia"), event)
    await event.marked(first, "pay")
    second = await taken(await asked(first.code), 7000)
    await event.marked(second, "pay")
    member = await factories.member("Noor")

    third = await taken(await asked(second.code, str(member.email)), 0)

    assert not third.owes
    assert [(one.name, one.passed_to, one.over_cents) for one in await event.amounts()] == [
        ("Mia", "Noor", 0),
        ("Col Lega", "Noor", 7000),
    ]
    await service.cancel(ANONYMOUS, third.code, now=EARLY)
    assert [one.is_to_refund for one in await event.amounts()] == [True, True]


async def test_what_comes_back_to_who_paid_is_theirs_again() -> None:
    event = await priced()
    mia = await factories.member("Mia")
    first = await had(mia, event)
    await event.marked(first, "pay")
    second = await taken(await asked(first.code), 7000)

    back = await taken(await asked(second.code, str(mia.email)), 0)

    assert (back.price_cents, back.fee_state, back.owes) == (2500, "paid", False)
    mine = await dues.of_registration(first.id)
    assert mine and (mine.passed_to, mine.has_place) == ("", True)


async def test_who_gives_it_up_and_comes_back_does_not_pay_what_was_paid_for_it() -> None:
    event = await priced()
    giver = await had(await factories.member("Mia"), event)
    await event.marked(giver, "pay")
    guest = await factories.known("Gast")
    first = await taken(await asked(giver.code, str(guest.email)), 7000)
    await service.cancel(ANONYMOUS, first.code, now=EARLY)
    assert [one.is_to_refund for one in await event.amounts()] == [True, False]

    again = await had(guest, event)

    assert (again.price_cents, again.owes) == (7000, True)
    await service.cancel(ANONYMOUS, again.code, now=EARLY)
    other = await had(await factories.member("Noor"), event)
    once_more = await taken(await asked(other.code, str(guest.email)), 7000)
    assert (once_more.price_cents, once_more.owes) == (7000, True)
    assert [one.over_cents for one in await event.amounts()] == [0, 0, 0]


async def test_who_gave_a_paid_place_away_pays_for_another() -> None:
    event = await priced()
    mia = await factories.member("Mia")
    first = await had(mia, event)
    await event.marked(first, "pay")
    await taken(await asked(first.code), 7000)

    again = await had(mia, event)

    assert (again.price_cents, again.owes) == (2500, True)


async def test_who_paid_there_before_pays_nothing_and_the_giver_is_paid_back() -> None:
    event = await priced()
    known = await factories.known("Gast")
    earlier = await had(known, event)
    await event.marked(earlier, "pay")
    await service.cancel(ANONYMOUS, earlier.code, now=EARLY)
    giver = await had(await factories.member("Mia"), event)
    await event.marked(giver, "pay")

    has = await taken(await asked(giver.code, str(known.email)), 0)

    assert (has.fee_state, has.owes) == ("paid", False)
    assert [(one.name, one.is_to_refund) for one in await event.amounts()] == [
        ("Gast", False),
        ("Mia", True),
    ]
    assert (await told("place_taken")).endswith("krijgt u terug van de penningmeester.")


async def test_the_same_class_pays_what_was_agreed_whatever_it_costs_by_now() -> None:
    event = await priced()
    giver = await had(await factories.known("Gast"), event)
    dearer = [Terms("member", price_cents=2500), Terms("other", price_cents=12000)]
    await terms.set_all(SYSTEM, event.id, dearer, now=EARLY)

    has = await taken(await asked(giver.code), 9500)

    assert (has.price_cents, has.owes) == (9500, True)


async def test_a_code_goes_along_with_its_class_and_its_price() -> None:
    event = await priced()
    values = {"label": "x", "ticket_class": "member", "uses": 1, "expires_at": None}
    await codes.make(SYSTEM, event.id, values, now=EARLY)
    [code] = await codes.of_event(event.id)
    giver = await had(await factories.known("Gast"), event, code.code)

    has = await taken(await asked(giver.code), 2500)

    assert (has.price_cents, has.is_invited) == (2500, True)
    assert [one.used for one in await codes.of_event(event.id)] == [1]


async def test_a_yes_to_another_amount_counts_for_nothing() -> None:
    event = await priced()
    giver = await had(await factories.member("Mia"), event)
    token = await asked(giver.code)
    await event.marked(giver, "pay")  # while the page said € 95

    with pytest.raises(PriceChanged):
        await taken(token, 9500)

    assert (await queries.get(giver.code)).state == "confirmed"
    assert (await taken(token, 7000)).owes


async def test_nobody_is_there_before_their_class_is_by_a_colleague() -> None:
    event = await priced(opens_at=EARLY + timedelta(days=5))
    giver = await register(await factories.member("Mia"), event.id)

    with pytest.raises(OpensLater):
        await taken(await asked(giver.code), 9500)
    member = await factories.member("Noor")
    assert (await taken(await asked(giver.code, str(member.email)), 2500)).state == "confirmed"


async def test_that_their_class_has_closed_since_matters_to_nobody() -> None:
    event = await priced(closes_at=EARLY - timedelta(hours=1))
    giver = await register(await factories.member("Mia"), event.id)

    assert (await taken(await asked(giver.code), 9500)).state == "confirmed"


async def test_the_page_says_what_it_costs_and_the_button_agrees_to_that(
    client: httpx.AsyncClient,
) -> None:
    event = await priced()
    giver = await had(await factories.member("Mia"), event)
    token = await asked(giver.code, TO)

    shown = await client.get(f"/hand-over/{token}")
    assert "De plaats kost u €\xa095,00" in shown.text.replace("&nbsp;", "\xa0")
    assert 'name="cents" value="9500"' in shown.text
    wrong = await client.post(f"/hand-over/{token}/acceptance", data={"cents": "1"})
    assert (wrong.status_code, "is veranderd" in wrong.text) == (409, True)
    done = await client.post(f"/hand-over/{token}/acceptance", data={"cents": "9500"})
    assert done.status_code == 303
