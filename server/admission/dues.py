"""What a place costs: agreed when somebody registers, marked by the treasurer.

A member pays as a member who is one on the day of the event: whose membership ends before it pays
like anybody, whose membership begins before it pays as a member already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.admission import classes
from server.admission.refusals import OwnFee
from server.admission.states import TICKET_FEE
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, WrongState
from server.events import terms as rules
from server.events.counting import IS_SEAT, LIVE
from server.rights import Area

FEES = f"""SELECT f.id, f.registration AS registration_id, f.amount_cents, f.priced_as, f.state,
  f.paid_on, f.note, r.event AS event_id, r.person AS person_id, p.display_name AS name,
  EXISTS (SELECT 1 FROM registration_line l JOIN capacity_unit u ON u.id = l.unit
    WHERE l.registration = coalesce(f.passed_to, r.id) AND l.state = 'confirmed' AND {IS_SEAT})
    AS has_place, coalesce(c.display_name, '') AS passed_to, f.needed_cents
  FROM ticket_fee f JOIN registration r ON r.id = f.registration JOIN person p ON p.id = r.person
  LEFT JOIN registration t ON t.id = f.passed_to LEFT JOIN person c ON c.id = t.person"""

# What others paid for the place that a registration had from them.
BY_OTHERS = """SELECT coalesce(sum(amount_cents), 0)::int AS cents FROM ticket_fee
  WHERE passed_to = $1 AND state = 'paid'"""

STILL_WAITS = f"""SELECT 1 FROM registration_line
  WHERE registration = $1 AND state IN {LIVE} LIMIT 1"""

GONE = """DELETE FROM ticket_fee WHERE registration = $1 AND state = 'due'
  AND passed_to IS NULL"""


@dataclass(frozen=True)
class TicketDue:
    """What one registration costs, in cents; it is owed only by who has a place.

    `passed_to`: who has the place by now that was paid for; then `has_place` is theirs, and
    `needed_cents` is how much of it goes into what they would pay.
    """

    id: int
    registration_id: int
    amount_cents: int
    priced_as: str
    state: str
    paid_on: date | None
    note: str
    event_id: int
    person_id: int
    name: str
    has_place: bool
    passed_to: str
    needed_cents: int | None

    @property
    def over_cents(self) -> int:
        """How much more was paid than the place costs who has it now; nothing is given back."""
        is_over = self.has_place and self.needed_cents is not None
        return self.amount_cents - (self.needed_cents or 0) if is_over else 0

    @property
    def is_owed(self) -> bool:
        """Whether it should be paid."""
        return self.has_place and self.state == "due"

    @property
    def is_to_refund(self) -> bool:
        """Whether it was paid for a place that was given up."""
        return not self.has_place and self.state == "paid"


def reference(registration_id: int) -> str:
    """What is written when paying: how the treasurer finds whose it is."""
    return f"A{registration_id:05d}"


async def quoted(
    event_id: int,
    starts_at: datetime,
    terms: Sequence[rules.Terms],
    person_id: int | None,
    *,
    invited_as: str = "",
) -> rules.Terms | None:
    """What somebody would pay for an event on that day; None where it is free."""
    if not any(one.price_cents for one in terms):
        return None
    day = clock.day_of(starts_at)
    theirs = await classes.of_person(person_id, event_id, day, invited_as=invited_as)
    return rules.price(terms, theirs)


async def left(registration_id: int, price: rules.Terms | None) -> rules.Terms | None:
    """Of a price what somebody pays themselves: what was paid for a place that they took over, and
    gave up, still counts for who comes back."""
    if price is None:
        return None
    paid = (await execute(BY_OTHERS, registration_id))[0]["cents"]
    cents = price.price_cents - paid
    return replace(price, price_cents=cents) if cents > 0 else None


async def agree(
    actor: Actor, registration_id: int, price: rules.Terms | None, *, now: datetime
) -> None:
    """Keep what somebody will pay; what was paid or waived before is not asked again."""
    before = await of_registration(registration_id)
    if before is None and price is None:
        return
    if before is not None and before.state == "refunded":
        await _reopen(actor, before, price)
        return
    if price is None:
        await execute(GONE, registration_id)
        return
    rows = await execute(
        "INSERT INTO ticket_fee (registration, amount_cents, priced_as, created_at, changed_at)"
        " VALUES ($1, $2, $3, $4, $4) ON CONFLICT (registration)"
        " WHERE passed_to IS NULL DO UPDATE"
        " SET amount_cents = excluded.amount_cents, priced_as = excluded.priced_as,"
        " changed_at = $4, revision = ticket_fee.revision + 1"
        " WHERE ticket_fee.state = 'due' RETURNING id",
        *(registration_id, price.price_cents, price.ticket_class, now),
    )
    if rows:
        after = {"amount_cents": price.price_cents, "priced_as": price.ticket_class}
        await audit.record(actor, "charge", ("ticket_fee", rows[0]["id"]), after=after)


async def _reopen(actor: Actor, due: TicketDue, price: rules.Terms | None) -> None:
    """Who was paid back and comes after all owes again; that they were stays on record."""
    if price is not None:
        also = {"amount_cents": price.price_cents, "priced_as": price.ticket_class}
        note = f"{due.amount_cents / 100:.2f} was terugbetaald, betaald op {due.paid_on}"
        await TICKET_FEE.move(
            due.id, "reopen", actor=actor, reason=note, set_also={**also, "paid_on": None}
        )


async def of_registration(registration_id: int) -> TicketDue | None:
    """What somebody pays for their own place; not what they paid for one they gave away."""
    rows = await execute(f"{FEES} WHERE r.id = $1 AND f.passed_to IS NULL", registration_id)
    return TicketDue(**rows[0]) if rows else None


async def of_event(event_id: int) -> list[TicketDue]:
    """Every amount of an event: who owes first, then who gets money back, then by name."""
    rows = await execute(f"{FEES} WHERE r.event = $1 ORDER BY p.sort_key, f.id", event_id)
    dues = [TicketDue(**row) for row in rows]
    return sorted(dues, key=lambda due: (not due.is_owed, not due.is_to_refund))


async def events() -> list[dict[str, Any]]:
    """Events with amounts: `slug`, `title`, `title_en`, `owed` and `paid` (cents), latest first."""
    return await execute(
        "SELECT e.slug, e.title, e.title_en,"
        " sum(f.amount_cents) FILTER (WHERE f.state = 'paid')::int AS paid,"
        " sum(f.amount_cents) FILTER (WHERE f.state = 'due' AND f.has_place)::int AS owed"
        f" FROM ({FEES}) f JOIN event e ON e.id = f.event_id"
        " GROUP BY e.id ORDER BY e.starts_at DESC, e.id DESC LIMIT 50"
    )


async def get(fee_id: int) -> TicketDue:
    """One amount. Raises NotFound."""
    rows = await execute(f"{FEES} WHERE f.id = $1", fee_id)
    if not rows:
        raise NotFound
    return TicketDue(**rows[0])


async def mark(
    actor: Actor, fee_id: int, action: str, *, reason: str = "", now: datetime
) -> TicketDue:
    """Note that an amount was paid, waived (with a reason), given back, or is due after all.

    Raises Invalid on `reason`, NotFound; refuses: OwnFee, WrongState
    """
    said = reason.strip()
    if action == "waive" and not said:
        raise Invalid(reason="fees.field.reason.needed")
    async with transaction():
        due = await get(fee_id)
        if not actor.changes(Area.money):
            raise NotFound
        if due.person_id == actor.person_id:
            raise OwnFee
        if action == "refund" and due.has_place:
            raise WrongState
        paid_on = clock.day_of(now) if action == "pay" else due.paid_on
        also = {"note": said, "paid_on": paid_on if action in ("pay", "refund") else None}
        await TICKET_FEE.move(fee_id, action, actor=actor, set_also=also, reason=said)
        if action == "refund" and not due.passed_to and await _waits(due):
            await _reopen_as_it_was(actor, due)
    return await get(fee_id)


async def _waits(due: TicketDue) -> bool:
    return bool(await execute(STILL_WAITS, due.registration_id))


async def _reopen_as_it_was(actor: Actor, due: TicketDue) -> None:
    """Who gets money back while they wait for a place pays again when they get one."""
    note = f"{due.amount_cents / 100:.2f} was terugbetaald, betaald op {due.paid_on}"
    await TICKET_FEE.move(due.id, "reopen", actor=actor, reason=note, set_also={"paid_on": None})
