"""The strictest consent of two addresses: a no of either is a no of both."""

from collections.abc import Sequence
from datetime import datetime

from server.actors import Actor
from server.consent import queries as consents
from server.consent import service as consent
from server.consent.rules import NO
from server.consent.service import Answer
from server.database import execute
from server.newsletters import rules, subscribing
from tables.consent import ConsentAction

# Subscriptions that are on, of lists that one of these addresses left, or all if one objected.
ON_THOUGH_LEFT = f"""SELECT s.id FROM subscription s WHERE s.email_key = ANY($1::text[])
  AND s.state IN ('pending', 'confirmed', 'automatic') AND (EXISTS (SELECT 1 FROM subscription o
      WHERE o.list = s.list AND o.email_key = ANY($1::text[]) AND o.state = 'unsubscribed')
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT ON (address_key) action FROM consent_event
      WHERE address_key = ANY($1::text[]) AND purpose = '{rules.EVERYTHING}'
      ORDER BY address_key, id DESC) newest WHERE action IN ('withdrawn', 'objected')))"""


async def apply(actor: Actor, keys: Sequence[str], *, now: datetime) -> None:
    """Where one address said no to a list, or to all our mail, the other leaves it too."""
    if NO & {await consents.newest(key, rules.EVERYTHING) for key in keys}:
        for key in keys:
            if await consents.newest(key, rules.EVERYTHING) not in NO:
                objected = Answer(key, rules.EVERYTHING, ConsentAction.objected, "merge")
                await consent.record(actor, objected, now=now)
    for row in await execute(ON_THOUGH_LEFT, keys):
        await subscribing.leave(actor, row["id"], channel="merge", now=now)
