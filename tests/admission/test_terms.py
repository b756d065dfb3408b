"""Classes, windows and prices: members first, and what a place costs whom."""

from datetime import date, datetime, timedelta

import pytest

from server import hours, language
from server.actors import ANONYMOUS, SYSTEM
from server.admission import dues, terms
from server.clock import AMSTERDAM
from server.database import execute
from server.errors import Invalid, NotFound, WrongState
from server.events.terms import Terms
from server.registrations import copying, organising, queries, service, strangers
from server.registrations.refusals import NotOpen, OpensLater
from tests import factories
from tests.registrations.cast import EARLY, register, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
WEEK = timedelta(days=7)
CLASSES = ("speaker", "member", "partner", "other")


def all_of(**given: Terms) -> list[Terms]:
    return [given.get(name, Terms(name)) for name in CLASSES]


async def priced(member: int, other: int, **values: object) -> int:
    event, _ = await factories.open_event(10, **values)
    them = all_of(
        member=Terms("member", price_cents=member), other=Terms("other", None, None, other)
    )
    await terms.set_all(SYSTEM, event.id, them, now=EARLY)
    return int(event.id)


async def fee_of(event_id: int, person_id: int) -> dues.TicketDue | None:
    found = [due for due in await dues.of_event(event_id) if due.person_id == person_id]
    return found[0] if found else None


async def test_members_come_first_and_everybody_else_hears_when() -> None:
    event, _ = await factories.open_event(5)
    them = all_of(other=Terms("other", opens_at=EARLY + WEEK))
    await terms.set_all(SYSTEM, event.id, them, now=EARLY)
    member, guest = await factories.member("Mia"), await factories.known("Gast")

    assert (await register(member, event.id)).state == "confirmed"
    with pytest.raises(OpensLater) as refused:
        await register(guest, event.id)
    assert "2027" in str(refused.value.values["moment"])
    with pytest.raises(OpensLater):
        await stranger("gast@example.org", event.id)
    assert (await register(guest, event.id, now=EARLY + WEEK)).state == "confirmed"


async def test_a_class_closes_at_its_own_moment() -> None:
    event, _ = await factories.open_event(5)
    them = all_of(other=Terms("other", closes_at=EARLY))
    await terms.set_all(SYSTEM, event.id, them, now=EARLY - WEEK)

    with pytest.raises(NotOpen):
        await register(await factories.known("Gast"), event.id)
    assert (await register(await factories.member("Mia"), event.id)).state == "confirmed"


async def test_everybody_pays_by_what_they_are_on_the_day_itself() -> None:
    event_id = await priced(2500, 9500)
    member, guest = await factories.member("Mia"), await factories.known("Gast")
    leaving = await factories.member("Weg")
    await execute(
        "UPDATE membership SET ends_on = $2 WHERE person = $1", leaving.id, date(2027, 3, 1)
    )
    coming = await factories.member("Nieuw")
    starts = "UPDATE membership SET starts_on = $2 WHERE person = $1"
    await execute(starts, coming.id, date(2027, 3, 1))

    for who in (member, guest, leaving, coming):
        await register(who, event_id)

    assert [(f.amount_cents, f.priced_as) if (f := await fee_of(event_id, who.id)) else None
            for who in (member, guest, leaving, coming)] == [
        (2500, "member"), (9500, "other"), (9500, "other"), (2500, "member")]  # fmt: skip


async def test_who_pays_nothing_has_nothing_to_pay() -> None:
    event_id = await priced(0, 9500)
    member = await factories.member("Mia")

    view = await register(member, event_id)

    assert (view.price_cents, view.owes) == (0, False)
    assert await fee_of(event_id, member.id) is None


async def test_the_letter_says_what_to_pay_and_the_waiting_owe_nothing_yet() -> None:
    event_id = await priced(2500, 9500)
    await execute("UPDATE capacity_unit SET capacity = 1 WHERE event = $1", event_id)
    first, second = await factories.known("Eerst"), await factories.known("Tweede")

    has, waits = await register(first, event_id), await register(second, event_id)

    assert (has.owes, waits.owes, waits.price_cents) == (True, False, 9500)
    [letter] = await execute(
        "SELECT values->>'cost' AS text FROM outbox_letter WHERE kind = 'registration_confirmed'"
    )
    assert "€ 95,00" in letter["text"].replace("\xa0", " ")
    assert dues.reference(has.id) in letter["text"]


