"""Who has the calendars on their telephones, and whose still shows the time that a webinar had."""

from datetime import timedelta

from server.calendars import feeds, service
from server.clock import day_of
from server.database import execute
from server.demo.society import Society
from server.registrations import organising

# Feed, program, fetches and readers on a usual day.
USE = (
    *(("public", "Google", 3, 1), ("public", "Apple", 130, 14), ("public", "Outlook", 42, 6)),
    *(("public", "Thunderbird", 24, 1), ("deadlines", "Apple", 12, 3), ("event", "", 2, 2)),
    *(("personal", "Google", 14, 6), ("personal", "Apple", 96, 11), ("personal", "Outlook", 40, 5)),
)
COUNT = """INSERT INTO feed_fetch (key, client, day, fetches, readers, last_at)
  SELECT $1, $2, $5::date - n, $3, $4, $6::timestamptz - make_interval(days => n)
  FROM generate_series(0, 27) n"""
USED = """UPDATE feed_token SET client = $2, fetched_on = $3, served_at = $4, served_etag = $5
  WHERE id = (SELECT max(id) FROM feed_token WHERE person = $1)"""
ENDED = """UPDATE feed_token SET revoked_at = $2, ended_by = 'owner'
  WHERE id = (SELECT max(id) FROM feed_token WHERE person = $1)"""
BEHIND = ("Google", "Outlook", "Google", "Google")


async def subscribe(society: Society, told: dict[str, int]) -> None:
    """Addresses of some members, a month of fetches, and a webinar that begins later."""
    calendar, lid = society.calendar, society.fixed["lid"]
    await service.create_token(lid, "Oude telefoon", now=calendar.ago(300))
    await execute(ENDED, lid.person_id, calendar.ago(10))
    for label, client, days in (("Telefoon", "Apple", 0.1), ("Outlook op het werk", "Outlook", 3)):
        await service.create_token(lid, label, now=calendar.ago(40))
        await _fetch(society, lid.person_id or 0, client, days)
    for member, client in zip(society.members[13:17], BEHIND, strict=True):
        await service.create_token(member, "Mijn agenda", now=calendar.ago(90))
        await _fetch(society, member.person_id or 0, client, 0.3)
    await _count(society)
    # What moved in earlier chapters moved before they fetched.
    await execute("SET CONSTRAINTS event_moved IMMEDIATE")
    await execute("UPDATE event_move SET moved_at = $1", calendar.ago(5))
    await execute("SET CONSTRAINTS event_moved DEFERRED")
    rows = await execute("SELECT starts_at, ends_at FROM event WHERE id = $1", told["webinar"])
    later = {name: moment + timedelta(minutes=30) for name, moment in rows[0].items()}
    await organising.change_event(society.board, told["webinar"], later, now=calendar.now)


async def _fetch(society: Society, person_id: int, client: str, days: float) -> None:
    """A program fetched somebody's calendar so many days ago."""
    at = society.calendar.ago(days)
    given = await feeds.personal(person_id, "nl").stored(at)
    await execute(USED, person_id, client, day_of(at), at, given.etag)


async def _count(society: Society) -> None:
    calendar = society.calendar
    group = (f"group:{society.groups['onderzoek']}", "Apple", 30, 4)
    for key, client, fetches, readers in (*USE, group):
        values = (key, client, fetches, readers, calendar.today, calendar.ago(0.05))
        await execute(COUNT, *values)
