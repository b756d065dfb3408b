"""Who a list reaches on a day, and why somebody is left out: pulled, never copied.

The receivers of an automatic list are the members, or the group, of that day, minus who left.
The receivers of every other list are its confirmed subscriptions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.consent.rules import pepper
from server.database import execute
from server.newsletters import rules
from server.newsletters.belonging import belonging
from server.newsletters.queries import newest_first
from server.outbox.service import like_escaped

PAGE_SIZE = 50


class Exclusion(StrEnum):
    """Why somebody on a list receives nothing."""

    deceased = "deceased"
    no_address = "no_address"
    objected = "objected"
    pending = "pending"
    unsubscribed = "unsubscribed"
    hold = "hold"
    not_mailed = "not_mailed"
    dead_address = "dead_address"
    not_eligible = "not_eligible"


@dataclass(frozen=True)
class Candidate:
    """Somebody on a list. `reason` is empty for who receives it, else an Exclusion.

    `key` is stable for paging: the subscription's id, or the person's on an automatic list.
    """

    key: int
    person_id: int | None
    subscription_id: int | None
    name: str
    email: str
    email_key: str
    language: str
    asked_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True)
class Reach:
    """The receivers of a list on a day, and everybody left out with the reason."""

    included: list[Candidate]
    excluded: list[Candidate]


@dataclass(frozen=True)
class Filter:
    """What the board looks for: words in name or address, and all | receives | an Exclusion."""

    search: str = ""
    status: str = "all"


# A subscription stays where it was asked for, until its person has proved another address.
STAYS = "(s.person IS NULL OR (p.email IS NOT NULL AND p.email_state = 'unverified'))"
_CANDIDATES = f"""
WITH l AS (SELECT * FROM newsletter_list WHERE $1::int IS NULL OR id = $1),
eligible AS ({belonging("$2", of="<members>", of_group="<group>")}),
on_list AS (
    SELECT l.id AS list, p.id AS key, p.id AS person_id, s.id AS subscription_id,
           p.display_name AS name, COALESCE(p.email, '') AS email,
           COALESCE(p.email_key, '') AS email_key, p.language,
           s.asked_at, s.confirmed_at, s.ended_at, s.state, true AS is_eligible
    FROM l JOIN eligible e ON e.list = l.id JOIN person p ON p.id = e.person
    LEFT JOIN LATERAL (
        SELECT * FROM subscription x
        WHERE x.list = l.id AND (x.person = p.id OR x.email_key = p.email_key)
        ORDER BY {newest_first("x")} LIMIT 1
    ) s ON true
    WHERE l.opt_in = 'automatic' AND p.merged_into IS NULL AND p.anonymised_at IS NULL
    UNION ALL
    (SELECT DISTINCT ON (l.id, COALESCE(p.id, -s.id)) l.id, s.id, p.id, s.id,
           COALESCE(NULLIF(s.name, ''), p.display_name, ''),
           CASE WHEN {STAYS} THEN s.email ELSE COALESCE(p.email, '') END,
           CASE WHEN {STAYS} THEN s.email_key ELSE COALESCE(p.email_key, '') END,
           s.language, s.asked_at, s.confirmed_at, s.ended_at, s.state,
           l.audience = 'public' OR e.person IS NOT NULL
    FROM l JOIN subscription s ON s.list = l.id
    LEFT JOIN person k ON k.email_key = s.email_key
    LEFT JOIN person p ON p.id = COALESCE(s.person, k.id)
    LEFT JOIN eligible e ON e.list = l.id AND e.person = p.id
    WHERE l.opt_in <> 'automatic' <subscriptions>
    ORDER BY l.id, COALESCE(p.id, -s.id), {newest_first("s")})
),
candidate AS (
    SELECT c.list, c.key, c.person_id, c.subscription_id, c.name, c.email, c.email_key,
           c.language, c.asked_at, c.confirmed_at, c.ended_at,
           CASE WHEN p.deceased_on <= $2 THEN 'deceased'
                WHEN c.email_key = '' THEN 'no_address'
                WHEN o.action IN ('withdrawn', 'objected') THEN 'objected'
                WHEN c.state NOT IN ('confirmed', 'automatic') THEN c.state
                WHEN p.email_key = c.email_key AND p.email_state = 'dead' THEN 'dead_address'
                WHEN p.email_key = c.email_key AND p.email_state = 'hold' THEN 'hold'
                WHEN NOT c.is_eligible THEN 'not_eligible'
                ELSE '' END AS reason
    FROM on_list c LEFT JOIN person p ON p.id = c.person_id
    LEFT JOIN LATERAL (  -- also under the hash of an address that was erased
        SELECT action FROM consent_event x WHERE x.purpose = $3 AND (x.person = c.person_id
            OR x.address_key IN (c.email_key,
            '#' || encode(sha256($4::bytea || convert_to(c.email_key, 'UTF8')), 'hex')))
        ORDER BY x.id DESC LIMIT 1
    ) o ON true
)
"""
CANDIDATES = re.sub("<[a-z]+>", "", _CANDIDATES)
# The same for a few: people $5, or addresses $6.
OF_SOME = (
    _CANDIDATES.replace("<members>", "AND m.person = ANY($5::int[])")
    .replace("<group>", "AND g.person = ANY($5::int[])")
    .replace(
        "<subscriptions>",
        "AND s.id IN (SELECT id FROM subscription WHERE person = ANY($5::int[])"
        " UNION SELECT id FROM subscription WHERE email_key = ANY($6::text[]))",
    )
)
COLUMNS = (
    "key, person_id, subscription_id, name, email, email_key, language,"
    " asked_at, confirmed_at, ended_at, reason"
)
MATCHING = f"""
SELECT {COLUMNS} FROM candidate WHERE key > $5
AND ($6 = 'all' OR ($6 = 'receives' AND reason = '') OR reason = $6)
AND (name ILIKE $7 OR email ILIKE $7 OR email_key ILIKE $7)
ORDER BY key LIMIT $8
"""
SUPPRESSED = """
SELECT address_key AS address, max(at) AS since, bool_or(purpose = $2) AS everything FROM (
    SELECT DISTINCT ON (address_key, purpose) address_key, purpose, action, at FROM (
        SELECT id, address_key, purpose, action, at FROM consent_event
        UNION ALL SELECT x.id, p.email_key, x.purpose, x.action, x.at
        FROM consent_event x JOIN person p ON p.id = x.person AND p.email_key <> x.address_key
    ) said
    WHERE purpose IN ($1, $2) AND address_key NOT LIKE '#%' ORDER BY address_key, purpose, id DESC
) newest WHERE action IN ('withdrawn', 'objected')
GROUP BY address_key ORDER BY address_key
"""


@dataclass(frozen=True)
class Suppressed:
    """An address that may not be mailed for a list, since when, and whether for none at all."""

    address: str
    since: datetime
    everything: bool


async def recipients(list_id: int, day: date) -> Reach:
    """Who the list reaches on a day and who it does not, each with the reason."""
    select = f"SELECT {COLUMNS} FROM candidate ORDER BY key"
    found = await _candidates(select, list_id, day)
    return Reach(
        included=[one for one in found if not one.reason],
        excluded=[one for one in found if one.reason],
    )


async def of_some(
    list_id: int | None, day: date, people: Sequence[int], addresses: Sequence[str]
) -> dict[int, list[Candidate]]:
    """List → what it says of these people and addresses: only who is on it."""
    found: dict[int, list[Candidate]] = {}
    rows = await execute(
        f"{OF_SOME} SELECT list, {COLUMNS} FROM candidate ORDER BY key",
        *(list_id, day, rules.EVERYTHING, pepper(), list(people), list(addresses)),
    )
    for row in rows:
        found.setdefault(row.pop("list"), []).append(Candidate(**row))
    return found


async def person_of(key: str) -> list[int]:
    """Whose address it is; nobody, or one."""
    rows = await execute("SELECT id FROM person WHERE email_key = $1", key)
    return [row["id"] for row in rows]


async def counts(day: date) -> dict[int, dict[str, int]]:
    """List → reason → how many; under the empty reason those who receive it."""
    counted: dict[int, dict[str, int]] = {}
    select = "SELECT list, reason, count(*) AS n FROM candidate GROUP BY list, reason"
    for row in await execute(CANDIDATES + select, None, day, rules.EVERYTHING, pepper()):
        counted.setdefault(row["list"], {})[row["reason"]] = row["n"]
    return counted


async def matching(
    list_id: int, day: date, wanted: Filter, *, after: int = 0, limit: int | None = PAGE_SIZE
) -> list[Candidate]:
    """The part of a list that a board member looks at, by key; without a limit all of it."""
    return await _candidates(
        MATCHING, list_id, day, after, wanted.status, _pattern(wanted.search), limit
    )


async def suppressed(list_id: int) -> list[Suppressed]:
    """The addresses that said no to this list or to all, also those no longer on any list."""
    rows = await execute(SUPPRESSED, rules.purpose_of(list_id), rules.EVERYTHING)
    return [Suppressed(**row) for row in rows]


def _pattern(search: str) -> str:
    return f"%{like_escaped(search.strip())}%"


async def _candidates(select: str, list_id: int, day: date, *values: object) -> list[Candidate]:
    rows = await execute(CANDIDATES + select, list_id, day, rules.EVERYTHING, pepper(), *values)
    return [Candidate(**row) for row in rows]