async def test_the_treasurer_marks_and_nobody_marks_their_own() -> None:
    event_id = await priced(2500, 9500)
    guest, treasurer = await factories.known("Gast"), await factories.member("Penning")
    await register(guest, event_id)
    await register(treasurer, event_id)
    acting = factories.acting(treasurer, roles=("treasurer",))
    theirs, own = await fee_of(event_id, guest.id), await fee_of(event_id, treasurer.id)
    assert theirs and own

    with pytest.raises(NotFound):
        await dues.mark(factories.acting(guest), theirs.id, "pay", now=EARLY)
    with pytest.raises(dues.OwnFee):
        await dues.mark(acting, own.id, "pay", now=EARLY)
    with pytest.raises(Invalid):
        await dues.mark(acting, theirs.id, "waive", reason=" ", now=EARLY)
    paid = await dues.mark(acting, theirs.id, "pay", now=EARLY)

    assert (paid.state, paid.paid_on, paid.is_owed) == ("paid", date(2027, 2, 1), False)


async def test_who_cancels_after_paying_is_on_the_list_to_be_paid_back() -> None:
    event_id = await priced(2500, 9500)
    guest = await factories.known("Gast")
    view = await register(guest, event_id)
    due = await fee_of(event_id, guest.id)
    assert due
    treasurer = factories.acting(await factories.member("Penning"), roles=("treasurer",))
    await dues.mark(treasurer, due.id, "pay", now=EARLY)

    await service.cancel(ANONYMOUS, view.code, now=EARLY)

    [back] = await dues.of_event(event_id)
    assert (back.is_to_refund, back.is_owed) == (True, False)
    refunded = await dues.mark(treasurer, due.id, "refund", now=EARLY)
    assert not refunded.is_to_refund
    await register(guest, event_id)  # and comes after all: it is due again
    again = await fee_of(event_id, guest.id)
    assert again and again.is_owed


async def test_a_new_price_is_for_who_registers_from_then_on() -> None:
    event_id = await priced(2500, 9500)
    early, late = await factories.known("Vroeg"), await factories.known("Laat")
    await register(early, event_id)
    await terms.set_all(
        SYSTEM, event_id, all_of(other=Terms("other", None, None, 12000)), now=EARLY
    )
    await register(late, event_id)

    before, after = await fee_of(event_id, early.id), await fee_of(event_id, late.id)

    assert before and after and (before.amount_cents, after.amount_cents) == (9500, 12000)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Terms("member", price_cents=-1), "member_price"),
        (Terms("other", price_cents=10_000_001), "other_price"),
        (Terms("other", opens_at=EARLY, closes_at=EARLY), "other_closes_at"),
    ],
)
async def test_terms_that_cannot_be_are_refused(given: Terms, field: str) -> None:
    event, _ = await factories.open_event(5)
    with pytest.raises(Invalid) as refused:
        await terms.set_all(SYSTEM, event.id, all_of(**{given.ticket_class: given}), now=EARLY)
    assert list(refused.value.fields) == [field]


async def test_terms_that_say_nothing_leave_no_row() -> None:
    event_id = await priced(0, 0)
    assert await terms.of_event(event_id) == ()


async def test_a_stranger_with_a_members_address_pays_as_the_member() -> None:
    event_id = await priced(2500, 9500)
    member = await factories.member("Mia")
    view = await stranger(str(member.email), event_id)
    view = await strangers.verify(ANONYMOUS, view.code, now=EARLY)

    assert (view.price_cents, view.owes) == (2500, True)
    assert (await queries.get(view.code)).ticket_class == "member"


async def test_who_waits_with_money_back_pays_when_a_place_comes() -> None:
    event_id = await priced(2500, 9500)
    await execute("UPDATE capacity_unit SET capacity = 1 WHERE event = $1", event_id)
    guest, other = await factories.known("Gast"), await factories.known("Ander")
    view = await register(guest, event_id)
    treasurer = factories.acting(await factories.member("Penning"), roles=("treasurer",))
    [due] = await dues.of_event(event_id)
    await dues.mark(treasurer, due.id, "pay", now=EARLY)
    await service.cancel(ANONYMOUS, view.code, now=EARLY)
    taken = await register(other, event_id)
    await register(guest, event_id)  # waits now

    back = await dues.mark(treasurer, due.id, "refund", now=EARLY)
    assert (back.state, back.is_owed, back.paid_on) == ("due", False, None)

    await service.cancel(ANONYMOUS, taken.code, now=EARLY)
    await service.accept(ANONYMOUS, view.code, now=EARLY)
    owed = await fee_of(event_id, guest.id)
    assert owed and (owed.is_owed, owed.amount_cents) == (True, 9500)


