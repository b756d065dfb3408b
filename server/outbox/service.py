"""Owe somebody a letter, in the transaction of its cause."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from emails import rendering
from emails.letters import Letter
from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, in_transaction, transaction
from server.errors import Refusal
from server.outbox.states import LETTER

POST = """INSERT INTO outbox_letter
  (kind, category, cause, person, address, language, values, message_id, state,
   created_at, not_before, expires_at, forgets_address, event)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, 'queued', $9, $10, $11, $12, $13)
  ON CONFLICT (cause) DO NOTHING"""

# A letter on its way out at this very moment cannot be called back.
FORGET_PERSON = """UPDATE outbox_letter SET values = '{}', address = '', last_error = '',
  cause = 'erased:' || id,
  state = CASE WHEN state IN ('sent', 'sending') THEN state ELSE 'dropped' END
  WHERE person = $1 OR lower(address) = ANY($2::text[]) RETURNING id"""
# Letters to others that name somebody: a told board member keeps the mail, we keep no copy. One
# that has not left yet is forgotten when it has (delivery).
FORGET_WORDS = """UPDATE outbox_letter SET
  values = CASE WHEN state IN ('sent', 'dropped', 'failed') THEN '{}' ELSE values END,
  forgets_address = forgets_address OR state NOT IN ('sent', 'dropped', 'failed')
  WHERE values <> '{}'::jsonb AND values::text ILIKE ANY($1::text[])"""

FORGET_KIND = """UPDATE outbox_letter SET values = '{}' WHERE kind = $1 AND created_at < $2
  AND state IN ('sent', 'dropped', 'failed') AND values <> '{}'::jsonb"""


class Forgotten(Refusal):
    """What the letter said was wiped: it held a secret."""

    code = "outbox.forgotten"


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
    forgets_address: bool = False,
) -> None:
    """Queue a letter inside the caller's transaction: with its cause it commits, or not at all.

    The same `cause` never owes two letters. After `expires_at` it is dropped unsent.
    With `forgets_address` neither words nor address are kept once it has left.
    """
    await _queue(letter, to, cause, (not_before, expires_at, forgets_address, None))


async def post_about(event_id: int, letter: Letter, to: Recipient, *, cause: str) -> None:
    """Queue a letter about an event: what changed for the reader's own calendar goes along.

    Inside the caller's transaction, once for each `cause`.
    """
    await _queue(letter, to, cause, (None, None, False, event_id))


How = tuple[datetime | None, datetime | None, bool, int | None]


async def _queue(letter: Letter, to: Recipient, cause: str, how: How) -> None:
    """`how`: not before, until when, whether the address is forgotten, and about which event."""
    if not in_transaction():
        raise RuntimeError("a letter is owed only inside transaction()")
    now = clock.now()
    not_before, expires_at, forgets_address, event_id = how
    await execute(
        POST,
        letter.kind(),
        letter.category,
        cause,
        to.person_id,
        to.email,
        to.language,
        json.dumps(rendering.values_of(letter, to.name), ensure_ascii=False),
        uuid4(),
        now,
        not_before or now,
        expires_at,
        forgets_address,
        event_id,
    )


async def release(actor: Actor, letter_id: int, *, now: datetime) -> None:
    """Try a letter again at once, with all its tries before it. Refuses: WrongState, Forgotten."""
    async with transaction():
        row = await LETTER.move(
            letter_id, "release", actor=actor, set_also={"not_before": now, "attempts": 0}
        )
        if row["values"] == "{}":
            raise Forgotten


async def hold(actor: Actor, letter_id: int) -> None:
    """Keep a letter back. Refuses: WrongState."""
    async with transaction():
        await LETTER.move(letter_id, "hold", actor=actor)


async def drop(actor: Actor, letter_id: int, *, reason: str) -> None:
    """Never send it, and forget what it said. Refuses: WrongState."""
    async with transaction():
        await LETTER.move(letter_id, "drop", actor=actor, reason=reason, set_also={"values": "{}"})


async def take_back(actor: Actor, cause: str) -> None:
    """Never send what was owed for a cause, if it still waits: something else is true by now."""
    waits = "SELECT id FROM outbox_letter WHERE cause = $1 AND state = 'queued'"
    for row in await execute(waits, cause):
        await drop(actor, row["id"], reason="")


def like_escaped(word: str) -> str:
    """A word to be found as it is within a LIKE pattern."""
    return "".join(f"\\{c}" if c in "\\%_" else c for c in word)


async def forget_kind(kind: str, *, before: datetime) -> None:
    """Wipe what letters of a kind said that were owed before a moment; one that waits expires."""
    await execute(FORGET_KIND, kind, before)


async def forget_person(
    actor: Actor, person_id: int, *, addresses: Sequence[str] = (), words: Sequence[str] = ()
) -> int:
    """Send nothing more to somebody, and forget what was said and where it went.

    Inside the transaction in which their data are erased. `addresses` are theirs,
    earlier ones too; `words` are names and addresses
    that stand in letters to others. Returns how many letters to them there were.
    """
    if not in_transaction():
        raise RuntimeError("a person is forgotten only inside transaction()")
    rows = await execute(FORGET_PERSON, person_id, [address.lower() for address in addresses])
    patterns = [f"%{like_escaped(word)}%" for word in words if word.strip()]
    await execute(FORGET_WORDS, patterns)
    await audit.record(actor, "forget_letters", ("person", person_id), after={"count": len(rows)})
    return len(rows)
