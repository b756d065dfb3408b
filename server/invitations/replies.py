"""What a calendar answered by mail (METHOD:REPLY, RFC 5546): a hint, and never more.

Anybody can write such a mail. It counts when the address that it came to holds the code of a
person, its one ATTENDEE is that person, and it answers what their calendar was told last. Then it
is noted, for them and for the organiser; who comes or not is decided by a button of ours.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from uuid import UUID

from icalendar import Calendar, Component

from server.calendars.ical import UID_DOMAIN
from server.database import execute
from server.inbound import reading
from server.inbound.reading import Inbound
from server.inbound.service import Reader
from server.outbox import answer_address
from server.outbox.message import BadAddress, one_address
from tables.calendars import CalendarAnswer

MOST_BYTES = 256 * 1024
TYPES = ("text/calendar", "application/ics")
ANSWERS = {
    "ACCEPTED": CalendarAnswer.accepted,
    "TENTATIVE": CalendarAnswer.tentative,
    "DECLINED": CalendarAnswer.declined,
}
UID = re.compile(rf"event-([0-9a-f-]{{36}})@{re.escape(UID_DOMAIN)}", re.IGNORECASE)
METHOD = re.compile(rb"^METHOD:\s*REPLY\s*$", re.IGNORECASE | re.MULTILINE)
# People who were merged answer for who they are now.
INVITED = """SELECT i.id, i.sequence, i.answered_at, p.email_key
  FROM calendar_invitation i JOIN event e ON e.id = i.event JOIN person q ON q.id = $1
  JOIN person p ON p.id = coalesce(q.merged_into, q.id)
  WHERE i.person IN (p.id, q.id) AND e.uid = $2 AND i.method = 'request'
  ORDER BY i.person = p.id DESC LIMIT 1 FOR UPDATE OF i"""
NOTE = """UPDATE calendar_invitation SET answer = $2, answered_at = $3, changed_at = $4,
  revision = revision + 1 WHERE id = $1"""


@dataclass(frozen=True)
class Reply:
    """What one answer says. `sequence` None: it does not say what it answers."""

    uid: UUID
    attendee: str
    answer: CalendarAnswer
    answered_at: datetime
    sequence: int | None


async def read(inbound: Inbound, now: datetime) -> str | None:
    """What became of an answer, in one word; None for what is none."""
    body = _calendar(inbound)
    if body is None:
        return None
    reply = parse(body, now)
    if reply is None:
        return "unclear"
    person_id = answer_address.person_in(inbound.addressed_to)
    if person_id is None:
        return "stranger"
    return await note(person_id, reply, now)


async def note(person_id: int, reply: Reply, now: datetime) -> str:
    """Keep a genuine answer if it is the newest. Returns what became of it, in one word."""
    rows = await execute(INVITED, person_id, reply.uid)
    if not rows:
        return "not_invited"
    told = rows[0]
    if reply.attendee not in _written(told["email_key"]):
        return "stranger"
    is_old = reply.sequence is not None and reply.sequence < told["sequence"]
    if is_old or (told["answered_at"] is not None and reply.answered_at <= told["answered_at"]):
        return "outdated"
    await execute(NOTE, told["id"], reply.answer, reply.answered_at, now)
    return str(reply.answer)


def _written(key: str | None) -> tuple[str, ...]:
    """An address as we keep it, and as it stands in an invitation: with its host in ASCII."""
    if key is None:
        return ()
    try:
        return (key, one_address(key).lower())
    except BadAddress:
        return (key,)


def _calendar(inbound: Inbound) -> bytes | None:
    """The first part that is an answer, however deep it stands and whatever it is called."""
    for part in inbound.parts():
        if _may_be(part):
            body = reading.content(part, most=MOST_BYTES)
            if body is not None and METHOD.search(body):
                return body
    return None


def _may_be(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return part.get_content_type() in TYPES or name.endswith(".ics")


def parse(body: bytes, now: datetime) -> Reply | None:
    """The answer in a calendar; None when it is not exactly one, or of nobody in particular."""
    try:
        calendar = Calendar.from_ical(body)
        events = calendar.walk("VEVENT")
        if len(events) != 1:
            return None
        return _reply(events[0], now)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return None


def _reply(event: Component, now: datetime) -> Reply | None:
    uid = UID.fullmatch(str(event.get("UID", "")).strip())
    attendee = event.get("ATTENDEE")
    if uid is None or attendee is None or isinstance(attendee, list):
        return None
    answer = ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if answer is None:
        return None
    address = str(attendee).strip().lower().removeprefix("mailto:").strip()
    sequence = event.get("SEQUENCE")
    return Reply(
        uid=UUID(uid[1]),
        attendee=address,
        answer=answer,
        answered_at=_stamp(event, now),
        sequence=None if sequence is None else int(sequence),
    )


def _stamp(event: Component, now: datetime) -> datetime:
    """DTSTAMP, without one the present; a clock that is ahead must not shut out later answers."""
    stamp = event.get("DTSTAMP")
    moment = getattr(stamp, "dt", None)
    if not isinstance(moment, datetime):
        return now
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(aware.astimezone(UTC), now)


READER = Reader("calendar answers", read)
