"""The links of everybody who is mailed: also of who is on a list by right and never answered."""

from collections.abc import Collection, Sequence
from datetime import datetime

from server.database import execute
from server.newsletters import links
from server.web import tokens

# Who answered before has a row of theirs, under this address or another.
BY_RIGHT = """INSERT INTO subscription
  (id, list, person, email, email_key, name, language, state, token_hash, asked_at)
SELECT u.id, $1, p.id, p.email, p.email_key, left(p.display_name, 200), p.language, 'automatic',
  u.token_hash, $5
FROM unnest($2::int[], $3::int[], $4::bytea[]) AS u(id, person, token_hash)
JOIN person p ON p.id = u.person AND p.email_key IS NOT NULL
WHERE NOT EXISTS (SELECT 1 FROM subscription s WHERE s.list = $1 AND s.person = p.id)
ON CONFLICT (list, email_key) DO NOTHING"""
OF_PEOPLE = """SELECT DISTINCT ON (p.id) p.id AS person, s.id FROM person p JOIN subscription s
  ON s.list = $1 AND (s.person = p.id OR s.email_key = p.email_key)
  WHERE p.id = ANY($2::int[]) ORDER BY p.id, s.email_key = p.email_key DESC, s.id DESC"""
REKEY = """UPDATE subscription AS s SET token_hash = u.token_hash
  FROM unnest($1::int[], $2::bytea[]) AS u(id, token_hash)
  WHERE s.id = u.id AND s.token_hash <> u.token_hash"""


async def by_right(list_id: int, people: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Person → their subscription to an automatic list, made where there is none.

    It says that they are on it by right; no consent is written, for they gave none.
    """
    rows = await execute(
        "SELECT nextval(pg_get_serial_sequence('subscription', 'id'))::int AS id"
        " FROM generate_series(1, $1)",
        len(people),
    )
    ids = [row["id"] for row in rows]
    hashes = [tokens.hash_of(links.token_of(one)) for one in ids]
    await execute(BY_RIGHT, list_id, ids, list(people), hashes, links.whole(now))
    found = await execute(OF_PEOPLE, list_id, list(people))
    return {row["person"]: row["id"] for row in found}


async def tokens_of(subscriptions: Collection[int]) -> dict[int, str]:
    """Subscription → its stable token; the hashes follow when the key has changed."""
    made = {one: links.token_of(one) for one in sorted(subscriptions)}
    if made:
        hashes = [tokens.hash_of(token) for token in made.values()]
        await execute(REKEY, list(made), hashes)
    return made
