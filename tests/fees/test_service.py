"""Fees once, invoices without gaps, marks, reminders and direct debit, in a real database."""

import asyncio
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from server import clock, settings
from server.actors import Actor
from server.database import execute, transaction
from server.errors import Invalid, NotFound, WrongState
from server.fees import debit, mandates, queries, service
from server.fees.debit import NoDebit, NothingToCollect
from server.fees.mandates import NothingToPay
from server.fees.service import NotDue, OwnFee
from server.fees.states import FEE
from server.memberships import deciding
from server.privacy import retention
from tables.memberships import FeeState, MembershipType
from tests import factories
from tests.clients import letters
from tests.factories import NOON, acting

PENNING = Actor(name="Penning", roles=frozenset({"treasurer"}))
CHAIR = Actor(name="Voorzit", roles=frozenset({"chair"}))
SECRETARY = Actor(name="Schrijver", roles=frozenset({"secretary", "board"}))
YEAR, TODAY = NOON.year, NOON.date()
IBAN = "NL91ABNA0417164300"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def members(*names: str) -> list[int]:
    found = [int((await factories.member(name, city="Ede")).id) for name in names]
    await execute("UPDATE membership_type SET fee_cents = 7500")
    return found


async def fees() -> list[queries.FeeView]:
    return await queries.of_year(YEAR)


async def test_fees_of_a_year_are_made_once() -> None:
    await members("Anna", "Bram")

    made = await service.charge_year(PENNING, YEAR, now=NOON)
    again = await service.charge_year(PENNING, YEAR, now=NOON)
    await members("Els")
    late = await service.charge_year(PENNING, YEAR, now=NOON)

    assert [(one.fees, one.cents) for one in (made, again, late)] == [(2, 15000), (0, 0), (1, 7500)]
    assert {one.due_on for one in await fees()} == {TODAY + timedelta(days=30)}


async def test_fees_made_twice_at_once_are_made_once() -> None:
    await members("Anna", "Bram")

    await asyncio.gather(*(service.charge_year(PENNING, YEAR, now=NOON) for _ in range(4)))

    assert len(await fees()) == 2


async def test_conversion_within_the_year_makes_no_second_fee() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    other = MembershipType(code="ander", name_nl="Ander", name_en="Other", fee_cents=9900)
    await other.save()
    membership = (await execute("SELECT id FROM membership"))[0]["id"]
    await deciding.convert(SECRETARY, membership, int(other.id), from_on=TODAY, now=NOON)

    assert (await service.charge_year(PENNING, YEAR, now=NOON)).fees == 0
    assert (await service.charge_year(PENNING, YEAR + 1, now=NOON)).cents == 9900


async def test_deceased_and_erased_owe_nothing_new() -> None:
    anna, bram = await members("Anna", "Bram")
    await execute("UPDATE person SET deceased_on = $2 WHERE id = $1", anna, TODAY)
    await execute("UPDATE person SET anonymised_at = $2 WHERE id = $1", bram, NOON)

    assert (await service.charge_year(PENNING, YEAR, now=NOON)).fees == 0


@pytest.mark.parametrize("nobody", [CHAIR, SECRETARY, Actor(person_id=1)])
async def test_only_the_treasurer_changes_money(nobody: Actor) -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()
    for verb in (
        service.charge_year(nobody, YEAR, now=NOON),
        service.pay(nobody, one.id, now=NOON),
        service.waive(nobody, one.id, "Zo."),
        service.reopen(nobody, one.id),
        service.invoice(nobody, one.id, now=NOON),
        service.invoice_all(nobody, YEAR, now=NOON),
        debit.file(nobody, YEAR, collect_on=TODAY),
    ):
        with pytest.raises(NotFound):
            await verb
    with pytest.raises(Invalid):
        await service.charge_year(PENNING, 1999, now=NOON)


@pytest.mark.parametrize("state", list(FeeState))
@pytest.mark.parametrize("action", list(FEE.moves))
async def test_full_matrix_of_marks(state: FeeState, action: str) -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()
    await execute("UPDATE fee SET state = $1", state.value)
    do = {
        "pay": lambda: service.pay(PENNING, one.id, now=NOON),
        "waive": lambda: service.waive(PENNING, one.id, "Student"),
        "reopen": lambda: service.reopen(PENNING, one.id),
    }[action]

    if state in FEE.moves[action].sources:
        await do()
        [after] = await fees()
        assert after.state == FEE.moves[action].target
    else:
        with pytest.raises(WrongState):
            await do()


async def test_marks_keep_the_day_and_the_reason() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()
    with pytest.raises(Invalid):
        await service.waive(PENNING, one.id, " ")
    with pytest.raises(Invalid):
        await service.pay(PENNING, one.id, paid_on=TODAY + timedelta(days=1), now=NOON)
    await service.pay(PENNING, one.id, paid_on=date(2027, 2, 1), now=NOON)
    assert (await fees())[0].paid_on == date(2027, 2, 1)
    await service.reopen(PENNING, one.id)
    await service.waive(PENNING, one.id, "Student")
    assert [((f.paid_on), f.note) for f in await fees()] == [(None, "Student")]


