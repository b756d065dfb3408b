"""Putting one claim down where the rules say, in as few statements as it takes.

Runs inside a transaction that holds the lock of the event: what stands here, everybody waits for.
"""

import secrets
from datetime import datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.admission import dues
from server.admission.classes import SPEAKS
from server.audit import service as audit
from server.database import execute
from server.errors import NotFound
from server.events import terms
from server.events.counting import IS_SEAT, held
from server.questions import answering
from server.registrations import choosing, codes, queries, rules, telling, tickets
from server.registrations.precedence import somebody_first
from server.registrations.refusals import NoSuchPlace
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from server.standing import stands
from tables.registrations import LineState, TicketClass

CODE_BYTES = 13
RANK_OF = " ".join(f"WHEN '{of.value}' THEN {rank}" for of, rank in rules.CLASS_RANK.items())
AGAIN = """UPDATE SET remark = excluded.remark, idempotency_key = excluded.idempotency_key,
  ticket_class = excluded.ticket_class, invitation = excluded.invitation,
  auto_accept = excluded.auto_accept, together = excluded.together,
  changed_at = excluded.changed_at, revision = registration.revision + 1"""
# Whoever proved nothing yet takes away nothing that the holder of the address wrote before.
UNPROVEN_AGAIN = AGAIN.replace(
    "remark = excluded.remark",
    "remark = CASE WHEN excluded.remark IN ('', registration.remark) THEN registration.remark"
    " ELSE left(concat_ws(E'\\n', nullif(registration.remark, ''), excluded.remark), 2000) END",
)
REGISTRATION = f"""
WITH made AS (
  INSERT INTO registration (event, person, code, remark, idempotency_key, ticket_class,
    created_at, changed_at, invitation, auto_accept, together)
  SELECT $1, $2, $3, $4, $5, CASE
    WHEN $10 = 'speaker' OR {SPEAKS.format(person="$2", event="$1")} THEN 'speaker'
    WHEN $10 = 'member' OR {stands("$2", "$6")} THEN 'member'
    ELSE $10 END, $7, $7, $9::int, $11, $12
  ON CONFLICT (event, person) DO {{if_known}} RETURNING id, ticket_class),
ranked AS (SELECT id, ticket_class, CASE ticket_class {RANK_OF} END AS class_rank FROM made)
SELECT ranked.*, u.id AS unit_id, u.capacity,
  {held("u.id", "$7")} AS held,
  {somebody_first("u.id", "ranked.class_rank", "$7")} AS somebody_first
FROM ranked LEFT JOIN capacity_unit u ON u.event = $1 AND ($8::int IS NULL OR u.id = $8)
  AND {IS_SEAT}
ORDER BY u.position, u.id LIMIT 1"""
LINE = f"""
WITH l AS (
  INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at,
    expires_at, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6) RETURNING *),
ticket AS ({tickets.MADE_WITH.format(line="l", code="$8")})
SELECT {queries.SHOWN}, (SELECT code FROM ticket) AS ticket
FROM registration r JOIN l ON l.registration = r.id {queries.BESIDE}"""


async def claim(
    actor: Actor, event: dict[str, Any], person_id: int, form: RegistrationForm, *, now: datetime
) -> queries.RegistrationView | None:
    """Take a place or stand in line for one, with the audit line and the letter.

    A free place is held for a stranger for half an hour; one who would wait holds nothing.
    None for somebody who has a registration here already. Refuses: NoSuchPlace.
    """
    return await _claim(actor, event, person_id, form, "NOTHING", now)


async def claim_again(
    actor: Actor, event: dict[str, Any], person_id: int, form: RegistrationForm, *, now: datetime
) -> queries.RegistrationView:
    """The same for somebody whose earlier registration ended. Refuses: NoSuchPlace."""
    again = AGAIN if _is_proven(actor) else UNPROVEN_AGAIN
    claimed = await _claim(actor, event, person_id, form, again, now)
    if claimed is None:
        raise NotFound
    return claimed


def _is_proven(actor: Actor) -> bool:
    """Whether it is known who asks; the system proves nothing by mail."""
    return actor.is_signed_in or actor.is_board


async def _claim(
    actor: Actor,
    event: dict[str, Any],
    person_id: int,
    form: RegistrationForm,
    if_known: str,
    now: datetime,
) -> queries.RegistrationView | None:
    invited = form.invited
    invited_as = invited.ticket_class if invited else TicketClass.other.value
    made = await execute(
        REGISTRATION.format(if_known=if_known),
        *(event["id"], person_id, secrets.token_hex(CODE_BYTES), form.remark),
        *(form.idempotency_key, clock.day_of(now), now, form.unit_id),
        *(invited.id if invited else None, invited_as, form.auto_accept),
        bool(form.together and form.extra_ids),
    )
    if not made:
        return None
    found = made[0]
    if found["unit_id"] is None:
        raise NoSuchPlace
    price = None if form.takes_over else await price_of(event, person_id, invited_as)
    if _is_proven(actor) and (price or (if_known != "NOTHING" and not form.takes_over)):
        price = price if if_known == "NOTHING" else await dues.left(found["id"], price)
        await dues.agree(actor, found["id"], price, now=now)
    state, held_until = await _state(actor, event, found, form, now)
    rows = await execute(
        LINE,
        *(found["id"], found["unit_id"], person_id, state.value),
        *(found["class_rank"], now, held_until, codes.new_code()),
    )
    ticket = rows[0].pop("ticket")
    view = queries.RegistrationView(**rows[0])
    if form.filled is not None:
        await answering.save(actor, event["id"], view.id, form.filled, now=now)
    after = {"state": state.value, "unit": found["unit_id"], "class": found["ticket_class"]}
    await audit.record(actor, "register", ("registration_line", view.line_id), after=after)
    await choosing.put_beside(actor, view, form, now=now)
    if not form.takes_over:
        also = await telling.beside(view) if form.extra_ids else ""
        await telling.tell(view, also=also, ticket=ticket)
    return view


async def price_of(event: dict[str, Any], person_id: int, invited_as: str) -> terms.Terms | None:
    """What somebody would pay, by the row of an event that is locked."""
    rows = terms.read(event["terms"])
    at = event["starts_at"]
    return await dues.quoted(event["id"], at, rows, person_id, invited_as=invited_as)


async def _state(
    actor: Actor,
    event: dict[str, Any],
    found: dict[str, Any],
    form: RegistrationForm,
    now: datetime,
) -> tuple[LineState, datetime | None]:
    """Where a claim on a seat goes, and until when a place is held for who must confirm."""
    if form.takes_over:
        return LineState.confirmed, None
    names = ("unit_id", "capacity", "held", "somebody_first")
    state = rules.place(rules.Room(**{name: found[name] for name in names}))
    if form.together and not await choosing.all_free(found, form.extra_ids, event["id"], now=now):
        state = LineState.waiting
    in_doubt = needs_approval(actor, event, found["ticket_class"], is_invited=bool(form.invited))
    if _is_proven(actor):
        return LineState.approval if in_doubt else state, None
    is_held = state == LineState.confirmed and not in_doubt
    return LineState.unverified, now + rules.HOLD if is_held else None


def needs_approval(
    actor: Actor, event: dict[str, Any], ticket_class: str, *, is_invited: bool
) -> bool:
    """Whether the organiser looks first: not at speakers, at who was invited, or at its own."""
    if not event["needs_approval"] or actor.manages(event["group"], Area.events):
        return False
    return not is_invited and ticket_class != TicketClass.speaker
