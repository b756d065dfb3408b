"""Direct debit: a pain.008.001.08 file for the bank, when the extra `sepa` is installed.

The bank's own schema is checked before the file leaves the house. ISO 20022; EPC130-08.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from typing import Any

from server import settings
from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import Refusal
from server.fees import queries
from server.fees.queries import Account, FeeView
from server.fees.service import require

SCHEMA = "pain.008.001.08"


class NoDebit(Refusal):
    """The extra is not installed, or the association's account and creditor id are missing."""

    code = "fees.no_debit"


class NothingToCollect(Refusal):
    """No fee is due of somebody with a mandate."""

    code = "fees.nothing_to_collect"


def is_possible() -> bool:
    """Whether a file can be made at all."""
    us = settings.current().association
    return find_spec("sepaxml") is not None and bool(us.iban and us.bic and us.creditor_id)


async def file(actor: Actor, year: int, *, collect_on: date) -> bytes:
    """What is due of a year from people with a mandate, as one file; on record.

    Raises NotFound; refuses: NoDebit, NothingToCollect. Nothing is marked as paid by it.
    """
    require(actor)
    if not is_possible():
        raise NoDebit
    due = [one for one in await queries.of_year(year) if one.state == "due" and one.by_debit]
    due = [one for one in due if not one.is_deceased]
    accounts = await queries.accounts([one.person_id for one in due])
    if not due:
        raise NothingToCollect
    made = await asyncio.to_thread(_made, due, accounts, collect_on)
    async with transaction():
        after = {"year": year, "fees": len(due), "cents": sum(one.amount_cents for one in due)}
        await audit.record(actor, "export", ("fee", 0), after=after)
    return made


def _made(due: Sequence[FeeView], accounts: Mapping[int, Account], collect_on: date) -> bytes:
    # An extra: only who collects needs these.
    from sepaxml import SepaDD  # noqa: PLC0415
    from text_unidecode import unidecode  # noqa: PLC0415

    us = settings.current().association
    config: dict[str, Any] = {
        "name": us.name[:70],
        "IBAN": us.iban,
        "BIC": us.bic,
        "batch": True,
        "creditor_id": us.creditor_id,
        "currency": "EUR",
    }
    document = SepaDD(config, schema=SCHEMA, clean=True)
    for one in due:
        account = accounts[one.person_id]
        document.add_payment(
            {
                # A bank reads Latin letters only; of some names none are left.
                "name": unidecode(account.holder).strip()
                or unidecode(one.name).strip()
                or f"{one.member_number}",
                "IBAN": account.iban,
                "amount": one.amount_cents,
                "type": "RCUR",
                "collection_date": collect_on,
                "mandate_id": account.mandate,
                "mandate_date": account.signed_on,
                "description": f"{us.name} {one.invoice or one.from_on.year}"[:140],
                "endtoend_id": f"FEE{one.id}",
            }
        )
    made: bytes = document.export(validate=True)
    return made
