"""What lists do with an address that accepts no mail: its subscriptions wait, consent stays.

Subscriptions of a person at their own address need nothing: the person's address is paused.
"""

from server.actors import Actor
from server.database import execute
from server.newsletters.states import SUBSCRIPTION

TO_PAUSE = """SELECT s.id FROM subscription s LEFT JOIN person p ON p.id = s.person
  WHERE s.email_key = $1 AND s.state = 'confirmed' AND s.email_key IS DISTINCT FROM p.email_key
  ORDER BY s.id FOR UPDATE OF s"""
# Also where the address became that of a person since.
PAUSED = """SELECT id FROM subscription WHERE email_key = $1 AND state = 'hold'
  ORDER BY id FOR UPDATE"""


async def pause(actor: Actor, email_key: str, *, reason: str) -> None:
    """Stop mailing an address; inside the caller's transaction."""
    for row in await execute(TO_PAUSE, email_key):
        await SUBSCRIPTION.move(row["id"], "hold", actor=actor, reason=reason)


async def resume(actor: Actor, email_key: str) -> None:
    """Mail it again; inside the caller's transaction."""
    for row in await execute(PAUSED, email_key):
        await SUBSCRIPTION.move(row["id"], "release", actor=actor)
