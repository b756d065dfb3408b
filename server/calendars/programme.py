"""The programme of one event as entries: its parts, each related to the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server import language as words
from server.calendars import tombstones
from server.calendars.entries import WINDOWED, page_of, said, window
from server.calendars.feeds import Feed, organiser
from server.calendars.ical import FeedHeader
from server.calendars.queries import SHOWN_STATE
from server.calendars.rules import CalendarEntry, Status, cancelled_after
from server.clock import within_python
from server.database import execute
from server.web.links import absolute
from tables.events import EventKind, EventMode, EventState

REFRESH = timedelta(minutes=15)
COLOURS = {
    EventKind.congress: "darkorange",
    EventKind.course: "seagreen",
    EventKind.webinar: "steelblue",
    EventKind.meeting: "slategray",
}
CHANGES = "greatest(p.changed_at, e.changed_at, m.changed_at, v.changed_at, g.changed_at)"
PARTS = f"""
SELECT p.uid, p.sequence + e.sequence AS sequence, p.kind, p.title, p.title_en,
  {within_python("p.starts_at")} AS starts_at, {within_python("p.ends_at")} AS ends_at,
  {within_python("p.created_at")} AS created_at, {within_python(CHANGES)} AS changed_at,
  coalesce(m.name, nullif(p.room, ''), n.name, e.room) AS room, v.name AS venue_name,
  e.uid AS event_uid, e.slug, e.mode, e.title AS event_title, e.title_en AS event_title_en,
  {SHOWN_STATE} AS state, g.name AS group_name, g.name_en AS group_name_en
FROM event_part p JOIN event e ON e.id = p.event LEFT JOIN venue v ON v.id = e.venue
  LEFT JOIN room m ON m.id = p.booked_room LEFT JOIN room n ON n.id = e.booked_room
  LEFT JOIN working_group g ON g.id = e."group"
WHERE e.id = $3 AND e.visibility = 'public' AND {WINDOWED}"""
STATUSES = {EventState.cancelled: Status.cancelled, EventState.postponed: Status.tentative}
# A deleted event is found for as long as its tombstone is shown.
FIND = f"""SELECT e.id, e.slug, e.title, e.title_en, e.kind, coalesce(g.colour, '') AS colour
  FROM event e LEFT JOIN working_group g ON g.id = e."group"
  WHERE e.slug = $1 AND e.visibility = 'public'
    AND ({SHOWN_STATE} IN ('published', 'postponed', 'completed')
      OR ({SHOWN_STATE} = 'cancelled' AND e.published_at IS NOT NULL))
  UNION ALL SELECT event_id, slug, title, title_en, '', '' FROM feed_tombstone
  WHERE slug = $1 AND is_public AND NOT is_part LIMIT 1"""

COMING = """SELECT e.id, e.slug, e.title, e.title_en, e.kind, coalesce(g.colour, '') AS colour
  FROM event e LEFT JOIN working_group g ON g.id = e."group"
  WHERE e.state = 'published' AND e.visibility = 'public' AND e.ends_at >= $1
    AND EXISTS (SELECT 1 FROM event_part p WHERE p.event = e.id)
  ORDER BY e.starts_at, e.id LIMIT 20"""


@dataclass(frozen=True)
class Programme:
    """An event whose programme everybody may follow."""

    event_id: int
    slug: str
    title_nl: str
    title_en: str
    colour: str

    def title(self, language: str) -> str:
        """The title of the event in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl


async def find(slug: str) -> Programme | None:
    """The programme of a public event, by the event's address."""
    rows = await execute(FIND, slug)
    return _programme(rows[0]) if rows else None


async def coming(now: datetime) -> list[Programme]:
    """The programmes of what is still to come, the first one first."""
    return [_programme(row) for row in await execute(COMING, now)]


def _programme(row: Mapping[str, Any]) -> Programme:
    colour = row["colour"] or COLOURS.get(row["kind"], "teal")
    return Programme(row["id"], row["slug"], row["title"], row["title_en"], colour)


def feed(found: Programme, language: str) -> Feed:
    """The parts of one event, looked at more often than the rest: it is followed on the day."""
    title = found.title(language)
    source = absolute(f"/calendars/events/{found.slug}/programme.ics")
    header = FeedHeader(
        name=words.text(language, "calendars.name.programme", event=title),
        description=words.text(language, "calendars.feed.programme", event=title),
        language=language,
        organiser=organiser(language),
        url=page_of(found.slug, language),
        source=source + ("?lang=en" if language == "en" else ""),
        colour=found.colour,
        refresh=REFRESH,
    )
    key = f"programme:{found.event_id}:{language}"
    return Feed(key, header, lambda now: entries(found.event_id, language, now))


async def entries(event_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """The parts of an event that everybody may know of, and those that were taken out."""
    rows = await execute(PARTS, window(now), cancelled_after(now), event_id)
    found = [_entry(row, language) for row in rows]
    return found + await tombstones.of_programme(event_id, language, now)


def _entry(row: Mapping[str, Any], language: str) -> CalendarEntry:
    kind = words.text(language, f"events.part.{row['kind']}")
    group = said(row, "group_name", language) if row["group_name"] else ""
    return CalendarEntry(
        uid=f"part-{row['uid']}",
        sequence=row["sequence"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        status=STATUSES.get(row["state"], Status.confirmed),
        title=said(row, "title", language),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        all_day=False,
        place=_place(row, language),
        url=page_of(row["slug"], language),
        text="",
        notes=(said(row, "event_title", language),),
        categories=(group, kind) if group else (kind,),
        related_to=f"event-{row['event_uid']}",
    )


def _place(row: Mapping[str, Any], language: str) -> str:
    if row["mode"] == EventMode.online:
        return words.text(language, "calendars.entry.online")
    return ", ".join(part for part in (row["room"], row["venue_name"]) if part)
