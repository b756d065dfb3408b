"""What goes along with a letter for its reader's calendar, and the memory of what went."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from server import language as words
from server.calendars import entries, inviting
from server.calendars.faults import fault_of
from server.calendars.ical import Organiser
from server.calendars.inviting import Due, Part, Source, Told
from server.calendars.plain import one_line
from server.calendars.rules import CalendarEntry, Status
from server.database import execute
from server.invitations import imip
from server.invitations.imip import Attendee
from server.outbox import answer_address
from server.outbox.calendar_part import Enclosed
from server.outbox.message import Queued, one_address
from tables.calendars import InvitationMethod

TOLD = """SELECT method, sequence, raised, shown FROM calendar_invitation
  WHERE person = $1 AND event = $2 FOR UPDATE"""
# Whoever was first in between has told it: then nothing is written, and nothing goes along.
NOTE = """INSERT INTO calendar_invitation AS i
    (person, event, method, sequence, raised, shown, told_at, answer, created_at, changed_at,
     revision)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'none', $7, $7, 1)
  ON CONFLICT (person, event) DO UPDATE SET method = $3, sequence = $4, raised = $5, shown = $6,
    told_at = $7, answer = 'none', answered_at = NULL, changed_at = $7, revision = i.revision + 1
  WHERE i.sequence < $4 OR i.method = 'none' RETURNING id"""


async def enclose(letter: Queued, now: datetime) -> Enclosed | None:
    """The invitation, change or cancellation that a letter about an event brings; often none.

    Inside a transaction. Of two workers with two letters about one event only one tells it.
    What would break a calendar is in no mail, as it is in no feed.
    """
    person_id, event_id = letter.person, letter.event
    if person_id is None or event_id is None:
        return None
    told = await told_of(person_id, event_id)
    found = await entries.own_entry(person_id, event_id, letter.language, now)
    if found is None:
        return None
    entry, part = found
    due = inviting.due(told, entry, part, now)
    if (
        fault_of(entry)
        or due is None
        or not await _note(letter, due, inviting.shown(entry, part), now)
    ):
        return None
    return await _written(letter, person_id, entry, part, due, now)


async def told_of(person_id: int, event_id: int) -> Told:
    """What a calendar was told last; held until the transaction ends."""
    rows = await execute(TOLD, person_id, event_id)
    return Told(**rows[0]) if rows else Told()


async def _note(letter: Queued, due: Due, shown: str, now: datetime) -> list[dict[str, Any]]:
    told = (due.method, due.sequence, due.raised, shown, now)
    return await execute(NOTE, letter.person, letter.event, *told)


async def _written(
    letter: Queued, person_id: int, entry: CalendarEntry, part: Part, due: Due, now: datetime
) -> Enclosed:
    said = letter.language
    organiser = Organiser(words.text(said, "site.name"), answer_address.of_person(person_id))
    is_coming = part.source is not Source.meeting
    address = one_address(letter.address)
    attendee = Attendee(str(letter.values.get("name", "")), address, is_coming)
    told = _with_sequence(entry, due)
    if due.method == InvitationMethod.request:
        text = imip.request(told, said, organiser, attendee, now)
    elif due.is_uninvite:
        text = imip.uninvite(told, said, organiser, attendee, now)
    else:
        text = imip.cancel(told, said, organiser, attendee, now)
    return Enclosed(due.method.upper(), text.decode(), organiser.address, _note_for(told, said))


def _with_sequence(entry: CalendarEntry, due: Due) -> CalendarEntry:
    """As it is told: what is taken away is cancelled for this one person."""
    status = Status.cancelled if due.method == InvitationMethod.cancel else entry.status
    return replace(entry, sequence=due.sequence, status=status)


def _note_for(entry: CalendarEntry, said: str) -> str:
    """What the letter says of it: some programs show nothing but the letter."""
    if entry.status is Status.cancelled:
        return words.text(said, "calendars.letter.cancel")
    when = words.span(entry.starts_at, entry.ends_at, said)
    what = ", ".join(one_line(part) for part in (entry.title, when, entry.place) if part)
    told = words.text(said, "calendars.letter.request", what=what)
    return f"{told}\n\n{words.text(said, 'calendars.letter.page')}\n{entry.url}"
