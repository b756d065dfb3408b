"""Secret addresses, and the stored bytes of feeds: alike in every process and after a restart."""

import gzip
import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from server import locks
from server.actors import Actor
from server.audit import service as audit
from server.calendars import deadlines, keeping, queries, rules, tombstones
from server.calendars.faults import LeftOut, Rendered
from server.calendars.queries import StoredFeed
from server.database import execute, transaction
from server.errors import Invalid, NotFound, SignInNeeded
from server.web import tokens
from server.web.caching import Stored
from tables.calendars import EVERYTHING

ADDRESSES_EACH = 20
ETAG_CHARACTERS = 32
TRIES = 3


async def create_token(
    actor: Actor, label: str, scopes: Collection[str] = EVERYTHING, *, now: datetime
) -> str:
    """Make a secret address of the actor's own feed; the token is known only now.

    Raises SignInNeeded; Invalid without a label or a scope, or when there are 20 already.
    """
    if actor.person_id is None:
        raise SignInNeeded
    name, chosen = keeping.checked(label, scopes)
    if len(await queries.addresses_of(actor.person_id)) >= ADDRESSES_EACH:
        raise Invalid(label="calendars.invalid.too_many")
    token = tokens.new()
    async with transaction():
        rows = await execute(
            "INSERT INTO feed_token (person, label, scopes, token_hash, created_at, client)"
            " VALUES ($1, $2, $3, $4, $5, '') RETURNING id",
            *(actor.person_id, name, chosen, tokens.hash_of(token), now),
        )
        made = {"label": name, "scopes": chosen}
        await audit.record(actor, "create", ("feed_token", rows[0]["id"]), after=made)
    return token


async def revoke_token(actor: Actor, token_id: int, *, now: datetime) -> None:
    """End one of the actor's own addresses: 30 days an empty calendar, then nothing.

    Ending it again changes nothing. Raises NotFound for somebody else's.
    """
    async with transaction():
        rows = await execute(
            "UPDATE feed_token SET revoked_at = coalesce(revoked_at, $3), ended_by ="
            " CASE WHEN revoked_at IS NULL THEN 'owner' ELSE ended_by END"
            " WHERE id = $1 AND person = $2 RETURNING id",
            token_id,
            actor.person_id,
            now,
        )
        if not rows:
            raise NotFound
        await audit.record(actor, "revoke", ("feed_token", token_id))


async def revoke_since(holder: Actor, since: datetime, *, now: datetime) -> None:
    """End somebody's addresses made since a moment, in the transaction of what makes it needed."""
    rows = await execute(
        "UPDATE feed_token SET revoked_at = $3, ended_by = 'owner' WHERE person = $1"
        " AND created_at >= $2 AND revoked_at IS NULL RETURNING id",
        *(holder.person_id, since, now),
    )
    for row in rows:
        await audit.record(holder, "revoke", ("feed_token", row["id"]))


async def stored(
    key: str, render: Callable[[], Awaitable[Rendered]], *, always: bool, now: datetime
) -> Stored:
    """The stored answer of a feed, rendered anew when it is marked, or `always`.

    Bytes, ETag and Last-Modified are replaced only when the bytes differ. Two processes that
    render at once agree on the first to store; a mark that comes in between is never lost.
    """
    for _ in range(TRIES):
        known = await queries.find_stored(key)
        if known is not None and not (known.dirty or always):
            return known.stored
        rendered = await render()
        if known is not None and not known.dirty and _is_as_stored(rendered, known):
            return known.stored
        kept = await _keep(key, known, rendered, now)
        if kept is not None:
            return kept
    return known.stored if known is not None else answer(rendered.body, None, now)


def _is_as_stored(rendered: Rendered, known: StoredFeed) -> bool:
    return (rendered.body, rendered.left_out) == (known.stored.body, known.left_out)


async def _keep(
    key: str, known: StoredFeed | None, rendered: Rendered, now: datetime
) -> Stored | None:
    """Store bytes if nobody wrote the row since it was read; None when somebody did."""
    body, left_out = rendered.body, _told(rendered.left_out)
    if known is None:
        fresh = answer(body, None, now)
        return fresh if await _insert(key, fresh, left_out) else None
    if known.stored.body == body:
        fresh = known.stored
    else:
        fresh = answer(body, known.stored.last_modified, now)
    return fresh if await _replace(key, known.version, fresh, left_out) else None


def _told(left_out: Iterable[LeftOut]) -> str:
    """Entries that were left out, as the column keeps them."""
    return json.dumps(
        [
            {"uid": one.uid, "why": one.why, "changed_at": one.changed_at and str(one.changed_at)}
            for one in left_out
        ]
    )


def answer(body: bytes, previous: datetime | None, now: datetime) -> Stored:
    """Bytes as they are given out: both codings, their name, and when they last changed."""
    return Stored(
        body=body,
        body_gz=gzip.compress(body, 6, mtime=0),
        etag=hashlib.sha256(body).hexdigest()[:ETAG_CHARACTERS],
        last_modified=rules.next_last_modified(previous, now),
    )


async def _insert(key: str, fresh: Stored, left_out: str) -> list[dict[str, Any]]:
    async with transaction():
        return await execute(
            "INSERT INTO feed_state (key, body, body_gz, etag, last_modified, left_out, dirty)"
            " VALUES ($1, $2, $3, $4, $5, $6, false) ON CONFLICT (key) DO NOTHING RETURNING id",
            key,
            fresh.body,
            fresh.body_gz,
            fresh.etag,
            fresh.last_modified,
            left_out,
        )


async def _replace(key: str, version: str, fresh: Stored, left_out: str) -> list[dict[str, Any]]:
    """Never waits for a transaction that is marking the row: its mark makes this write stale."""
    async with transaction():
        return await execute(
            "UPDATE feed_state SET body = $3, body_gz = $4, etag = $5, last_modified = $6,"
            " left_out = $7, dirty = false WHERE id = (SELECT id FROM feed_state"
            " WHERE key = $1 AND xmin::text = $2 FOR UPDATE SKIP LOCKED) RETURNING id",
            key,
            version,
            fresh.body,
            fresh.body_gz,
            fresh.etag,
            fresh.last_modified,
            left_out,
        )


async def tick(now: datetime) -> int:
    """Look at every open feed again: the window rolls, cancelled events leave, moves are over.

    Hourly. Bytes that come out the same keep their ETag and date. Returns how many were marked.
    """
    await deadlines.forget(now)
    await keeping.tick(now)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", locks.MARKS)
        await tombstones.forget(now)
        marked = await execute(
            "UPDATE feed_state SET dirty = true WHERE NOT dirty AND key NOT LIKE 'personal:%'"
            " RETURNING id"
        )
        if marked:
            await execute("SELECT pg_notify('feeds', '')")
    return len(marked)
