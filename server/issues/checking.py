"""May this person be mailed at this very moment? Asked right before each message."""

from dataclasses import dataclass, replace
from datetime import datetime

from server import clock
from server.consent.rules import pepper
from server.database import execute
from server.issues.claims import Claimed, move_to
from server.newsletters import rules
from server.newsletters.audience import OF_SOME, Exclusion

TWICE = "twice"  # the address they have now got the issue already
ASK = f"""{OF_SOME}
SELECT i.state AS issue, d.state = 'sending' AND d.claimed_at = $8 AS is_mine, c.*
FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue
LEFT JOIN (SELECT email, email_key, reason FROM candidate) c ON true
WHERE d.id = $7 ORDER BY c.email_key = $6[1] DESC, c.reason = '' DESC"""


@dataclass(frozen=True)
class Verdict:
    """`one` is what may be sent, else None: it is skipped for a `reason`, or `waits`."""

    one: Claimed | None = None
    reason: str = ""
    waits: bool = False


async def verdict(one: Claimed, now: datetime) -> Verdict:
    """What a worker does with a delivery it claimed.

    Who got another address since is followed there. A test goes to whoever asked for it.
    """
    if one.test:
        return Verdict(one)
    people = [] if one.person_id is None else [one.person_id]
    rows = await execute(
        ASK,
        *(one.list_id, clock.day_of(now), rules.EVERYTHING, pepper(), people, [one.email_key]),
        *(one.id, one.claimed_at),
    )
    if not rows or not rows[0]["is_mine"]:
        return Verdict()
    found = rows[0]
    if found["issue"] != "sending":
        return Verdict(waits=True)
    if found["reason"] is None:
        return Verdict(reason=Exclusion.not_eligible)
    if found["reason"]:
        return Verdict(reason=found["reason"])
    if found["email_key"] == one.email_key:
        return Verdict(one)
    if not await move_to(one, found["email"], found["email_key"]):
        return Verdict(reason=TWICE)
    return Verdict(replace(one, email=found["email"], email_key=found["email_key"]))
