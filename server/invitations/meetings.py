"""Meetings of groups by mail, for who chose so: planned, moved, off, or no longer theirs.

Nobody calls this when a meeting changes: what calendars were told is compared with how it stands,
again and again. So a late start, a second worker or a standstill of a week end the same.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from emails.letters import meetings as letters
from server import language
from server.calendars import entries, inviting
from server.calendars.faults import fault_of
from server.calendars.inviting import Due, Source
from server.calendars.rules import CalendarEntry
from server.clock import day_of
from server.database import execute, transaction
from server.invitations import enclosing as invitations
from server.one_by_one import each
from server.outbox import service as outbox
from server.standing import lives
from server.web import links
from tables.calendars import InvitationMethod
from tables.events import EventState

IN_GROUP = """EXISTS (SELECT 1 FROM group_membership s WHERE s.person = p.id
  AND s."group" = e."group" AND s.state IN ('active', 'on_leave') AND s.from_on <= $2
  AND (s.until_on IS NULL OR s.until_on >= $2))"""
# What came by a place goes by the letters of that place.
NO_PLACE = "NOT EXISTS (SELECT 1 FROM registration r WHERE r.person = p.id AND r.event = e.id)"
CANDIDATES = f"""
SELECT p.id AS person_id, p.display_name, p.email, p.language, e.id AS event_id,
  e.title AS title_nl, e.title_en, e.slug, e.cancel_reason, e.state,
  coalesce(g.name, '') AS group_nl, coalesce(g.name_en, '') AS group_en
FROM event e LEFT JOIN working_group g ON g.id = e."group"
JOIN person p ON p.id IN (
  SELECT s.person FROM group_membership s JOIN calendar_choice c ON c.person = s.person
    WHERE s."group" = e."group" AND c.meetings <> 'feed'
  UNION SELECT person FROM calendar_invitation WHERE event = e.id AND method = 'request')
LEFT JOIN calendar_invitation i ON i.person = p.id AND i.event = e.id
WHERE e.ends_at > $1 AND p.email IS NOT NULL AND {lives("p")} AND {NO_PLACE}
  AND CASE WHEN i.method = 'request' THEN e.sequence + i.raised > i.sequence OR NOT {IN_GROUP}
    ELSE e.state = 'published' AND {IN_GROUP} END
ORDER BY e.starts_at, e.id, p.id"""


async def tick(now: datetime) -> int:
    """Owe everybody whose calendar says something else a letter. Returns how many were owed."""
    candidates = await execute(CANDIDATES, now, day_of(now))
    return sum(await each(candidates, partial(_tell, now=now)))


async def _tell(row: Mapping[str, Any], *, now: datetime) -> bool:
    async with transaction():
        return await _owe(row, now)


async def _owe(row: Mapping[str, Any], now: datetime) -> bool:
    person_id, event_id = row["person_id"], row["event_id"]
    told = await invitations.told_of(person_id, event_id)
    found = await entries.own_entry(person_id, event_id, row["language"], now)
    if found is None or found[1].source not in (Source.meeting, None) or fault_of(found[0]):
        return False
    due = inviting.due(told, *found, now)
    if due is None:
        return False
    was = told.method == InvitationMethod.request
    letter = _letter(row, found[0], due, is_new=not was, is_off=found[1].is_off)
    to = outbox.Recipient(person_id, row["display_name"], row["email"], row["language"])
    cause = f"meeting:{event_id}:{person_id}:{due.method}:{due.sequence}"
    await outbox.post_about(event_id, letter, to, cause=cause)
    return True


def _letter(
    row: Mapping[str, Any], entry: CalendarEntry, due: Due, *, is_new: bool, is_off: bool
) -> letters.AboutMeeting:
    said = row["language"]
    about = {
        "event": _in(row, "title", said),
        "when": language.span(entry.starts_at, entry.ends_at, said),
    }
    group = _in(row, "group", said)
    if is_off:
        return letters.MeetingOff(**about, group=group, reason=row["cancel_reason"] or "")
    if due.method == InvitationMethod.cancel:
        return letters.MeetingLeft(**about)
    url = links.absolute(f"/events/{row['slug']}")
    if is_new:
        return letters.MeetingPlanned(**about, group=group, url=url)
    is_put_off = row["state"] == EventState.postponed
    return letters.MeetingMoved(**about, group=group, url=url, is_put_off=is_put_off)


def _in(row: Mapping[str, Any], name: str, said: str) -> str:
    return str((row[f"{name}_en"] if said == "en" else "") or row[f"{name}_nl"])
