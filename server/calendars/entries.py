"""What stands in feeds: one statement per source, each row a `CalendarEntry`."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from server import language as words
from server.calendars import inviting, tombstones
from server.calendars.inviting import Part, Source
from server.calendars.queries import SHOWN_STATE
from server.calendars.rules import (
    CalendarEntry,
    Status,
    cancelled_after,
    first_day,
    is_shown,
    status_of,
)
from server.clock import AMSTERDAM, day_of, within_python
from server.database import execute
from server.registrations.joining import MAY_JOIN
from server.web.links import absolute
from tables.calendars import EVERYTHING, FeedScope, InvitationMethod
from tables.events import EventKind, EventMode, EventState

WEEKDAY = {"nl": "EEE d MMMM", "en": "EEE d MMMM"}
BABEL = {"nl": "nl_NL", "en": "en_GB"}
# $1: the first moment of the window; $2: since when what is cancelled is still shown.
WINDOWED = f"""{SHOWN_STATE} IN ('published', 'postponed', 'cancelled', 'completed')
  AND greatest(e.starts_at, e.ends_at) >= $1
  AND ({SHOWN_STATE} <> 'cancelled' OR (e.published_at IS NOT NULL AND e.ends_at >= $2))"""
CHANGES = "greatest(e.changed_at, v.changed_at, m.changed_at, g.changed_at{more_changes})"
COLUMNS = f"""
SELECT e.id, e.uid, e.sequence, e.kind, {SHOWN_STATE} AS state, e.title, e.title_en, e.slug,
  e.description, e.description_en, e.summary, e.summary_en,
  {within_python("e.starts_at")} AS starts_at,
  {within_python("e.ends_at")} AS ends_at, e.all_day, e.mode, coalesce(m.name, e.room) AS room,
  {within_python("e.moved_from_at")} AS moved_from_at,
  {within_python("e.created_at")} AS created_at,
  v.name AS venue_name, v.street, v.postcode, v.city,
  CASE WHEN v.is_location_checked THEN v.latitude END AS latitude, v.longitude,
  g.name AS group_name, g.name_en AS group_name_en, s.uid AS series_uid,
  {within_python(CHANGES)} AS changed_at{{more}}
FROM {{source}} LEFT JOIN venue v ON v.id = e.venue
  LEFT JOIN room m ON m.id = e.booked_room LEFT JOIN working_group g ON g.id = e."group"
  LEFT JOIN event_series s ON s.id = e.series
