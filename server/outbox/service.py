"""Owe somebody a letter, in the transaction of its cause."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from emails.letters import Letter
from server import clock
from server.database import execute, in_transaction

POST = """INSERT INTO outbox_letter
  (kind, category, cause, person, address, language, values, message_id, state,
   created_at, not_before, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, 'queued', $9, $10, $11)
  ON CONFLICT (cause) DO NOTHING"""


@dataclass(frozen=True)
class Recipient:
    """Whom a letter goes to; `person_id` None for an address that belongs to nobody we know."""

    person_id: int | None
    name: str
    email: str
    language: str


async def post(
    letter: Letter,
    to: Recipient,
    *,
    cause: str,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Queue a letter inside the caller's transaction: with its cause it commits, or not at all.

    The same `cause` never owes two letters. After `expires_at` it is dropped unsent.
    """
    if not in_transaction():
        raise RuntimeError("a letter is owed only inside transaction()")
    now = clock.now()
    await execute(
        POST,
        letter.kind(),
        letter.category,
        cause,
        to.person_id,
        to.email,
        to.language,
        json.dumps({**asdict(letter), "name": to.name}, ensure_ascii=False),
        uuid4(),
        now,
        not_before or now,
        expires_at,
    )
