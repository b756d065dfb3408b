"""What a place costs who takes it over, and what becomes of what was paid for it.

Who comes pays the price of their own class; what others paid for this place counts towards it, and
stays with who paid it. A waiver was for one person and does not go along.
"""

from dataclasses import dataclass
from datetime import datetime

from server import clock
from server.actors import Actor
from server.admission import classes, codes, dues, terms
from server.audit import service as audit
from server.database import execute
from server.events import terms as rules
from server.events.terms import Terms
from tables.registrations import TicketFeeState

# For the place that is given away, and for one that who comes took over before and gave up.
PAID = """SELECT id, amount_cents FROM ticket_fee WHERE state = 'paid'
  AND (coalesce(passed_to, registration) = $1 OR passed_to = $2) ORDER BY id"""
# Back with who paid it, once they have the place again: then it is their own amount.
GOES_TO = """UPDATE ticket_fee f SET changed_at = $4, revision = revision + 1,
  passed_to = CASE WHEN is_own.so THEN NULL ELSE $2::int END,
  needed_cents = CASE WHEN is_own.so THEN NULL ELSE $3::int END
  FROM (SELECT f.registration = $2 AND NOT EXISTS (SELECT 1 FROM ticket_fee o
    WHERE o.registration = $2 AND o.passed_to IS NULL) AS so FROM ticket_fee f WHERE id = $1) is_own
  WHERE f.id = $1"""


@dataclass(frozen=True)
class Cost:
    """What a place costs who takes it over, in cents: 0 is free. `paid_cents` was paid for it.

    `is_settled`: they paid, or were let off, for a place there before; nothing is asked again.
    """

    price_cents: int
    priced_as: str
    paid_cents: int
    is_settled: bool = False

    @property
    def due_cents(self) -> int:
        """What they still pay themselves; never less than nothing."""
        return 0 if self.is_settled else max(self.price_cents - self.paid_cents, 0)


async def cost(
    event_id: int, starts_at: datetime, from_id: int, person_id: int | None, own_id: int | None
) -> Cost:
    """What the place of a registration costs somebody, by their own class on the day of the event.

    In the class in which it was had, never more than was agreed for it. `own_id`: their own
    registration there, if they have one. A code goes along with its class.
    """
    theirs = await classes.of_person(
        person_id, event_id, clock.day_of(starts_at), invited_as=await codes.class_of(from_id)
    )
    price = rules.price(await terms.of_event(event_id), theirs)
    agreed, own = await dues.of_registration(from_id), None
    if agreed and price and agreed.priced_as in theirs:
        price = min(price, Terms(agreed.priced_as, price_cents=agreed.amount_cents),
                    key=lambda one: one.price_cents)  # fmt: skip
    if own_id is not None:
        own = await dues.of_registration(own_id)
    return Cost(
        price.price_cents if price else 0,
        price.ticket_class if price else "",
        sum(row["amount_cents"] for row in await execute(PAID, from_id, own_id)),
        own is not None and own.state in (TicketFeeState.paid, TicketFeeState.waived),
    )


async def pass_on(actor: Actor, from_id: int, to_id: int, agreed: Cost, *, now: datetime) -> None:
    """The place was passed on: what was paid goes into it, the rest is owed by who comes.

    Where they paid for a place of their own before, what the giver paid is to be paid back.
    """
    if agreed.is_settled:
        return
    due = agreed.due_cents
    price = Terms(agreed.priced_as, price_cents=due) if due else None
    await dues.agree(actor, to_id, price, now=now)
    left = agreed.price_cents
    for row in await execute(PAID, from_id, to_id):
        needed = min(row["amount_cents"], left)
        left -= needed
        await execute(GOES_TO, row["id"], to_id, needed, now)
        after = {"passed_to": to_id, "needed_cents": needed}
        await audit.record(actor, "pass_on", ("ticket_fee", row["id"]), after=after)
