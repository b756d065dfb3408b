"""Two become one, field by field, with all that belongs to them.

Counted before and after: no row is lost. The strictest consent counts: a no of either is a no.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from emails.letters.people import PeopleMerged
from server import clock, language
from server.accounts import api_tokens, sessions
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.duplicates import moving, queries, sides, strictest
from server.duplicates.moving import Moved
from server.duplicates.refusals import (
    AccountClosed,
    BothMembers,
    BothRegistered,
    HoldsOffice,
    OneDied,
    OtherIsPublished,
)
from server.duplicates.sides import ABSORBED, ADDRESS, KEPT
from server.errors import Invalid, NotFound
from server.memberships import service as memberships
from server.outbox import service as outbox
from server.people import ending, two_people
from server.people import service as people

UNDO_FOR = timedelta(days=30)
HELD = """SELECT EXISTS (SELECT 1 FROM role_grant WHERE person = $1
    AND (until_on IS NULL OR until_on >= $2)) AS office,
  EXISTS (SELECT 1 FROM suspension WHERE person = $1 AND lifted_at IS NULL) AS closed,
  (SELECT count(*) FROM person WHERE id IN ($1, $3) AND deceased_on IS NOT NULL) = 1 AS one_died"""
LIVE = """SELECT 1 FROM registration_line l JOIN registration r ON r.id = l.registration
  JOIN event e ON e.id = r.event WHERE r.id = ANY($1::int[]) AND e.ends_at > $2
  AND l.state IN ('unverified', 'approval', 'waiting', 'offered', 'confirmed')"""
PUBLISHED = """SELECT 1 FROM profile a JOIN profile k ON k.person = $2
  WHERE a.person = $1 AND a.state = 'published' AND k.state <> 'published'"""


@dataclass(frozen=True)
class Merge:
    """What a merge did: its id, and the rows that stayed with the absorbed person."""

    id: int
    stayed: list[tuple[str, int]]


async def merge(
    actor: Actor, kept_id: int, absorbed_id: int, chosen: Mapping[str, str], *, now: datetime
) -> Merge:
    """Make one of two. `chosen`: field → kept | absorbed; what is not chosen is the kept one's.

    Who was reached at an address that goes is told there. Raises Invalid, NotFound; refuses:
    HoldsOffice, AccountClosed, BothMembers, BothRegistered, OtherIsPublished, OneDied, OwnData;
    of who holds an office also what `two_people` asks before another address.
    """
    sides.require(actor, kept_id, absorbed_id)
    if kept_id == absorbed_id or any(field not in queries.FIELDS for field in chosen):
        raise Invalid(chosen="errors.field.choice")
    async with transaction():
        rows = await sides.locked(kept_id, absorbed_id)
        if len(rows) < 2 or any(r["merged_into"] or r["anonymised_at"] for r in rows.values()):
            raise NotFound
        await _refuse(kept_id, absorbed_id, now)
        before = {which: dict(row) for which, row in rows.items()}
        await sessions.end_all(actor, absorbed_id)
        await api_tokens.end_all(actor, absorbed_id, now=now)
        await people.forget_questions(absorbed_id)
        moved = await moving.move_all(absorbed_id, kept_id, also=_with_address(chosen))
        await _refuse_stayed(moved, kept_id, absorbed_id, now)
        numbers = await _one_number(kept_id)
        keys = [row["email_key"] for row in rows.values() if row["email_key"]]
        await strictest.apply(actor, keys, now=now)
        address = await _write(rows, chosen, kept_id, absorbed_id, now)
        was = before[KEPT][ADDRESS]
        await two_people.note_address(actor, kept_id, was, address or None, now=now)
        snapshot = {
            "before": before,
            "moved": [asdict(one) for one in moved],
            "numbers": numbers,
            "after": dict((await sides.rows(kept_id, absorbed_id))[KEPT]),
        }
        merge_id = await _note(actor, kept_id, absorbed_id, snapshot, now)
        await _tell(merge_id, rows, address, now)
    return Merge(merge_id, [(one.table, row_id) for one in moved for row_id in one.stayed])


async def _refuse(kept_id: int, absorbed_id: int, now: datetime) -> None:
    found = (await execute(HELD, absorbed_id, clock.day_of(now), kept_id))[0]
    if found["office"]:
        raise HoldsOffice
    if found["closed"]:
        raise AccountClosed
    if found["one_died"]:
        raise OneDied


async def _refuse_stayed(moved: list[Moved], kept_id: int, absorbed_id: int, now: datetime) -> None:
    """Rows that cannot go over, and without which the two are not one."""
    stayed = {one.table: one.stayed for one in moved if one.stayed}
    if "membership" in stayed or "membership_suspension" in stayed:
        raise BothMembers
    if await execute(LIVE, stayed.get("registration", []), now):
        raise BothRegistered
    if "profile" in stayed and await execute(PUBLISHED, absorbed_id, kept_id):
        raise OtherIsPublished


def _with_address(chosen: Mapping[str, str]) -> frozenset[str]:
    """Where an address goes, its way back goes: nobody keeps what they took by being merged."""
    return frozenset({"email_change"} if chosen.get(ADDRESS) == ABSORBED else ())


async def _one_number(kept_id: int) -> dict[int, int]:
    """All memberships get the oldest number: membership → the number it had."""
    rows = await execute(
        "SELECT id, number FROM membership WHERE person = $1 ORDER BY starts_on, id", kept_id
    )
    others = {row["id"]: row["number"] for row in rows if row["number"] != rows[0]["number"]}
    for membership_id in others:
        await memberships.renumber(membership_id, rows[0]["number"])
    return others


async def _write(
    rows: Mapping[str, Mapping[str, Any]],
    chosen: Mapping[str, str],
    kept_id: int,
    absorbed_id: int,
    now: datetime,
) -> str:
    """The address of the one who stays; the other loses theirs first, so that it is free."""
    given = {field: rows[chosen.get(field, KEPT)] for field in queries.FIELDS}
    values = {column: given["name"][column] for column in queries.NAME}
    values |= {field: given[field][field] for field in queries.FIELDS if field != "name"}
    values["province"] = given["postcode"]["province"]
    becomes = people.computed({**rows[KEPT], **values})
    becomes["email_state"] = given["email"]["email_state"]
    await ending.absorb(absorbed_id, kept_id, now=now)
    await ending.overwrite(kept_id, becomes, now=now)
    return str(becomes["email"] or "")


async def _tell(
    merge_id: int, rows: Mapping[str, Mapping[str, Any]], address: str, now: datetime
) -> None:
    """Nobody's account becomes another's unseen: a letter to each address that counts no more."""
    until = now + UNDO_FOR
    for which, row in rows.items():
        if row["email"] and row["email"] != address:
            letter = PeopleMerged(
                address=address or "–", until=language.long_day(until.date(), row["language"])
            )
            to = outbox.Recipient(
                rows[KEPT]["id"], row["display_name"], row["email"], row["language"]
            )
            await outbox.post(letter, to, cause=f"merge:{merge_id}:{which}")


async def _note(
    actor: Actor, kept_id: int, absorbed_id: int, snapshot: object, now: datetime
) -> int:
    rows = await execute(
        "INSERT INTO merge_event (kept, absorbed, snapshot, merged_at, undo_until)"
        " VALUES ($1, $2, $3::jsonb, $4, $5) RETURNING id",
        *(kept_id, absorbed_id, json.dumps(snapshot, default=str), now, now + UNDO_FOR),
    )
    await execute(
        "UPDATE duplicate_pair SET state = 'merged', decided_at = $3, decided_by = $4"
        " WHERE first = least($1::int, $2::int) AND second = greatest($1::int, $2::int)",
        *(kept_id, absorbed_id, now, actor.person_id),
    )
    await audit.record(actor, "merge", ("person", kept_id), after={"with": absorbed_id})
    await audit.record(actor, "merged_into", ("person", absorbed_id), after={"into": kept_id})
    return int(rows[0]["id"])
