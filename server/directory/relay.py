"""Messages to somebody of the directory: passed on without showing an address, then forgotten."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.letters.directory import ProfileMessage
from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.directory import queries
from server.directory.rules import seen
from server.errors import Invalid, NotFound
from server.outbox import service as outbox
from server.people import rules as people
from server.web import rate_limit
from tables.directory import ContactMessage, Visibility

KEPT = timedelta(days=30)
FORGET = """UPDATE contact_message SET name = '', email = '', text = '', forgotten_at = $1
  WHERE forgotten_at IS NULL AND sent_at < $2 RETURNING id"""


@dataclass(frozen=True)
class Message:
    """What somebody wants to tell, and where an answer goes."""

    name: str
    email: str
    text: str


async def send(actor: Actor, slug: str, message: Message, *, form: str = "", now: datetime) -> None:
    """Pass a message on. The holder answers from their own mailbox, or not.

    The same words from the same form go once, however often the button is pressed; `form` is the
    sealed moment of its opening. Raises NotFound when nobody can be found there or written to;
    Invalid on `text` when our forms wrote to that address three times within the hour.
    """
    said = json.dumps([slug, message.name, message.email, message.text, form])
    cause = f"contact:{hashlib.sha256(said.encode()).hexdigest()}"
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", cause)
        if await execute("SELECT 1 FROM outbox_letter WHERE cause = $1", cause):
            return
        profile = await queries.by_slug(slug, clock.day_of(now))
        reader = Visibility.members if actor.is_member else Visibility.public
        entry = seen(profile.whole, reader, clock.day_of(now))
        if not profile.is_findable or not entry.can_be_written or not profile.email:
            raise NotFound
        if not await rate_limit.may_mail(people.email_key(profile.email), now):
            raise Invalid(text="directory.field.text.later")
        row = ContactMessage(
            profile=profile.whole.id,
            name=message.name,
            email=message.email,
            text=message.text,
            sent_at=now,
        )
        await row.save()
        letter = ProfileMessage(sender=message.name, address=message.email, message=message.text)
        to = outbox.Recipient(
            profile.person_id, profile.whole.name, profile.email, profile.language
        )
        await outbox.post(letter, to, cause=cause, expires_at=now + KEPT)
        await audit.record(actor, "send", ("contact_message", row.id))


async def forget(now: datetime) -> int:
    """Wipe the words of messages older than thirty days, in the letters too: how many."""
    async with transaction():
        await outbox.forget_kind(ProfileMessage.kind(), before=now - KEPT)
        return len(await execute(FORGET, now, now - KEPT))
