"""Write to exactly one segment of an event, once, and note who took which list out of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emails.letters.turnout import OrganiserMessage
from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.events.queries import EventView
from server.outbox import service as outbox
from server.outbox.message import sender
from server.registrations import line, sorts
from server.registrations.sorts import Unit
from server.rights import Area
from server.turnout import queries, rules
from server.turnout.rules import Choice, Guest
from server.web import links
from tables.turnout import Segment

KEEP = """INSERT INTO event_message (event, segment, unit, ticket_class, to_waiting, subject,
  subject_en, words, words_en, people, sent_by, sent_at, created_at, changed_at, idempotency_key)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12, $13) RETURNING id"""
STANDING = {Segment.waiting: "waiting", Segment.offered: "offer"} | dict.fromkeys(
    rules.ENDED, "ended"
)


@dataclass(frozen=True)
class Draft:
    """What is written. English readers get the English of each where there is one.

    `to_waiting` was ticked: who waits is written to on purpose. The same `key` sends once.
    """

    subject: str
    words: str
    key: UUID
    subject_en: str = ""
    words_en: str = ""
    to_waiting: bool = False

    def in_language(self, said: str) -> tuple[str, str]:
        """Subject and words; both languages whole, never one of each."""
        is_english = said == "en" and self.subject_en and self.words_en
        return (self.subject_en, self.words_en) if is_english else (self.subject, self.words)


async def send(
    actor: Actor, event: EventView, choice: Choice, draft: Draft, *, now: datetime
) -> int:
    """A letter to everybody who is in the segment at this very moment, one each.

    Returns how many it went to; for a draft that was sent before, how many it went to then.
    Raises Invalid: for an empty letter, for who waits without the tick, for nobody at all; NotFound
    for who does not manage the event or may not see the segment.
    """
    check(actor, event, choice, draft)
    async with transaction():
        await line.lock(event.id)
        sent = await _sent_before(event.id, draft.key)
        if sent is not None:
            return sent
        found = await queries.gathering(event.id, now=now)
        people = rules.recipients(found.guests, choice, is_over=found.is_over)
        if not people:
            raise Invalid(words="turnout.field.nobody")
        units = await sorts.of_event(event.id, now=now)
        message_id = await _keep(actor, event, choice, draft, len(people), now)
        for guest in people:
            letter = letter_to(guest, named(event, choice, units, guest.language), event, draft)
            to = outbox.Recipient(guest.person_id, guest.name, guest.email, guest.language)
            await outbox.post(letter, to, cause=f"event_message:{message_id}:{guest.person_id}")
        after = {"event": event.id, "segment": choice.segment.value, "people": len(people)}
        await audit.record(actor, "write_to_segment", ("event_message", message_id), after=after)
    return len(people)


def check(actor: Actor, event: EventView, choice: Choice, draft: Draft) -> None:
    """Whether it may be sent as it stands. Raises Invalid with every problem; NotFound."""
    if not actor.manages(event.group_id, Area.events) or not may_see(actor, choice.segment):
        raise NotFound
    if choice.segment in rules.NOT_WRITTEN_TO:
        raise NotFound
    problems = {
        name: "errors.field.required"
        for name in ("subject", "words")
        if not getattr(draft, name).strip()
    }
    if bool(draft.subject_en.strip()) != bool(draft.words_en.strip()):
        missing = "words_en" if draft.subject_en.strip() else "subject_en"
        problems[missing] = "turnout.field.both_english"
    if choice.segment == Segment.waiting and not draft.to_waiting:
        problems["to_waiting"] = "turnout.field.to_waiting.tick"
    if problems:
        raise Invalid(**problems)


def may_see(actor: Actor, segment: Segment) -> bool:
    """Whose register numbers are missing is for who may look at people; the rest for who manages
    the event.
    """
    return segment != Segment.without_number or actor.sees(Area.people)


@dataclass(frozen=True)
class About:
    """What a letter is about, in its reader's language, and how it stands with them."""

    name: str
    standing: str


def named(event: EventView, choice: Choice, units: Sequence[Unit], said: str) -> About:
    """The event, or the workshop or lunch there that the segment is about."""
    found = [unit for unit in units if unit.id == choice.unit_id and not unit.is_seat]
    title = event.title(said)
    name = f"{found[0].name(said)} ({title})" if found else title
    return About(name, STANDING.get(choice.segment, "place"))


def letter_to(guest: Guest, about: About, event: EventView, draft: Draft) -> OrganiserMessage:
    """The letter as somebody gets it."""
    said = guest.language
    subject, words = draft.in_language(said)
    return OrganiserMessage(
        title=subject,
        words=words,
        event=about.name,
        when=language.span(event.starts_at, event.ends_at, said),
        standing=about.standing,
        url=links.absolute(f"/registrations/{guest.code}"),
        contact=event.contact_email or sender(),
    )


async def _sent_before(event_id: int, key: UUID) -> int | None:
    rows = await execute(
        "SELECT people FROM event_message WHERE event = $1 AND idempotency_key = $2", event_id, key
    )
    return int(rows[0]["people"]) if rows else None


async def _keep(
    actor: Actor, event: EventView, choice: Choice, draft: Draft, people: int, now: datetime
) -> int:
    rows = await execute(
        KEEP,
        *(event.id, choice.segment.value, choice.unit_id, choice.ticket_class),
        *(choice.segment == Segment.waiting, draft.subject, draft.subject_en),
        *(draft.words, draft.words_en, people, actor.person_id, now, draft.key),
    )
    return int(rows[0]["id"])


async def note_export(actor: Actor, event_id: int, file: str, rows: int) -> None:
    """A list of an event left the house: who took it, which, how many lines."""
    async with transaction():
        after = {"file": file, "rows": rows}
        await audit.record(actor, "export", ("event", event_id), after=after)
