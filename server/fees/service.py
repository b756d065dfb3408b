"""Making fees, invoices without gaps, and the treasurer's marks. Nothing is ever made twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from emails.letters.fees import FeeReminder, InvoiceSent
from server import clock, language, locks
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.fees import queries, rules
from server.fees.queries import FeeView
from server.fees.states import FEE
from server.one_by_one import each
from server.outbox import service as outbox
from server.people import rules as people
from server.rights import Area
from server.web import links
from tables.memberships import Fee

YEARS = range(2000, 2100)
REMIND_AFTER = (14, 35)  # days after the day on which it should have been paid
REMIND_WITHIN = 365
MINE = "/me/fees"


class NotDue(Refusal):
    """Nothing is to be invoiced: it was paid or waived."""

    code = "fees.not_due"


class OwnFee(Refusal):
    """Somebody else marks what one owes oneself."""

    code = "fees.own_fee"


@dataclass(frozen=True)
class Made:
    """How many fees were made, and their sum in cents."""

    fees: int
    cents: int


async def charge_year(actor: Actor, year: int, *, now: datetime) -> Made:
    """Make the fees of a year for who has none yet. Again makes only what is missing.

    Raises Invalid on `year`, NotFound.
    """
    require(actor)
    if year not in YEARS:
        raise Invalid(year="errors.field.choice")
    today, made, cents = clock.day_of(now), 0, 0
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1, $2)", locks.FEES_OF_YEAR, year)
        for stays in (await queries.unbilled(year)).values():
            charge = rules.charge(stays, year)
            if charge is None:
                continue
            row = Fee(
                membership=charge.membership_id,
                from_on=charge.from_on,
                until_on=charge.until_on,
                amount_cents=charge.amount_cents,
                due_on=rules.due_on(charge.from_on, today),
            )
            await row.save()
            made, cents = made + 1, cents + charge.amount_cents
        if made:
            after = {"year": year, "fees": made, "cents": cents}
            await audit.record(actor, "charge", ("fee", 0), after=after)
    return Made(made, cents)


async def pay(actor: Actor, fee_id: int, *, paid_on: date | None = None, now: datetime) -> None:
    """Note that an amount was paid. Raises Invalid, NotFound; refuses: OwnFee, WrongState."""
    today = clock.day_of(now)
    if paid_on is not None and paid_on > today:
        raise Invalid(paid_on="fees.field.paid_on.future")
    async with transaction():
        await _require_others(actor, fee_id)
        await FEE.move(fee_id, "pay", actor=actor, set_also={"paid_on": paid_on or today})


async def waive(actor: Actor, fee_id: int, reason: str) -> None:
    """Let somebody off, and say why. Raises Invalid, NotFound; refuses: OwnFee, WrongState."""
    if not reason.strip():
        raise Invalid(reason="fees.field.reason.needed")
    async with transaction():
        await _require_others(actor, fee_id)
        note = {"note": reason.strip()}
        await FEE.move(fee_id, "waive", actor=actor, set_also=note, reason=reason.strip())


async def reopen(actor: Actor, fee_id: int) -> None:
    """It was not paid after all. Raises NotFound; refuses: OwnFee, WrongState."""
    async with transaction():
        await _require_others(actor, fee_id)
        await FEE.move(fee_id, "reopen", actor=actor, set_also={"paid_on": None, "note": ""})


async def _require_others(actor: Actor, fee_id: int) -> None:
    require(actor)
    if (await queries.fee(fee_id)).person_id == actor.person_id:
        raise OwnFee


async def invoice(actor: Actor, fee_id: int, *, now: datetime) -> int:
    """Ask for a fee on paper: the invoice's id; one that there is already is not made again.

    Numbers of a year have no gaps (Wet OB art. 35a lid 1 b). Raises NotFound; refuses: NotDue.
    """
    async with transaction():
        require(actor)
        await execute("SELECT 1 FROM fee WHERE id = $1 FOR UPDATE", fee_id)
        view = await queries.fee(fee_id)
        if view.invoice_id is not None:
            return view.invoice_id
        if view.state != "due":
            raise NotDue
        today = clock.day_of(now)
        invoice_id, number = await _numbered(view, today)
        subject, after = ("invoice", invoice_id), {"fee": fee_id, "number": number}
        await audit.record(actor, "create", subject, after=after)
        await _send(await queries.fee(fee_id))
    return invoice_id


async def invoice_all(actor: Actor, year: int, *, now: datetime) -> int:
    """Ask everybody for what is due of a year and was not asked yet: how many."""
    require(actor)
    wanted = [
        one
        for one in await queries.of_year(year)
        if one.state == "due" and one.invoice_id is None and not one.is_deceased
    ]
    for one in wanted:
        await invoice(actor, one.id, now=now)
    return len(wanted)


async def remind(now: datetime) -> int:
    """Remind who is two and five weeks late, each once: how many letters. May run late.

    Nobody from whose account it is collected, nobody who died or was erased. After a year it is no
    letter's work any more; that we sent one is forgotten later than that.
    """
    today = clock.day_of(now)
    rows = await execute(
        "SELECT f.id, d.days FROM fee f JOIN invoice i ON i.fee = f.id"
        " JOIN membership m ON m.id = f.membership JOIN person p ON p.id = m.person"
        " CROSS JOIN unnest($2::int[]) AS d(days) WHERE f.state = 'due'"
        " AND p.deceased_on IS NULL AND p.anonymised_at IS NULL AND NOT EXISTS"
        "   (SELECT 1 FROM bank_account b WHERE b.person = p.id AND b.revoked_on IS NULL)"
        " AND f.due_on + d.days <= $1 AND f.due_on > $1 - $3::int"
        " AND NOT EXISTS (SELECT 1 FROM outbox_letter o"
        "   WHERE substring(o.cause FROM '^fee:' || f.id || ':reminder:([0-9]+)$')::int >= d.days)"
        " ORDER BY f.id, d.days DESC",
        *(today, list(REMIND_AFTER), REMIND_WITHIN),
    )
    latest = {row["id"]: row["days"] for row in reversed(rows)}  # only the last that is due
    return len(await each(latest.items(), lambda one: _remind(*one)))


async def _remind(fee_id: int, days: int) -> None:
    async with transaction():
        await _send(await queries.fee(fee_id), days=days)


def require(actor: Actor) -> None:
    """Who may change money. Raises NotFound."""
    if not actor.changes(Area.money):
        raise NotFound


async def _numbered(view: FeeView, today: date) -> tuple[int, int]:
    """The next number of the year, taken while nobody else takes one."""
    await execute("SELECT pg_advisory_xact_lock($1, $2)", locks.INVOICES_OF_YEAR, today.year)
    lines = [
        {
            "nl": view.type_nl,
            "en": view.type_en,
            "from_on": view.from_on.isoformat(),
            "until_on": view.until_on.isoformat(),
            "cents": view.amount_cents,
        }
    ]
    rows = await execute(
        "INSERT INTO invoice (fee, year, number, issued_on, addressee, lines, total_cents)"
        " SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5::jsonb, $6 FROM invoice"
        " WHERE year = $2 RETURNING id, number",
        *(view.id, today.year, today, await _addressee(view.person_id), json.dumps(lines)),
        view.amount_cents,
    )
    return int(rows[0]["id"]), int(rows[0]["number"])


async def _addressee(person_id: int) -> str:
    """Name and place as they are on this day; they stay so on the invoice."""
    rows: Sequence[dict[str, Any]] = await execute("SELECT * FROM person WHERE id = $1", person_id)
    row = rows[0]
    name = people.Name(**{part: row[part] for part in people.Name.__dataclass_fields__})
    place = f"{row['postcode']} {row['city']}".strip()
    country = "" if row["country"] == "NL" else language.country(row["country"], "nl")
    who = people.envelope_name(name, row["titles_before"], row["titles_after"])
    return "\n".join(part for part in (who, place, country) if part)


async def _send(view: FeeView, *, days: int | None = None) -> None:
    """The letter with an invoice, or its reminder; the invoice itself stands behind the link."""
    said = view.language
    given = {
        "number": view.invoice,
        "amount": language.money(view.amount_cents, said),
        "due_day": language.long_day(view.due_on, said),
        "url": links.absolute(MINE),
    }
    to = outbox.Recipient(view.person_id, view.name, view.email or "", said)
    letter = InvoiceSent(**given) if days is None else FeeReminder(**given)
    what = "invoice" if days is None else f"reminder:{days}"
    await outbox.post(letter, to, cause=f"fee:{view.id}:{what}")


async def note_export(actor: Actor, year: int, fees: int) -> None:
    """Somebody took the list of a year along. Raises NotFound for who may not see money."""
    if not actor.sees(Area.money):
        raise NotFound
    async with transaction():
        await audit.record(actor, "export", ("fee", 0), after={"year": year, "fees": fees})
