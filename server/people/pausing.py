"""An address that accepts no mail is paused; whoever reads mail there again ends that."""

from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.database import execute

MOVE = """UPDATE person SET email_state = $2, changed_at = $3, revision = revision + 1
  WHERE email_key = $1 AND email_state = ANY($4::text[]) RETURNING id"""


async def pause(actor: Actor, email_key: str, *, reason: str, now: datetime) -> None:
    """No mail that its holder did not ask for; inside the caller's transaction."""
    for row in await execute(MOVE, email_key, "hold", now, ["ok", "unverified"]):
        await audit.record(actor, "pause_address", ("person", row["id"]), reason=reason)


async def resume(actor: Actor, email_key: str, *, now: datetime) -> None:
    """Mail it again, to be proved anew; inside the caller's transaction."""
    for row in await execute(MOVE, email_key, "unverified", now, ["hold"]):
        await audit.record(actor, "resume_address", ("person", row["id"]))
