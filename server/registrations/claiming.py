"""Putting one claim down where the rules say, in as few statements as it takes.

Runs inside a transaction that holds the lock of the event: what stands here, everybody waits for.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute
from server.registrations import line, queries, rules, telling
from tables.registrations import LineState, TicketClass

CODE_BYTES = 13
REGISTRATION = """
INSERT INTO registration (event, person, code, remark, idempotency_key, ticket_class,
  created_at, changed_at)
SELECT $1, $2, $3, $4, $5, CASE
  WHEN EXISTS (SELECT 1 FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
    JOIN call c ON c.id = p.call WHERE s.person = $2 AND c.event = $1
    AND p.state IN ('accepted', 'confirmed', 'delivered')) THEN 'speaker'
  WHEN EXISTS (SELECT 1 FROM membership m WHERE m.person = $2 AND m.starts_on <= $6
    AND (m.ends_on IS NULL OR m.ends_on >= $6)) THEN 'member'
  ELSE 'other' END, $7, $7
ON CONFLICT (event, person) DO UPDATE SET remark = excluded.remark,
  idempotency_key = excluded.idempotency_key, ticket_class = excluded.ticket_class,
  changed_at = excluded.changed_at, revision = registration.revision + 1
RETURNING id, ticket_class"""
LINE = """
INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at,
  expires_at, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6) RETURNING id"""


@dataclass(frozen=True)
class RegistrationForm:
    """What somebody asks for. A stranger gives name and address; a signed-in person neither."""

    unit_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "nl"
    remark: str = ""
    idempotency_key: UUID | None = None


async def claim(
    actor: Actor, event_id: int, person_id: int, form: RegistrationForm, *, now: datetime
) -> queries.RegistrationView:
    """Take a place or stand in line, with the audit line and the letter.

    A free place is held for a stranger for half an hour; one who would wait holds nothing.
    Refuses: NoSuchPlace.
    """
    code = secrets.token_hex(CODE_BYTES)
    key, today = form.idempotency_key, clock.day_of(now)
    made = await execute(REGISTRATION, event_id, person_id, code, form.remark, key, today, now)
    ticket_class = TicketClass(made[0]["ticket_class"])
    rank = rules.CLASS_RANK[ticket_class]
    room = await line.room(event_id, form.unit_id, rank, now=now)
    state = rules.place(room)
    held_until: datetime | None = None
    if not actor.is_signed_in:
        held_until = now + rules.HOLD if state == LineState.confirmed else None
        state = LineState.unverified
    rows = await execute(
        LINE, made[0]["id"], room.unit_id, person_id, state.value, rank, now, held_until
    )
    line_id: int = rows[0]["id"]
    after = {"state": state.value, "unit": room.unit_id, "class": ticket_class.value}
    await audit.record(actor, "register", ("registration_line", line_id), after=after)
    view = await queries.by_line(line_id)
    await telling.tell(view)
    return view