async def test_invoice_is_made_once_and_told() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()

    first = await service.invoice(PENNING, one.id, now=NOON)
    again = await service.invoice(PENNING, one.id, now=NOON)

    view = await queries.invoice(first)
    assert (first, view.code, view.addressee, view.total_cents) == (
        again,
        f"{YEAR}-0001",
        "Anna\nEde",
        7500,
    )
    assert await letters() == [("invoice_sent", "anna@example.com")]


async def test_invoice_names_titles_and_a_country_abroad() -> None:
    await members("Anna")
    await execute("UPDATE person SET country = 'BE', titles_before = ARRAY['dr.']")
    await service.charge_year(PENNING, YEAR, now=NOON)

    view = await queries.invoice(await service.invoice(PENNING, (await fees())[0].id, now=NOON))

    assert view.addressee == "Dr. Anna\nEde\nBelgië"


async def test_nobody_marks_their_own_fee() -> None:
    [mine] = await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()
    me = replace(PENNING, person_id=mine)

    for mark in (
        lambda: service.waive(me, one.id, "Omdat ik het ben"),
        lambda: service.pay(me, one.id, now=NOON),
        lambda: service.reopen(me, one.id),
    ):
        with pytest.raises(OwnFee):
            await mark()
    assert (await fees())[0].state == "due"


async def test_paid_and_waived_fees_get_no_invoice() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    [one] = await fees()
    await service.pay(PENNING, one.id, now=NOON)

    with pytest.raises(NotDue):
        await service.invoice(PENNING, one.id, now=NOON)


