"""Deadlines as the feeds show them: remembered, so that a later date is told as a change.

The domains say only what is due when. SEQUENCE, DTSTAMP and what became of a deadline that nobody
tells of any more come from `feed_deadline`, compared whenever a feed of deadlines is rendered.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from server import language as words
from server import locks
from server.calendars.rules import CalendarEntry, Status, first_day
from server.clock import AMSTERDAM, day_bounds, day_of
from server.database import execute, transaction
from server.deadlines import Deadline, OwnDeadline, Source
from server.web.links import absolute
from tables.calendars import FeedDeadline

GONE_SHOWN = timedelta(days=30)
KEPT = timedelta(days=430)
MINUTE = timedelta(minutes=1)
TITLE_CHARACTERS = 400
SHOWN = """SELECT * FROM feed_deadline
  WHERE due_at >= $1 AND (gone_at IS NULL OR gone_at >= $2) AND area = ANY($3) ORDER BY uid"""
WRITE = """INSERT INTO feed_deadline (uid, due_at, title, title_en, path, area, sequence,
    created_at, changed_at, revision)
  VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, 1)
  ON CONFLICT (uid) DO UPDATE SET due_at = $2, title = $3, title_en = $4, path = $5, area = $6,
    sequence = feed_deadline.sequence + CASE WHEN feed_deadline.due_at <> $2
      OR feed_deadline.gone_at IS NOT NULL THEN 1 ELSE 0 END,
    gone_at = NULL, changed_at = $7, revision = feed_deadline.revision + 1
  WHERE (feed_deadline.due_at, feed_deadline.title, feed_deadline.title_en, feed_deadline.path,
    feed_deadline.area, feed_deadline.gone_at) IS DISTINCT FROM ($2, $3, $4, $5, $6, NULL)"""
GO = """UPDATE feed_deadline SET gone_at = $2, sequence = sequence + 1, changed_at = $2,
    revision = revision + 1
  WHERE gone_at IS NULL AND due_at > $2 AND NOT uid = ANY($1)"""


async def shared_entries(
    sources: Sequence[Source], areas: Collection[str], language: str, now: datetime
) -> list[CalendarEntry]:
    """The deadlines of these areas ("" is what everybody may know), within the feeds' window."""
    since = datetime.combine(first_day(day_of(now)), time(), AMSTERDAM)
    await remember(sources, since, now)
    rows = await execute(SHOWN, since, now - GONE_SHOWN, sorted(areas))
    return [_noted(FeedDeadline(**row), language) for row in rows]


async def own_entries(
    sources: Sequence[Source], person_id: int, language: str, now: datetime
) -> list[CalendarEntry]:
    """What one person must do by when."""
    since = datetime.combine(first_day(day_of(now)), time(), AMSTERDAM)
    found = [one for source in sources for one in await source.own(person_id, since)]
    return [_own(one, language) for one in found]


async def remember(sources: Sequence[Source], since: datetime, now: datetime) -> None:
    """Note what is new, moved or gone. Without a change nothing is written and nothing waits."""
    if await _is_noted(await _told(sources, since), now):
        return
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", locks.DEADLINES)
        found = await _told(sources, since)
        for one in found:
            await execute(WRITE, *_values(one), now)
        await execute(GO, [one.uid for one in found], now)


async def forget(now: datetime) -> None:
    """Deadlines that have long left every feed."""
    async with transaction():
        await execute("DELETE FROM feed_deadline WHERE due_at < $1", now - KEPT)


async def _told(sources: Sequence[Source], since: datetime) -> list[Deadline]:
    return [one for source in sources for one in await source.shared(since)]


async def _is_noted(found: Sequence[Deadline], now: datetime) -> bool:
    """Whether everything stands as it is told, and nothing to come is told no more."""
    uids = [one.uid for one in found]
    rows = await execute(
        "SELECT uid, due_at, title, title_en, path, area FROM feed_deadline"
        " WHERE gone_at IS NULL AND (due_at > $1 OR uid = ANY($2))",
        *(now, uids),
    )
    return {tuple(row.values()) for row in rows if row["due_at"] > now or row["uid"] in uids} == {
        _values(one) for one in found
    }


def _values(one: Deadline) -> tuple[object, ...]:
    """The columns of a deadline, in the order of `WRITE`."""
    title, title_en = (one.titles[said][:TITLE_CHARACTERS] for said in ("nl", "en"))
    return (one.uid, one.due_at, title, title_en, one.path, one.area or "")


def _noted(row: FeedDeadline, language: str) -> CalendarEntry:
    return CalendarEntry(
        uid=row.uid,
        sequence=row.sequence,
        created_at=row.created_at,
        changed_at=row.changed_at,
        status=Status.cancelled if row.gone_at else Status.confirmed,
        **_shown(row.due_at, row.title_en if language == "en" else row.title, row.path, language),
    )


def _own(one: OwnDeadline, language: str) -> CalendarEntry:
    due = one.deadline
    return CalendarEntry(
        uid=due.uid,
        sequence=one.sequence,
        created_at=one.created_at,
        changed_at=one.changed_at,
        status=Status.confirmed,
        is_private=True,
        **_shown(due.due_at, due.titles[language], due.path, language),
    )


def _shown(due_at: datetime, what: str, path: str, language: str) -> dict[str, Any]:
    """The whole of its last day, the time in the title; midnight is the end of the day before."""
    local = due_at.astimezone(AMSTERDAM)
    is_midnight = local.time() == time()
    starts_at, ends_at = day_bounds((local - MINUTE).date() if is_midnight else local.date())
    if is_midnight:
        title = words.text(language, "calendars.deadline.day", what=what)
    else:
        hour = words.clock_time(due_at, language)
        title = words.text(language, "calendars.deadline.moment", time=hour, what=what)
    return {
        "title": title,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "all_day": True,
        "place": "",
        "url": absolute(path) + ("?lang=en" if language == "en" else ""),
        "text": "",
        "categories": (words.text(language, "calendars.deadline.category"),),
        "is_transparent": True,
    }
