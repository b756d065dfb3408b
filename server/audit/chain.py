"""The chain of the audit trail: seal it, check it, and black out the words of one person.

Every line gets a place, a salt, the hash of its content and a seal over the seal before it.
Places and seals of some moments are noted outside the database as well: whoever rewrites the
whole chain does not rewrite those. Decision 0013.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from server import clock, locks
from server.actors import Actor
from server.audit import service
from server.database import execute, transaction

AT_ONCE = 1000
SALT_BYTES = 16
LINES = """SELECT id, at, actor_id, actor, action, entity, entity_id, before::text AS before,
  after::text AS after, reason"""
SEAL = """UPDATE audit_entry SET position = $2, salt = $3, content_hash = $4, seal = $5
  WHERE id = $1"""
BLACK = """UPDATE audit_entry SET blacked_out_at = $3, salt = NULL, before = NULL, after = NULL,
  reason = '', actor = CASE WHEN actor_id = $1 THEN '■' ELSE actor END,
  actor_id = CASE WHEN actor_id = $1 THEN NULL ELSE actor_id END
  WHERE blacked_out_at IS NULL AND (actor_id = $1 OR (entity, entity_id) IN
    (SELECT * FROM unnest($2::text[], $4::bigint[]))) RETURNING id"""


class ChainBroken(Exception):
    """The trail does not close: somebody changed it behind our back."""


@dataclass(frozen=True)
class Finding:
    """What is wrong at which place: `content`, `link`, `gap` or `anchor`."""

    position: int
    kind: str


@dataclass
class Verdict:
    """What a check of the whole chain found."""

    lines: int = 0
    blacked_out: int = 0
    unsealed: int = 0
    position: int = 0
    seal: bytes = b""
    findings: list[Finding] = field(default_factory=list)


async def seal() -> int:
    """Chain the lines not yet sealed, each with its place in the chain. Returns how many.

    Done by the worker, so that writers never wait for one another. A line's content is hashed
    with a salt: once salt and words are blacked out, nobody can guess them from the hash.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", locks.SEAL)
        last = await execute(
            "SELECT position, seal FROM audit_entry WHERE position IS NOT NULL"
            " ORDER BY position DESC LIMIT 1"
        )
        begin, previous = (last[0]["position"], last[0]["seal"]) if last else (0, b"")
        rows = await execute(
            f"{LINES} FROM audit_entry WHERE seal IS NULL ORDER BY id LIMIT {AT_ONCE}"
        )
        for position, row in enumerate(rows, begin + 1):
            salt = secrets.token_bytes(SALT_BYTES)
            content = hashlib.sha256(salt + _canonical(row)).digest()
            previous = hashlib.sha256(previous + content).digest()
            await execute(SEAL, row["id"], position, salt, content, previous)
    return len(rows)


async def check(anchors: Path | None = None) -> Verdict:
    """Read the whole chain, a thousand lines at a time, and everything that does not fit."""
    verdict = Verdict()
    noted = _noted(anchors)
    async for row in _chain():
        _check_line(row, verdict)
        if row["position"] in noted and noted[row["position"]] != row["seal"].hex():
            verdict.findings.append(Finding(row["position"], "anchor"))
    lost = [position for position in noted if position > verdict.position]
    verdict.findings += [Finding(position, "anchor") for position in lost]
    rows = await execute("SELECT count(*) AS n FROM audit_entry WHERE seal IS NULL")
    verdict.unsealed = int(rows[0]["n"])
    return verdict


def _check_line(row: Mapping[str, Any], verdict: Verdict) -> None:
    if row["position"] != verdict.position + 1:
        verdict.findings.append(Finding(verdict.position + 1, "gap"))
    expected = hashlib.sha256(verdict.seal + row["content_hash"]).digest()
    if row["seal"] != expected:
        verdict.findings.append(Finding(row["position"], "link"))
    if row["blacked_out_at"] is not None:
        verdict.blacked_out += 1
    else:
        told = {k: v for k, v in row.items() if k not in _OF_THE_CHAIN}
        content = hashlib.sha256((row["salt"] or b"") + _canonical(told)).digest()
        if content != row["content_hash"]:
            verdict.findings.append(Finding(row["position"], "content"))
    verdict.lines += 1
    verdict.position, verdict.seal = row["position"], row["seal"]


_OF_THE_CHAIN = ("position", "salt", "content_hash", "seal", "blacked_out_at")


async def _chain() -> AsyncIterator[Mapping[str, Any]]:
    after = 0
    while True:
        rows = await execute(
            f"{LINES}, position, salt, content_hash, seal, blacked_out_at FROM audit_entry"
            f" WHERE position > $1 ORDER BY position LIMIT {AT_ONCE}",
            after,
        )
        for row in rows:
            yield row
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["position"]


async def note(anchors: Path, *, now: datetime) -> None:
    """Write the newest place and seal in a file outside the database: one line a day."""
    rows = await execute(
        "SELECT position, seal FROM audit_entry WHERE position IS NOT NULL"
        " ORDER BY position DESC LIMIT 1"
    )
    if rows:
        anchors.parent.mkdir(parents=True, exist_ok=True)
        with anchors.open("a") as file:
            file.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {rows[0]['position']} {rows[0]['seal'].hex()}\n")


def _noted(anchors: Path | None) -> dict[int, str]:
    if anchors is None or not anchors.exists():
        return {}
    lines = (line.split() for line in anchors.read_text().splitlines())
    return {int(parts[1]): parts[2] for parts in lines if len(parts) == 3}


async def black_out(
    actor: Actor, person_id: int, subjects: Sequence[tuple[str, int]] = (), *, now: datetime
) -> int:
    """Take the words of an erased person out of the trail: how many lines lost theirs.

    Lines by the person, about the person and about `subjects`, their rows as (table, id). The
    chain still closes. Runs inside the transaction of the erasure.
    """
    async with transaction():
        while await seal():
            pass
        about = [("person", person_id), *subjects]
        tables, ids = [table for table, _ in about], [row_id for _, row_id in about]
        rows = await execute(BLACK, person_id, tables, now, ids)
        await service.record(actor, "black_out", ("person", person_id), after={"lines": len(rows)})
    return len(rows)


def _canonical(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode()


async def require_whole(anchors: Path, *, now: datetime | None = None) -> Verdict:
    """Check, and note the newest seal if all is well. Raises ChainBroken with the first places."""
    verdict = await check(anchors)
    if verdict.findings:
        told = ", ".join(f"{one.kind} at {one.position}" for one in verdict.findings[:5])
        raise ChainBroken(told)
    await note(anchors, now=now or clock.now())
    return verdict
