"""What lists do with an address that accepts no mail: its subscriptions wait, consent stays.

Subscriptions of a person at their own address need nothing: the person's address is paused.
"""

from server.actors import Actor
from server.database import execute
from server.newsletters.states import SUBSCRIPTION

OF_ADDRESS = """SELECT s.id FROM subscription s LEFT JOIN person p ON p.id = s.person
  WHERE s.email_key = $1 AND s.state = $2 AND s.email_key IS DISTINCT FROM p.email_key
  ORDER BY s.id FOR UPDATE OF s"""


async def pause(actor: Actor, email_key: str, *, reason: str) -> None:
    """Stop mailing an address; inside the caller's transaction."""
    for row in await execute(OF_ADDRESS, email_key, "confirmed"):
        await SUBSCRIPTION.move(row["id"], "hold", actor=actor, reason=reason)


async def resume(actor: Actor, email_key: str) -> None:
    """Mail it again; inside the caller's transaction."""
    for row in await execute(OF_ADDRESS, email_key, "hold"):
        await SUBSCRIPTION.move(row["id"], "release", actor=actor)