async def test_numbers_have_no_gaps_however_many_ask_and_some_fail() -> None:
    await members(*(f"Lid{n}" for n in range(12)))
    await service.charge_year(PENNING, YEAR, now=NOON)

    async def one(fee_id: int, *, fails: bool) -> None:
        async with transaction():
            await service.invoice(PENNING, fee_id, now=NOON)
            if fails:
                raise KeyError(fee_id)

    done = await asyncio.gather(
        *(one(fee.id, fails=n % 3 == 0) for n, fee in enumerate(await fees())),
        return_exceptions=True,
    )

    assert sum(isinstance(found, KeyError) for found in done) == 4
    rows = await execute("SELECT number FROM invoice ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, 9))


async def test_control_without_the_lock_two_take_the_same_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The race is real: without the lock the database must refuse some."""
    await members(*(f"Lid{n}" for n in range(12)))
    await service.charge_year(PENNING, YEAR, now=NOON)
    todo = await fees()

    async def unlocked(sql: str, *arguments: object) -> list[dict[str, object]]:
        if sql == "SELECT pg_advisory_xact_lock($1, $2)":
            return []
        found = await execute(sql, *arguments)
        if sql.startswith("INSERT INTO invoice"):
            await asyncio.sleep(0.02)
        return found

    monkeypatch.setattr(service, "execute", unlocked)
    done = await asyncio.gather(
        *(service.invoice(PENNING, fee.id, now=NOON) for fee in todo), return_exceptions=True
    )

    assert any(isinstance(found, asyncpg.UniqueViolationError) for found in done)


async def test_numbers_begin_again_with_the_year() -> None:
    anna, _ = await members("Anna", "Bram")
    await service.charge_year(PENNING, YEAR, now=NOON)
    for fee, now in zip(await fees(), (NOON, NOON.replace(year=YEAR + 1)), strict=True):
        await service.invoice(PENNING, fee.id, now=now)

    rows = await execute("SELECT year, number FROM invoice ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(YEAR, 1), (YEAR + 1, 1)]
    assert anna


async def test_reminders_two_and_five_weeks_late_each_once_and_never_both() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    assert await service.invoice_all(PENNING, YEAR, now=NOON) == 1
    due = NOON + timedelta(days=30)

    counts = []
    for days in (0, 13, 14, 15, 34, 35, 36, 90):
        counts.append(await service.remind(due + timedelta(days=days)))
    assert counts == [0, 0, 1, 0, 0, 1, 0, 0]


async def test_reminder_after_a_missed_month_is_one_letter_and_none_once_paid() -> None:
    await members("Anna", "Bram")
    await service.charge_year(PENNING, YEAR, now=NOON)
    await service.invoice_all(PENNING, YEAR, now=NOON)
    await service.pay(PENNING, (await fees())[0].id, now=NOON)
    late = NOON + timedelta(days=90)

    assert [await service.remind(late) for _ in range(2)] == [1, 0]


async def test_no_reminder_to_who_need_do_nothing_or_cannot() -> None:
    anna, bram, els = await members("Anna", "Bram", "Els")
    await service.charge_year(PENNING, YEAR, now=NOON)
    await service.invoice_all(PENNING, YEAR, now=NOON)
    await mandates.give(Actor(person_id=anna), IBAN, "A. Anna", now=NOON)
    await execute("UPDATE person SET deceased_on = $2 WHERE id = $1", bram, TODAY)
    await execute("UPDATE person SET anonymised_at = $2 WHERE id = $1", els, NOON)

    assert await service.remind(NOON + timedelta(days=60)) == 0


async def test_no_second_reminder_once_the_first_is_forgotten() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    await service.invoice_all(PENNING, YEAR, now=NOON)
    late = NOON + timedelta(days=100)
    assert await service.remind(late) == 1
    await execute("UPDATE outbox_letter SET state = 'sent', created_at = $1", late)

    await retention.apply(late + timedelta(days=731))

    assert await execute("SELECT 1 FROM outbox_letter") == []
    assert await service.remind(late + timedelta(days=732)) == 0


async def test_no_account_is_kept_of_who_has_nothing_to_pay() -> None:
    dirk = acting(await factories.dirk())
    free = acting(await factories.member("Anna"))
    for nobody in (dirk, free):
        with pytest.raises(NothingToPay):
            await mandates.give(nobody, IBAN, "A. Anna", now=NOON)
    assert await execute("SELECT 1 FROM bank_account") == []


async def test_mandate_is_checked_kept_apart_and_never_in_the_trail() -> None:
    anna = Actor(person_id=(await members("Anna"))[0])
    for wrong in ("NL92ABNA0417164300", "12345", ""):
        with pytest.raises(Invalid):
            await mandates.give(anna, wrong, "A. Anna", now=NOON)
    with pytest.raises(Invalid) as said:
        await mandates.give(anna, IBAN, "\U0001f600", now=NOON)
    assert said.value.fields == {"holder": "fees.field.holder.wrong"}
    with pytest.raises(NotFound):
        await mandates.give(Actor(), IBAN, "A. Anna", now=NOON)

    await mandates.give(anna, "nl91 abna 0417 1643 00", "A. Anna", now=NOON)

    account = await queries.account_of(anna.person_id or 0)
    assert account is not None
    assert (account.iban, account.signed_on) == (IBAN, TODAY)
    trail = await execute("SELECT before::text || after::text || reason AS words FROM audit_entry")
    assert not [row for row in trail if "ABNA" in str(row["words"])]
    await mandates.take_back(anna, now=NOON)
    assert await queries.account_of(anna.person_id or 0) is None
    with pytest.raises(NotFound):
        await mandates.take_back(anna, now=NOON)


def as_collector() -> None:
    us = settings.Association("Netwerk", "", IBAN, "ABNANL2A", "NL98ZZZ999999990000")
    was = settings.current()
    settings.use(
        settings.Settings(
            **{name: getattr(was, name) for name in was.__struct_fields__ if name != "association"},
            association=us,
        )
    )


async def test_file_for_the_bank_collects_what_is_due_of_who_gave_a_mandate() -> None:
    anna, bram = await members("Anna", "Bram")
    await service.charge_year(PENNING, YEAR, now=NOON)
    await service.invoice_all(PENNING, YEAR, now=NOON)
    with pytest.raises(NoDebit):
        await debit.file(PENNING, YEAR, collect_on=TODAY)
    as_collector()
    with pytest.raises(NothingToCollect):
        await debit.file(PENNING, YEAR, collect_on=TODAY)
    await mandates.give(Actor(person_id=anna, name="Anna"), IBAN, "A. Ännà", now=NOON)
    await mandates.give(Actor(person_id=bram), IBAN, "B. Bram", now=NOON)
    await execute("UPDATE bank_account SET holder = $2 WHERE person = $1", bram, "\U0001f600")

    document = await debit.file(PENNING, YEAR, collect_on=TODAY + timedelta(days=5))

    tree = ElementTree.fromstring(document)
    space = {"p": tree.tag[1:].partition("}")[0]}
    assert space["p"].endswith("pain.008.001.08")
    assert [one.text for one in tree.iterfind(".//p:InstdAmt", space)] == ["75.00"] * 2
    assert [one.text for one in tree.iterfind(".//p:CtrlSum", space)] == ["150.00"] * 2
    names = [one.text for one in tree.iterfind(".//p:Dbtr/p:Nm", space)]
    assert names == ["A. Anna", "Bram"]  # of a name in signs nothing is left: the member's own
    assert {one.state for one in await fees()} == {"due"}


async def test_money_is_forgotten_only_after_the_seven_years_of_the_law() -> None:
    await members("Anna")
    await service.charge_year(PENNING, YEAR, now=NOON)
    await service.invoice_all(PENNING, YEAR, now=NOON)

    await retention.apply(NOON + timedelta(days=7 * 365))
    assert len(await execute("SELECT 1 FROM invoice")) == 1

    later = clock.now() + timedelta(days=12 * 365)
    await retention.apply(later)
    assert await execute("SELECT 1 FROM invoice UNION ALL SELECT 1 FROM fee") == []
