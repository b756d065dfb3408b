"""To ask for erasure, to take that back, and the board's answer within a month (AVG art. 12)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from emails.letters.people import ErasureDeclined
from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.outbox import service as outbox
from server.people import service as people
from server.rights import Area
from tables.privacy import Erasure

WITHIN = timedelta(days=30)
LONGEST = 2000
ASKED = """SELECT e.id, e.person AS person_id, p.display_name AS name, e.reason, e.answer,
  e.planned_at, e.done_at, e.ended_at FROM erasure e JOIN person p ON p.id = e.person"""
WAITS = "person = $1 AND done_at IS NULL AND ended_at IS NULL"


class AlreadyAsked(Refusal):
    """Erasure has been asked for."""

    code = "privacy.already_asked"


@dataclass(frozen=True)
class Asked:
    """Somebody asked to be erased, or was; `answer`: why the board did not."""

    id: int
    person_id: int
    name: str
    reason: str
    answer: str
    planned_at: datetime
    done_at: datetime | None
    ended_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether the board has to answer."""
        return self.done_at is None and self.ended_at is None

    @property
    def answer_by(self) -> date:
        """The day on which the month is over."""
        return clock.day_of(self.planned_at + WITHIN)


async def ask(actor: Actor, reason: str, *, now: datetime) -> None:
    """Somebody asks to be erased. Refuses: AlreadyAsked."""
    async with transaction():
        person_id = actor.person_id or 0
        await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
        if (last := await newest(person_id)) and last.waits:
            raise AlreadyAsked
        await Erasure(person=person_id, reason=reason.strip()[:LONGEST], planned_at=now).save()
        await audit.record(actor, "ask_erasure", ("person", person_id))


async def withdraw(actor: Actor, *, now: datetime) -> None:
    """Somebody takes the question back. Raises NotFound when none waits."""
    async with transaction():
        await _end(actor.person_id or 0, "", now)
        await audit.record(actor, "withdraw_erasure", ("person", actor.person_id or 0))


async def end_since(holder: Actor, since: datetime, *, now: datetime) -> None:
    """End a question asked since a moment by who was in somebody's account, in the transaction of
    why: the board does not erase for who is not the person.
    """
    person_id = holder.person_id or 0
    if (last := await newest(person_id)) and last.waits and last.planned_at >= since:
        await _end(person_id, "", now)
        await audit.record(holder, "withdraw_erasure", ("person", person_id))


async def decline(actor: Actor, person_id: int, answer: str, *, now: datetime) -> None:
    """The board does not erase somebody, and tells them why (AVG art. 12 lid 4).

    Raises Invalid on `answer`, NotFound when nothing waits.
    """
    if not actor.changes(Area.people):
        raise NotFound
    if not answer.strip():
        raise Invalid(answer="errors.field.required")
    async with transaction():
        erasure_id = await _end(person_id, answer.strip()[:LONGEST], now)
        await audit.record(actor, "decline_erasure", ("person", person_id))
        who = await people.get(person_id)
        to = outbox.Recipient(person_id, who.display_name, who.email or "", who.language)
        letter = ErasureDeclined(reason=answer.strip()[:LONGEST])
        await outbox.post(letter, to, cause=f"erasure:{erasure_id}:declined")


async def _end(person_id: int, answer: str, now: datetime) -> int:
    rows = await execute(
        f"UPDATE erasure SET ended_at = $2, answer = $3 WHERE {WAITS} RETURNING id",
        *(person_id, now, answer),
    )
    if not rows:
        raise NotFound
    return int(rows[0]["id"])


async def done(person_id: int, told: str, *, now: datetime) -> int:
    """Note that it was done, and what, without a word about whom: the id."""
    rows = await execute(
        "UPDATE erasure SET plan = $2::jsonb, done_at = $3, reason = ''"
        f" WHERE {WAITS} RETURNING id",
        *(person_id, told, now),
    )
    if rows:
        return int(rows[0]["id"])
    row = Erasure(person=person_id, plan=told, planned_at=now, done_at=now)
    await row.save()
    return int(row.id)


async def asked(*, is_done: bool) -> list[Asked]:
    """Who asked to be erased and waits, the oldest first; or what was done, the newest first."""
    rows = await execute(
        f"{ASKED} WHERE (e.done_at IS NOT NULL) = $1 AND e.ended_at IS NULL"
        " ORDER BY CASE WHEN $1 THEN NULL ELSE e.id END, e.id DESC LIMIT 100",
        is_done,
    )
    return [Asked(**row) for row in rows]


async def newest(person_id: int) -> Asked | None:
    """What somebody asked last, whatever became of it."""
    rows = await execute(f"{ASKED} WHERE e.person = $1 ORDER BY e.id DESC LIMIT 1", person_id)
    return Asked(**rows[0]) if rows else None
