"""Which feeds there are, what is stored of them, and who may fetch the secret ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.calendars.faults import Fault, LeftOut
from server.calendars.rules import REVOKED_SHOWN, personal_key
from server.clock import within_python
from server.database import execute
from server.errors import NotFound
from server.language import LANGUAGES
from server.rights import Area, may_see
from server.web.caching import Stored

# A cancelled event that is put out of sight leaves the feeds no sooner than it would have.
SHOWN_STATE = """CASE WHEN e.state = 'archived' AND e.cancelled_at IS NOT NULL
  THEN 'cancelled' ELSE e.state END"""
# The address of somebody who died, or whose account was closed, is as one that was ended then.
ADDRESS = """SELECT f.id, f.person, f.label, f.created_at, f.fetched_on, f.client, f.scopes,
  f.served_etag, f.ended_by, greatest(f.scoped_at,
    (SELECT max(u.lifted_at) FROM suspension u WHERE u.person = p.id)) AS dated_at,
  coalesce(f.revoked_at, p.deceased_on::timestamptz, (SELECT min(u.from_at) FROM suspension u
    WHERE u.person = p.id AND u.lifted_at IS NULL)) AS revoked_at
  FROM feed_token f JOIN person p ON p.id = f.person"""

# A personal feed that nobody fetches any more still tells of what was repaired long ago.
LEFT_OUT = f"""WITH told AS (
    SELECT o.uid, o.why, max(o.changed_at) AS changed_at,
      array_agg(DISTINCT split_part(f.key, ':', 1)) AS feeds
    FROM feed_state f, jsonb_to_recordset(f.left_out) AS o(
      uid text, why text, changed_at timestamptz)
    WHERE f.left_out <> '[]' GROUP BY o.uid, o.why)
  SELECT t.*, 'event' AS kind, e.title, e.title_en, '/events/' || e.slug AS path
  FROM told t JOIN event e ON 'event-' || e.uid = t.uid
  WHERE t.changed_at IS NULL OR t.changed_at >= {within_python("e.changed_at")}
  UNION ALL SELECT t.*, 'part', p.title, p.title_en, '/events/' || e.slug
  FROM told t JOIN event_part p ON 'part-' || p.uid = t.uid JOIN event e ON e.id = p.event
  WHERE t.changed_at IS NULL OR t.changed_at >= {within_python("p.changed_at")}
  UNION ALL SELECT t.*, 'deadline', d.title, d.title_en, d.path
  FROM told t JOIN feed_deadline d ON d.uid = t.uid
  WHERE d.gone_at IS NULL AND (t.changed_at IS NULL OR t.changed_at >= d.changed_at)
  ORDER BY title, uid, why"""


@dataclass(frozen=True)
class OpenGroup:
    """A group with a feed of its own that everybody may read."""

    id: int
    slug: str
    name_nl: str
    name_en: str
    mission_nl: str
    mission_en: str
    colour: str

    def name(self, language: str) -> str:
        """Its name in a language; Dutch when there is no English one."""
        return (self.name_en if language == "en" else "") or self.name_nl

    def mission(self, language: str) -> str:
        """What it is for."""
        return (self.mission_en if language == "en" else "") or self.mission_nl


@dataclass(frozen=True)
class SecretAddress:
    """A secret address as its owner and the office see it: never the token or its hash.

    `dated_at`: what it gives out is later than this; another set of events was given out before.
    """

    id: int
    person_id: int
    label: str
    created_at: datetime
    fetched_on: date | None
    client: str
    revoked_at: datetime | None
    scopes: frozenset[str]
    served_etag: str
    dated_at: datetime | None
    ended_by: str

    @property
    def empty_until(self) -> datetime | None:
        """Until when an ended address answers with an empty calendar."""
        return self.revoked_at + REVOKED_SHOWN if self.revoked_at else None


@dataclass(frozen=True)
class StoredFeed:
    """A stored answer; `version` changes with every write of its row."""

    stored: Stored
    dirty: bool
    version: str
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class BrokenEntry:
    """What is in no feed because it would break it: what it is, why, and the page where it stands.

    `kind` is event, part or deadline; `feeds` are the sorts of feed that miss it; `changed_at` is
    since when it is so, None when that moment itself is absurd.
    """

    uid: str
    kind: str
    why: Fault
    changed_at: datetime | None
    feeds: tuple[str, ...]
    title_nl: str
    title_en: str
    path: str

    def title(self, language: str) -> str:
        """Its title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl


async def open_groups() -> list[OpenGroup]:
    """Groups with a feed for everybody, by name."""
    rows = await execute(
        "SELECT id, slug, name, name_en, mission, mission_en, colour FROM working_group"
        " WHERE is_public AND state <> 'proposed' ORDER BY name, id"
    )
    return [
        OpenGroup(
            id=row["id"],
            slug=row["slug"],
            name_nl=row["name"],
            name_en=row["name_en"],
            mission_nl=row["mission"],
            mission_en=row["mission_en"],
            colour=row["colour"],
        )
        for row in rows
    ]


