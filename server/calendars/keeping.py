"""What happens to a secret address after it was made: changed, used, and ended by itself."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from emails.letters.feeds import CalendarAddressUnused
from server import language
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.calendars import counting, moves, queries
from server.clock import day_of
from server.database import execute, transaction
from server.errors import Invalid
from server.outbox import service as outbox
from server.standing import belongs, lives
from server.web import links
from tables.calendars import EVERYTHING, Ending

LABEL_CHARACTERS = 60
UNUSED = timedelta(days=400)
WARNED_BEFORE = timedelta(days=30)
KEPT = timedelta(days=90)  # long after it answers with nothing any more
LAST_USED = "coalesce(f.fetched_on, (f.created_at AT TIME ZONE 'Europe/Amsterdam')::date)"
# It is asked every hour, and one statement: who fetches at this very moment keeps the address.
MEMBERSHIP_ENDED = f"""UPDATE feed_token f SET revoked_at = $2, ended_by = 'membership'
  WHERE f.revoked_at IS NULL AND NOT {belongs("f.person", "$1")}
  AND EXISTS (SELECT 1 FROM membership m WHERE m.person = f.person AND m.ends_on < $1
    AND m.ends_on >= (f.created_at AT TIME ZONE 'Europe/Amsterdam')::date) RETURNING f.id"""
# Who cannot be written to cannot be warned either.
UNUSED_ENDED = f"""UPDATE feed_token f SET revoked_at = $3, ended_by = 'unused'
  WHERE f.revoked_at IS NULL AND {LAST_USED} <= $1
  AND (f.warned_at <= $2 OR (f.warned_at IS NULL AND EXISTS (SELECT 1 FROM person p
    WHERE p.id = f.person AND p.email IS NULL))) RETURNING f.id"""
TO_WARN = f"""SELECT f.id, f.label, f.person, p.display_name, p.email, p.language,
    {LAST_USED} AS last_used
  FROM feed_token f JOIN person p ON p.id = f.person
  WHERE f.revoked_at IS NULL AND f.warned_at IS NULL AND {LAST_USED} <= $1
  AND p.email IS NOT NULL AND {lives("p")} ORDER BY f.id FOR UPDATE OF f SKIP LOCKED"""
NOTE = """UPDATE feed_token SET fetched_on = $2, client = $3, served_etag = $4, served_at = $5,
  warned_at = NULL WHERE id = $1"""


def checked(label: str, scopes: Collection[str]) -> tuple[str, list[str]]:
    """Name and scopes as they are kept. Raises Invalid with every problem."""
    name = " ".join(label.split())[:LABEL_CHARACTERS]
    problems = {} if name else {"label": "calendars.invalid.label"}
    if not scopes or set(scopes) - set(EVERYTHING):
        problems["scopes"] = "calendars.invalid.scopes"
    if problems:
        raise Invalid(**problems)
    return name, [one for one in EVERYTHING if one in scopes]


async def change(
    actor: Actor, address_id: int, label: str, scopes: Collection[str], *, now: datetime
) -> None:
    """Another name, or other scopes, for one of the actor's own addresses; the address stays.

    What it gives out from now on is dated later than all it gave out before: a program that
    compares dates only must not keep the old. Raises Invalid; NotFound for somebody else's.
    """
    name, chosen = checked(label, scopes)
    async with transaction():
        before = await queries.lock_address(actor.person_id or 0, address_id)
        if (before.label, before.scopes) == (name, frozenset(chosen)):
            return
        await execute(
            "UPDATE feed_token SET label = $2, scopes = $3, scoped_at = CASE WHEN scopes = $3"
            " THEN scoped_at ELSE greatest($4, scoped_at + interval '1 second') END WHERE id = $1",
            *(address_id, name, chosen, now),
        )
        was = {"label": before.label, "scopes": [one for one in EVERYTHING if one in before.scopes]}
        becomes = {"label": name, "scopes": chosen}
        await audit.record(actor, "change", ("feed_token", address_id), before=was, after=becomes)


async def note_served(address_id: int, day: date, client: str, etag: str, *, now: datetime) -> None:
    """Remember what a program was given; the caller asks once a day, and when the bytes differ.

    One statement by itself: a transaction of ours would make this process look at every feed anew.
    """
    await execute(NOTE, address_id, day, client, etag, now)


async def tick(now: datetime) -> int:
    """End what nobody may use or uses any more, and forget what ended long ago. Idempotent."""
    today = day_of(now)
    await _warn(today, now)
    await counting.forget(now)
    await moves.forget(now, UNUSED)
    ended = 0
    async with transaction():
        for row in await execute(MEMBERSHIP_ENDED, today, now):
            await _record(row["id"], Ending.membership)
            ended += 1
        for row in await execute(UNUSED_ENDED, today - UNUSED, now - WARNED_BEFORE, now):
            await _record(row["id"], Ending.unused)
            ended += 1
        await execute("DELETE FROM feed_token WHERE revoked_at < $1", now - KEPT)
        await execute(
            "DELETE FROM feed_state WHERE key LIKE 'personal:%' AND NOT key = ANY($1)",
            await queries.personal_keys(),
        )
    return ended


async def _warn(today: date, now: datetime) -> None:
    """Once, a month before the end; a fetch in between takes it back."""
    async with transaction():
        for row in await execute(TO_WARN, today - UNUSED + WARNED_BEFORE):
            said = row["language"]
            ends_on = max(row["last_used"] + UNUSED, today + WARNED_BEFORE)
            letter = CalendarAddressUnused(
                label=row["label"],
                last=language.long_day(row["last_used"], said),
                ends=language.long_day(ends_on, said),
                url=links.absolute("/calendars"),
            )
            to = outbox.Recipient(row["person"], row["display_name"], row["email"], said)
            cause = f"feed_token:{row['id']}:unused:{row['last_used']}"
            await outbox.post(letter, to, cause=cause)
            await execute("UPDATE feed_token SET warned_at = $2 WHERE id = $1", row["id"], now)


async def _record(address_id: int, why: Ending) -> None:
    row = ("feed_token", address_id)
    await audit.record(SYSTEM, "revoke", row, after={"ended_by": why.value})