WHERE {WINDOWED} AND {{which}}
"""


def _select(which: str, *, source: str = "event e", more: str = "", more_changes: str = "") -> str:
    return COLUMNS.format(which=which, source=source, more=more, more_changes=more_changes)


PUBLIC = _select("e.visibility = 'public'")
OF_GROUP = _select("e.visibility = 'public' AND e.\"group\" = $3")
ONE = _select("e.visibility = 'public' AND e.id = $3")
# A move of a line or proposal raises its revision; an edit of a proposal raises its version too.
# What a letter told that never left, or came back, is told to nobody.
MINE = {
    "source": """event e LEFT JOIN (
        SELECT event, array_remove(array_agg(line), NULL) AS lines,
          array_remove(array_agg(talk), NULL) AS talks, sum(moves) AS moves,
          max(changed_at) AS changed_at
        FROM (SELECT r.event, l.state AS line, NULL::varchar AS talk, l.revision AS moves,
            l.changed_at FROM registration r JOIN registration_line l ON l.registration = r.id
          WHERE r.person = $3
          UNION ALL SELECT c.event, NULL, p.state, p.revision - p.version, p.changed_at
          FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal JOIN call c ON c.id = p.call
          WHERE s.person = $3) claim GROUP BY event
      ) mine ON mine.event = e.id
      CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM group_membership WHERE person = $3
        AND "group" = e."group" AND state IN ('active', 'on_leave') AND from_on <= $4
        AND (until_on IS NULL OR until_on >= $4)) AS is_meeting) own
      LEFT JOIN calendar_invitation told ON told.event = e.id AND told.person = $3
      LEFT JOIN calendar_choice choice ON choice.person = $3""",
    "more": """, mine.lines, mine.talks, own.is_meeting,
      coalesce(mine.moves, 0) + coalesce(told.raised, 0) AS moves,
      CASE WHEN (SELECT o.state = 'failed' OR EXISTS (SELECT 1 FROM bounce b
          WHERE b.message_id = o.message_id AND b.verdict <> 'complaint')
        FROM outbox_letter o WHERE o.person = $3 AND o.event = e.id ORDER BY o.id DESC LIMIT 1)
        THEN 'none' ELSE told.method END AS told,
      choice.registrations AS registrations_by, choice.meetings AS meetings_by,
      """
    + MAY_JOIN.format(person="$3", day="$4")
    + " AS may_join",
    "more_changes": ", mine.changed_at, CASE WHEN told.raised > 0 THEN told.told_at END",
}
PERSONAL = _select("(mine.event IS NOT NULL OR own.is_meeting)", **MINE)
OWN = _select("e.id = $5", **MINE)


async def public_entries(language: str, now: datetime) -> list[CalendarEntry]:
    """Everything that everybody may know of, within the window of the feeds."""
    rows = await execute(PUBLIC, window(now), cancelled_after(now))
    found = [_entry(row, language, now) for row in rows]
    return found + await tombstones.public(language, now)


async def group_entries(group_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """What everybody may know of one group's events."""
    rows = await execute(OF_GROUP, window(now), cancelled_after(now), group_id)
    found = [_entry(row, language, now) for row in rows]
    return found + await tombstones.of_group(group_id, language, now)


async def event_entries(event_id: int, language: str, now: datetime) -> list[CalendarEntry]:
    """One event that everybody may know of, or nothing."""
    rows = await execute(ONE, window(now), cancelled_after(now), event_id)
    found = [_entry(row, language, now) for row in rows]
    return found + await tombstones.of_event(event_id, language, now)


async def personal_entries(
    person_id: int, language: str, now: datetime, scopes: Collection[str] = EVERYTHING
) -> list[CalendarEntry]:
    """A person's registrations, talks and the meetings of their groups; each event once.

    Without what came by invitation, for who wants it by invitation only.
    """
    since = (window(now), cancelled_after(now), person_id)
    entries = []
    for row in await execute(PERSONAL, *since, day_of(now)):
        part = _part(row)
        if part.status is None or inviting.is_left_out(part) or not _is_shown(row, scopes):
            continue
        if part.status is Status.cancelled and row["ends_at"] < cancelled_after(now):
            continue
        entries.append(_entry(row, language, now, own=part.status, is_private=True))
    if FeedScope.meetings in scopes:
        entries += await tombstones.of_person(person_id, language, now)
    return entries


def _is_shown(row: Mapping[str, Any], scopes: Collection[str]) -> bool:
    return is_shown(scopes, row["lines"] or (), row["talks"] or (), is_meeting=row["is_meeting"])


async def own_entry(
    person_id: int, event_id: int, language: str, now: datetime
) -> tuple[CalendarEntry, Part] | None:
    """One event as it stands in one person's calendar, also when they have no part in it any more.

    None for an event that stands in nobody's.
    """
    since = (window(now), cancelled_after(now), person_id)
    for row in await execute(OWN, *since, day_of(now), event_id):
        part = _part(row)
        own = part.status or Status.cancelled
        return _entry(row, language, now, own=own, is_private=True), part
    return None


def _part(row: Mapping[str, Any]) -> Part:
    lines, talks = row["lines"] or (), row["talks"] or ()
    return Part(
        status=status_of(lines, talks, is_meeting=row["is_meeting"]),
        source=inviting.source_of(lines, talks, is_meeting=row["is_meeting"]),
        is_off=row["state"] == EventState.cancelled,
        told=row["told"] or InvitationMethod.none,
        comes_by={
            Source.registration: row["registrations_by"] or inviting.DEFAULT[Source.registration],
            Source.meeting: row["meetings_by"] or inviting.DEFAULT[Source.meeting],
        },
    )


