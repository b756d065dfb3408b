"""Look through the register for people who are in it twice; what was decided stays decided."""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.duplicates import queries
from server.errors import Invalid, NotFound
from server.people.likeness import Facts, Likeness, compare, facts, pairs
from server.people.rules import email_key
from server.rights import Area

EVERYBODY = """SELECT id, initials, first_name, surname, partner_surname, email_key, phone,
  postcode, city FROM person WHERE anonymised_at IS NULL AND merged_into IS NULL
  AND ($1::int[] IS NULL OR id = ANY($1))"""
NUMBERS = """SELECT person, register, number FROM registration_number WHERE state <> 'withdrawn'
  AND ($1::int[] IS NULL OR person = ANY($1))"""
# A pair once dismissed comes back only when what we know of the two has changed; what the board
# itself pointed at stays pointed at.
KEEP = """INSERT INTO duplicate_pair (first, second, score, reasons, keys_hash, found_at)
  SELECT u.*, $6 FROM unnest($1::int[], $2::int[], $3::int[], $4::jsonb[], $5::bytea[]) u
  ON CONFLICT (first, second) DO UPDATE SET score = excluded.score,
    reasons = CASE WHEN duplicate_pair.reasons @> '["by_hand"]'
      THEN '["by_hand"]'::jsonb || (excluded.reasons - 'by_hand') ELSE excluded.reasons END,
    state = CASE WHEN duplicate_pair.state = 'dismissed'
      AND duplicate_pair.keys_hash = excluded.keys_hash THEN 'dismissed' ELSE 'open' END,
    keys_hash = excluded.keys_hash
  WHERE duplicate_pair.state <> 'merged' OR duplicate_pair.keys_hash <> excluded.keys_hash"""
AT_ONCE = 2000


async def look(now: datetime) -> int:
    """Find every pair anew: how many look alike. Idempotent; may run late."""
    by_id = await _facts()
    found = await asyncio.to_thread(pairs, by_id.values())
    async with transaction():
        for start in range(0, len(found), AT_ONCE):
            await _keep(found[start : start + AT_ONCE], by_id, now)
        known = [f"{one.first}-{one.second}" for one in found]
        await execute(
            "DELETE FROM duplicate_pair WHERE state = 'open' AND NOT reasons @> '[\"by_hand\"]'"
            " AND NOT (first || '-' || second) = ANY($1::text[])",
            known,
        )
    return len(found)


async def name_pair(actor: Actor, person_id: int, other: str, *, now: datetime) -> int:
    """Somebody of the board says that two are one: the pair's id.

    `other` is the e-mail address or the member number of the second. Raises Invalid, NotFound.
    """
    if not actor.changes(Area.people):
        raise NotFound
    rows = await execute(
        "SELECT p.id FROM person p WHERE p.merged_into IS NULL AND p.anonymised_at IS NULL"
        " AND p.id <> $1 AND (p.email_key = $2 OR EXISTS (SELECT 1 FROM membership m"
        "   WHERE m.person = p.id AND m.number::text = $3)) ORDER BY p.id LIMIT 1",
        *(person_id, email_key(other), other.strip()),
    )
    if not rows:
        raise Invalid(other="duplicates.field.nobody")
    by_id = await _facts(person_id, rows[0]["id"])
    if person_id not in by_id:
        raise NotFound
    likeness = compare(by_id[person_id], by_id[rows[0]["id"]])
    said = Likeness(likeness.first, likeness.second, likeness.score, ("by_hand", *likeness.reasons))
    async with transaction():
        await execute(
            "DELETE FROM duplicate_pair WHERE first = $1 AND second = $2 AND state <> 'merged'",
            *(said.first, said.second),
        )
        await _keep([said], by_id, now)
        found = await execute(
            "UPDATE duplicate_pair SET state = 'open' WHERE first = $1 AND second = $2"
            " RETURNING id",
            *(said.first, said.second),
        )
        pair_id = int(found[0]["id"])
        await audit.record(actor, "create", ("duplicate_pair", pair_id))
    return pair_id


async def dismiss(actor: Actor, pair_id: int, *, now: datetime) -> None:
    """These are two people; remembered until what we know of them changes. Again is harmless.

    Raises NotFound.
    """
    if not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        pair = await queries.pair(pair_id)
        by_id = await _facts(pair.first_id, pair.second_id)
        rows = await execute(
            "UPDATE duplicate_pair SET state = 'dismissed', decided_at = $2, decided_by = $3,"
            " keys_hash = $4, reasons = reasons - 'by_hand'"
            " WHERE id = $1 AND state <> 'merged' RETURNING id",
            *(
                pair_id,
                now,
                actor.person_id,
                _keys_hash(by_id[pair.first_id], by_id[pair.second_id]),
            ),
        )
        if not rows:
            raise NotFound
        await audit.record(actor, "dismiss", ("duplicate_pair", pair_id))


async def _facts(*ids: int) -> dict[int, Facts]:
    """What is compared of these people, or of everybody."""
    asked = list(ids) or None
    numbers: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in await execute(NUMBERS, asked):
        numbers[row["person"]].add((row["register"], row["number"]))
    rows = await execute(EVERYBODY, asked)
    return {row["id"]: facts(row, numbers[row["id"]]) for row in rows}


async def _keep(found: Sequence[Likeness], by_id: dict[int, Facts], now: datetime) -> None:
    columns = [
        [one.first for one in found],
        [one.second for one in found],
        [one.score for one in found],
        [json.dumps(one.reasons) for one in found],
        [_keys_hash(by_id[one.first], by_id[one.second]) for one in found],
    ]
    await execute(KEEP, *columns, now)


def _keys_hash(one: Facts, other: Facts) -> bytes:
    """Of everything that is compared; another address or name gives another hash."""
    said = [
        [sorted(f.surnames), f.given, f.initial, f.email_key, f.phone, f.postcode, f.city,
         sorted(f.numbers)]
        for f in (one, other)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).digest()