async def test_a_stranger_who_knows_an_address_changes_nothing_of_what_was_paid_back() -> None:
    event_id = await priced(2500, 9500)
    guest = await factories.known("Gast")
    view = await register(guest, event_id)
    treasurer = factories.acting(await factories.member("Penning"), roles=("treasurer",))
    [due] = await dues.of_event(event_id)
    await dues.mark(treasurer, due.id, "pay", now=EARLY)
    with pytest.raises(WrongState):
        await dues.mark(treasurer, due.id, "refund", now=EARLY)  # they have a place
    await service.cancel(ANONYMOUS, view.code, now=EARLY)
    await dues.mark(treasurer, due.id, "refund", now=EARLY)

    asked = await stranger(str(guest.email), event_id)
    assert [one.state for one in await dues.of_event(event_id)] == ["refunded"]
    await strangers.verify(ANONYMOUS, asked.code, now=EARLY)

    assert [one.is_owed for one in await dues.of_event(event_id)] == [True]
    trail = "SELECT 1 FROM audit_entry WHERE entity = 'ticket_fee' AND reason LIKE '%terugbetaald%'"
    assert len(await execute(trail)) == 1


def by_the_clock(moment: datetime, weeks: int) -> datetime:
    return (hours.hands(moment) + weeks * WEEK).replace(tzinfo=AMSTERDAM)


async def test_windows_move_with_the_date_and_whoever_has_a_place_hears_nothing_of_them() -> None:
    event, _ = await factories.open_event(5)
    other = Terms("other", opens_at=EARLY + WEEK, closes_at=EARLY + 2 * WEEK)
    await terms.set_all(SYSTEM, event.id, all_of(other=other), now=EARLY)
    await register(await factories.member("Mia"), event.id)
    moved = {name: by_the_clock(getattr(event, name), 4) for name in ("starts_at", "ends_at")}

    seen = await organising.preview(event.id, moved, "nl", now=EARLY)
    await organising.change_event(SYSTEM, event.id, moved, now=EARLY)

    [kept] = [one for one in await terms.of_event(event.id) if one.ticket_class == "other"]
    assert [hours.hands(at) for at in (kept.opens_at, kept.closes_at) if at] == [
        hours.hands(EARLY) + n * WEEK for n in (5, 6)
    ]
    assert seen.along == [
        "Inschrijving voor anderen: opent "
        f"{language.moment(kept.opens_at, 'nl')}, sluit {language.moment(kept.closes_at, 'nl')}"
        for kept in [kept]
        if kept.opens_at and kept.closes_at
    ]
    letters = "SELECT values::text AS text FROM outbox_letter WHERE kind = 'event_changed'"
    [letter] = await execute(letters)
    assert "nschrijving" not in letter["text"]
    trail = "SELECT count(*) AS n FROM audit_entry WHERE after::text LIKE '%terms_other%'"
    assert await execute(trail) == [{"n": 2}]


@pytest.mark.parametrize("names", [("starts_at",), ("ends_at",), ("title",)])
async def test_an_event_that_grows_leaves_its_windows(names: tuple[str, ...]) -> None:
    event, _ = await factories.open_event(5)
    other = Terms("other", opens_at=EARLY + WEEK)
    await terms.set_all(SYSTEM, event.id, all_of(other=other), now=EARLY)
    values = {"starts_at": event.starts_at - WEEK, "ends_at": event.ends_at + WEEK, "title": "Dag"}
    asked = {name: values[name] for name in names}

    seen = await organising.preview(event.id, asked, "nl", now=EARLY)
    await organising.change_event(SYSTEM, event.id, asked, now=EARLY)

    assert seen.along == []
    assert other in await terms.of_event(event.id)


async def test_a_copy_has_windows_as_far_before_it() -> None:
    event, _ = await factories.open_event(5)
    other = Terms("other", opens_at=EARLY + WEEK)
    await terms.set_all(SYSTEM, event.id, all_of(other=other), now=EARLY)

    made = await copying.copy(SYSTEM, event.id, by_the_clock(event.starts_at, 20), now=EARLY)

    [kept] = [one for one in await terms.of_event(made) if one.ticket_class == "other"]
    assert kept.opens_at and hours.hands(kept.opens_at) == hours.hands(EARLY) + 21 * WEEK
