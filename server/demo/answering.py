"""Invitations in calendars, and what these answered: yes, maybe and no, which change nothing."""

import json
from collections.abc import Mapping
from typing import Any

from server.database import execute
from server.demo.society import Society
from server.invitations import choice, meetings, replies
from server.invitations import enclosing as invitations
from server.invitations.choice import Choice
from server.invitations.replies import Reply
from server.outbox.message import Queued
from tables.calendars import CalendarAnswer, ComesBy

OWED = """SELECT id, kind, category, address, language, values::text AS values, message_id,
  attempts, created_at AS claimed_at, person, event
  FROM outbox_letter WHERE event = ANY($1::int[]) AND state = 'queued' ORDER BY id"""
INVITED = """SELECT i.person, e.uid, p.email_key FROM calendar_invitation i
  JOIN event e ON e.id = i.event JOIN person p ON p.id = i.person
  WHERE i.event = $1 AND i.method = 'request' ORDER BY i.id"""
SAID = (CalendarAnswer.declined, CalendarAnswer.tentative, CalendarAnswer.accepted)


async def answer(society: Society, told: Mapping[str, int]) -> None:
    """A group that is invited by mail, an event day, and three answers to each."""
    now = society.calendar.now
    group = society.groups["scholing"]
    active = "SELECT person FROM group_membership WHERE \"group\" = $1 AND state = 'active'"
    rows = await execute(active, group)
    by_mail = Choice(meetings=ComesBy.invitation)
    ids = {row["person"] for row in rows}
    for one in society.members:
        if one.person_id in ids:
            await choice.choose(one, by_mail, now=now)
    await meetings.tick(now)
    events = [told["scholing_1"], told["full_day"], told["free_day"]]
    for row in await execute(OWED, events):
        await invitations.enclose(_letter(row), now)
    for event_id in events:
        for invited, said in zip((await execute(INVITED, event_id))[::2], SAID, strict=False):
            reply = Reply(invited["uid"], invited["email_key"], said, now, None)
            await replies.note(invited["person"], reply, now)


def _letter(row: Mapping[str, Any]) -> Queued:
    return Queued(**{**row, "values": json.loads(row["values"])})
