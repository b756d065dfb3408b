"""Rules of registers to begin with. What the board changed or ended stays as it is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from tables.accreditation import AccreditationRegister


async def add_missing_registers(
    actor: Actor, rows: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Put in the registers whose code is not there yet: how many."""
    async with transaction():
        found = await execute("SELECT code FROM accreditation_register")
        known = {row["code"] for row in found}
        missing = [values for values in rows if values["code"] not in known]
        for values in missing:
            since = date.fromisoformat(values["valid_from"])
            given = {**values, "valid_from": since, "created_at": now, "changed_at": now}
            row = AccreditationRegister(**given)
            await row.save()
            subject = ("accreditation_register", row.id)
            await audit.record(actor, "create", subject, after=dict(values))
    return len(missing)
