"""Write answers down, for ever: who, to what, in which words, how and when."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.consent import queries, rules
from server.database import execute, transaction
from tables.consent import ConsentAction, ConsentEvent, ConsentText


@dataclass(frozen=True)
class Answer:
    """What an address answered to a purpose, and how we know.

    `purpose` names what it is for: "newsletter:3", "profile:phone", "talks:recording".
    `text_code` names the words that were shown; `asked_at` when, if that was earlier.
    `proof` holds what shows that it was this person: never a token.
    """

    address_key: str
    purpose: str
    action: ConsentAction
    channel: str
    text_code: str = ""
    person_id: int | None = None
    asked_at: datetime | None = None
    proof: Mapping[str, str] = field(default_factory=dict)


async def record(actor: Actor, answer: Answer, *, now: datetime) -> int:
    """Write one answer down in the caller's transaction and return its id.

    A stranger acts for the address because a link in their mailbox opened the page.
    Refuses: OnlyThePerson, when somebody else says yes after a no.
    """
    async with transaction():
        await _lock(answer)
        newest = await queries.newest(answer.address_key, answer.purpose)
        rules.check(newest, answer.action, by_the_person=_is_the_person(actor, answer))
        words = await queries.find_words(answer.text_code, answer.asked_at or now)
        event = ConsentEvent(
            person=answer.person_id,
            address_key=answer.address_key,
            purpose=answer.purpose,
            action=answer.action,
            text=words.id if words else None,
            channel=answer.channel,
            actor=actor.name,
            proof=json.dumps(dict(answer.proof), ensure_ascii=False),
            at=now,
        )
        await event.save()
    return event.id


async def publish_words(
    actor: Actor, code: str, *, text_nl: str, text_en: str, now: datetime
) -> int:
    """Make these the words of a consent from now on and return their version.

    The same words again change nothing; other words are a new version beside the old ones.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"consent_text:{code}")
        current = await queries.find_words(code, now)
        if current and (current.text_nl, current.text_en) == (text_nl, text_en):
            return current.version
        version = current.version + 1 if current else 1
        words = ConsentText(
            code=code, version=version, text_nl=text_nl, text_en=text_en, valid_from=now
        )
        await words.save()
        after = {"code": code, "version": version}
        await audit.record(actor, "publish", ("consent_text", words.id), after=after)
    return version


async def hide(person_id: int, address_keys: Sequence[str]) -> int:
    """Forget whose answers these were; that an address said no stays. How many answers there were.

    Inside the transaction in which the person is erased. Answers under an earlier address of theirs
    are hidden under that address.
    """
    rows = await execute(
        "SELECT DISTINCT address_key FROM consent_event WHERE address_key NOT LIKE '#%'"
        " AND (person = $1 OR address_key = ANY($2::text[]))",
        *(person_id, list(address_keys)),
    )
    found = 0
    for row in rows:
        hidden = await execute(
            "UPDATE consent_event SET person = NULL, address_key = $2, actor = '', proof = '{}'"
            " WHERE address_key = $1 RETURNING id",
            *(row["address_key"], rules.hidden(row["address_key"])),
        )
        found += len(hidden)
    return found


async def _lock(answer: Answer) -> None:
    """Answers of one address to one purpose are written one after another."""
    key = f"consent:{answer.address_key}:{answer.purpose}"
    await execute("SELECT pg_advisory_xact_lock(hashtext($1))", key)


def _is_the_person(actor: Actor, answer: Answer) -> bool:
    if actor.is_signed_in:
        return actor.person_id == answer.person_id
    return not actor.is_board
