"""Fees, invoices and accounts as the treasurer and their owners see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.fees.rules import Stay

FEES = """SELECT f.id, f.membership AS membership_id, m.person AS person_id, p.display_name AS name,
  p.email, p.language, m.number AS member_number, t.name_nl AS type_nl, t.name_en AS type_en,
  f.from_on, f.until_on, f.amount_cents, f.due_on, f.state, f.paid_on, f.note,
  i.id AS invoice_id, i.year AS invoice_year, i.number AS invoice_number,
  b.id IS NOT NULL AS by_debit, p.deceased_on IS NOT NULL AS is_deceased
  FROM fee f JOIN membership m ON m.id = f.membership JOIN person p ON p.id = m.person
  JOIN membership_type t ON t.id = m.type LEFT JOIN invoice i ON i.fee = f.id
  LEFT JOIN bank_account b ON b.person = p.id AND b.revoked_on IS NULL"""
INVOICE = """SELECT i.id, i.year, i.number, i.issued_on, i.addressee, i.lines, i.total_cents,
  f.id AS fee_id, f.due_on, f.state, f.paid_on, m.person AS person_id, p.language
  FROM invoice i JOIN fee f ON f.id = i.fee JOIN membership m ON m.id = f.membership
  JOIN person p ON p.id = m.person WHERE i.id = $1"""
STAYS = """SELECT m.id AS membership_id, m.person, t.period_kind AS kind, t.fee_cents, m.starts_on,
  m.ends_on FROM membership m JOIN membership_type t ON t.id = m.type
  JOIN person p ON p.id = m.person
  WHERE m.starts_on <= $2 AND (m.ends_on IS NULL OR m.ends_on >= $1)
  AND p.deceased_on IS NULL AND p.anonymised_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM fee f JOIN membership o ON o.id = f.membership
    WHERE o.person = m.person AND f.from_on BETWEEN $1 AND $2)
  ORDER BY m.person, m.starts_on"""


@dataclass(frozen=True)
class FeeView:
    """One amount due (cents), for whom, for which days, and how it stands."""

    id: int
    membership_id: int
    person_id: int
    name: str
    email: str | None
    language: str
    member_number: int
    type_nl: str
    type_en: str
    from_on: date
    until_on: date
    amount_cents: int
    due_on: date
    state: str
    paid_on: date | None
    note: str
    invoice_id: int | None
    invoice_year: int | None
    invoice_number: int | None
    by_debit: bool
    is_deceased: bool

    def type_name(self, language: str) -> str:
        """The name of the kind of membership."""
        return self.type_en if language == "en" else self.type_nl

    @property
    def invoice(self) -> str:
        """`2026-0042`, or nothing."""
        return code(self.invoice_year, self.invoice_number)

    def is_late(self, today: date) -> bool:
        """Due, and the day has passed."""
        return self.state == "due" and self.due_on < today


@dataclass(frozen=True)
class InvoiceView:
    """One invoice as it was made; its lines are for ever."""

    id: int
    year: int
    number: int
    issued_on: date
    addressee: str
    lines: str
    total_cents: int
    fee_id: int
    due_on: date
    state: str
    paid_on: date | None
    person_id: int
    language: str

    @property
    def code(self) -> str:
        """`2026-0042`: how it is called, and what is written when paying."""
        return code(self.year, self.number)


@dataclass(frozen=True)
class Account:
    """The account from which a fee is collected."""

    id: int
    person_id: int
    iban: str
    holder: str
    mandate: str
    signed_on: date


def code(year: int | None, number: int | None) -> str:
    """`2026-0042`."""
    return f"{year}-{number:04d}" if year and number else ""


async def of_year(year: int) -> list[FeeView]:
    """Every fee of a year, who owes longest first, then by name."""
    rows = await execute(
        f"{FEES} WHERE f.from_on BETWEEN $1 AND $2"
        " ORDER BY f.state <> 'due', f.due_on, p.sort_key, f.id",
        *(date(year, 1, 1), date(year, 12, 31)),
    )
    return [FeeView(**row) for row in rows]


async def of_person(person_id: int) -> list[FeeView]:
    """Somebody's fees, the newest first."""
    rows = await execute(f"{FEES} WHERE m.person = $1 ORDER BY f.from_on DESC, f.id", person_id)
    return [FeeView(**row) for row in rows]


async def fee(fee_id: int) -> FeeView:
    """One fee. Raises NotFound."""
    rows = await execute(f"{FEES} WHERE f.id = $1", fee_id)
    if not rows:
        raise NotFound
    return FeeView(**rows[0])


async def invoice(invoice_id: int) -> InvoiceView:
    """One invoice. Raises NotFound."""
    rows = await execute(INVOICE, invoice_id)
    if not rows:
        raise NotFound
    return InvoiceView(**rows[0])


async def unbilled(year: int) -> dict[int, list[Stay]]:
    """Who was a member in a year and has no fee for it: person → memberships of that year."""
    found: dict[int, list[Stay]] = {}
    for row in await execute(STAYS, date(year, 1, 1), date(year, 12, 31)):
        person_id = row.pop("person")
        found.setdefault(person_id, []).append(Stay(**row))
    return found


async def has_to_pay(person_id: int, day: date) -> bool:
    """Whether somebody owes something, or has a membership of a type that costs something."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM membership m JOIN membership_type t ON t.id = m.type"
        "   WHERE m.person = $1 AND t.fee_cents > 0 AND (m.ends_on IS NULL OR m.ends_on >= $2))"
        " OR EXISTS (SELECT 1 FROM fee f JOIN membership m ON m.id = f.membership"
        "   WHERE m.person = $1 AND f.state = 'due') AS yes",
        *(person_id, day),
    )
    return bool(rows[0]["yes"])


async def account_of(person_id: int) -> Account | None:
    """The account of a mandate that still holds."""
    rows = await execute(
        "SELECT id, person AS person_id, iban, holder, mandate, signed_on FROM bank_account"
        " WHERE person = $1 AND revoked_on IS NULL",
        person_id,
    )
    return Account(**rows[0]) if rows else None


async def accounts(people: Sequence[int]) -> dict[int, Account]:
    """The accounts of several people whose mandates still hold."""
    rows: list[dict[str, Any]] = await execute(
        "SELECT id, person AS person_id, iban, holder, mandate, signed_on FROM bank_account"
        " WHERE person = ANY($1::int[]) AND revoked_on IS NULL",
        list(people),
    )
    return {row["person_id"]: Account(**row) for row in rows}