def window(now: datetime) -> datetime:
    """The first moment of what feeds show."""
    return datetime.combine(first_day(day_of(now)), time(), AMSTERDAM)


def _entry(
    row: Mapping[str, Any],
    language: str,
    now: datetime,
    *,
    own: Status = Status.confirmed,
    is_private: bool = False,
) -> CalendarEntry:
    days = (row["ends_at"] - row["starts_at"]).days
    conference = absolute(f"/events/{row['slug']}/online")
    return CalendarEntry(
        uid=f"event-{row['uid']}",
        sequence=row["sequence"] + (row.get("moves") or 0),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        status=_status(row["state"], own),
        title=said(row, "title", language),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        all_day=row["all_day"],
        place=_place(row, language),
        url=page_of(row["slug"], language),
        text=said(row, "description", language) or said(row, "summary", language),
        notes=tuple(_notes(row, language, now, own)),
        categories=_categories(row, language),
        is_transparent=row["all_day"] and days > 0 and row["kind"] == EventKind.congress,
        is_private=is_private,
        related_to=f"series-{row['series_uid']}" if row["series_uid"] else "",
        conference=conference if row.get("may_join") and own is Status.confirmed else "",
        location=_location(row),
    )


def _status(state: str, own: Status) -> Status:
    """The event's own state wins over a person's place in it, but never over their leaving."""
    if state == EventState.cancelled or own is Status.cancelled:
        return Status.cancelled
    return Status.tentative if state == EventState.postponed else own


def said(row: Mapping[str, Any], column: str, language: str) -> str:
    """A column in a language; Dutch when there is no English."""
    return str((row[f"{column}_en"] if language == "en" else "") or row[column] or "")


def _place(row: Mapping[str, Any], language: str) -> str:
    if row["mode"] == EventMode.online:
        return words.text(language, "calendars.entry.online")
    town = f"{row['postcode'] or ''} {row['city'] or ''}".strip()
    return ", ".join(part for part in (row["venue_name"], row["street"], town) if part)


def _location(row: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    if row["mode"] == EventMode.online or row["latitude"] is None:
        return None
    return row["latitude"], row["longitude"]


def page_of(slug: str, language: str) -> str:
    """The address of an event."""
    return absolute(f"/events/{slug}" + ("?lang=en" if language == "en" else ""))


def _categories(row: Mapping[str, Any], language: str) -> tuple[str, ...]:
    kind = words.text(language, f"events.kind.{row['kind']}")
    group = said(row, "group_name", language) if row["group_name"] else ""
    return (group, kind) if group else (kind,)


def _notes(row: Mapping[str, Any], language: str, now: datetime, own: Status) -> list[str]:
    """Lines before the text: moved (until the new date), postponed, own place, room."""
    notes = []
    if row["moved_from_at"] and row["starts_at"] > now and row["state"] != EventState.cancelled:
        moment = _short_moment(row["moved_from_at"], language)
        notes.append(words.text(language, "calendars.entry.moved", moment=moment))
    if row["state"] == EventState.postponed:
        notes.append(words.text(language, "calendars.entry.postponed"))
    elif own is not Status.confirmed and row["state"] != EventState.cancelled:
        notes.append(words.text(language, f"calendars.entry.{own.name}"))
    if row["room"] and row["mode"] != EventMode.online:
        notes.append(words.text(language, "calendars.entry.room", room=row["room"]))
    return notes


def _short_moment(moment: datetime, language: str) -> str:
    """`di 3 juni 09.30 uur`."""
    day = format_date(day_of(moment), WEEKDAY[language], locale=BABEL[language])
    return f"{day} {words.clock_time(moment, language)}"