async def find_group(slug: str) -> OpenGroup | None:
    """One open group by its slug. There are few groups, and this is asked seldom."""
    return next((group for group in await open_groups() if group.slug == slug), None)


async def find_event(slug: str) -> int | None:
    """The key of an event that everybody may know of: published, or deleted not long ago."""
    rows = await execute(
        "SELECT id FROM event e WHERE slug = $1 AND visibility = 'public'"
        f" AND ({SHOWN_STATE} IN ('published', 'postponed', 'completed')"
        f" OR ({SHOWN_STATE} = 'cancelled' AND published_at IS NOT NULL))"
        " UNION ALL SELECT event_id FROM feed_tombstone WHERE slug = $1 AND is_public"
        " AND NOT is_part LIMIT 1",
        slug,
    )
    return int(rows[0]["id"]) if rows else None


async def find_stored(key: str) -> StoredFeed | None:
    """The stored answer of a feed."""
    rows = await execute(
        "SELECT body, body_gz, etag, last_modified, dirty, left_out, xmin::text AS version"
        " FROM feed_state WHERE key = $1",
        key,
    )
    if not rows:
        return None
    row = rows[0]
    stored = Stored(row["body"], row["body_gz"], row["etag"], row["last_modified"])
    told = tuple(_left_out(one) for one in json.loads(row["left_out"]))
    return StoredFeed(stored, row["dirty"], row["version"], told)


def _left_out(told: Mapping[str, Any]) -> LeftOut:
    moment = told["changed_at"]
    return LeftOut(told["uid"], Fault(told["why"]), moment and datetime.fromisoformat(moment))


async def left_out() -> list[BrokenEntry]:
    """Every entry that is left out of a feed, once; what was repaired since is not told."""
    return [
        BrokenEntry(
            uid=row["uid"],
            kind=row["kind"],
            why=Fault(row["why"]),
            changed_at=row["changed_at"],
            feeds=tuple(row["feeds"]),
            title_nl=row["title"],
            title_en=row["title_en"],
            path=row["path"],
        )
        for row in await execute(LEFT_OUT)
    ]


async def find_address(token_hash: bytes) -> SecretAddress | None:
    """The secret address with this hash: found by an index, so in constant time."""
    rows = await execute(f"{ADDRESS} WHERE token_hash = $1", token_hash)
    return _address(rows[0]) if rows else None


async def addresses_of(person_id: int) -> list[SecretAddress]:
    """A person's secret addresses that work, newest first."""
    rows = await execute(
        f"{ADDRESS} WHERE person = $1 AND revoked_at IS NULL ORDER BY id DESC", person_id
    )
    return [_address(row) for row in rows]


async def ended_of(person_id: int, now: datetime) -> list[SecretAddress]:
    """A person's addresses that ended and still answer with an empty calendar, newest first."""
    rows = await execute(
        f"{ADDRESS} WHERE person = $1 AND revoked_at > $2 ORDER BY revoked_at DESC, f.id",
        *(person_id, now - REVOKED_SHOWN),
    )
    return [_address(row) for row in rows]


async def address_of(person_id: int, address_id: int) -> SecretAddress:
    """One of a person's addresses that work. Raises NotFound."""
    for address in await addresses_of(person_id):
        if address.id == address_id:
            return address
    raise NotFound


async def lock_address(person_id: int, address_id: int) -> SecretAddress:
    """The same, kept as it is until the end of the transaction. Raises NotFound."""
    await execute("SELECT 1 FROM feed_token WHERE id = $1 FOR UPDATE", address_id)
    return await address_of(person_id, address_id)


async def personal_keys() -> list[str]:
    """Under which the bytes of personal calendars are stored that somebody may still fetch."""
    rows = await execute("SELECT DISTINCT person, scopes FROM feed_token WHERE revoked_at IS NULL")
    return [
        personal_key(row["person"], language, row["scopes"])
        for row in rows
        for language in LANGUAGES
    ]


async def areas_of(person_id: int, day: date) -> list[Area]:
    """What the offices that somebody holds on a day may see. A feed knows no second factor."""
    rows = await execute(
        "SELECT role FROM role_grant WHERE person = $1 AND event IS NULL AND from_on <= $2"
        " AND (until_on IS NULL OR until_on >= $2)",
        *(person_id, day),
    )
    roles = [row["role"] for row in rows]
    return [area for area in Area if may_see(roles, area)]


def _address(row: Mapping[str, Any]) -> SecretAddress:
    return SecretAddress(
        id=row["id"],
        person_id=row["person"],
        label=row["label"],
        created_at=row["created_at"],
        fetched_on=row["fetched_on"],
        client=row["client"],
        revoked_at=row["revoked_at"],
        scopes=frozenset(row["scopes"]),
        served_etag=row["served_etag"],
        dated_at=row["dated_at"],
        ended_by=row["ended_by"],
    )
