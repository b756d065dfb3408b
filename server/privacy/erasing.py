"""Erasure as a plan that is read before it is carried out (AVG art. 17).

The plan follows from `tables.processing`: what is erased, made anonymous, or kept and on which
ground. It runs in one transaction; what goes on, such as a membership, is ended first by its verb.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import clock
from server.accounts import sessions
from server.actors import Actor
from server.audit import chain
from server.audit import service as audit
from server.consent import service as consent
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.outbox import service as outbox
from server.people import ending
from server.people import service as people
from server.privacy import register
from server.rights import Area
from tables.privacy import Erasure
from tables.processing import BY_OWN_VERB, PROCESSING, Erasing, Ground

FIRST = ("audit_entry", "webhook_delivery")  # found through rows that are erased later
GOES_ON = """SELECT 'membership' AS kind FROM membership WHERE person = $1
    AND (ends_on IS NULL OR ends_on >= $2)
  UNION SELECT 'office' FROM role_grant WHERE person = $1
    AND (until_on IS NULL OR until_on >= $2)
  UNION SELECT 'seat' FROM group_membership WHERE person = $1
    AND state IN ('requested', 'invited', 'active', 'on_leave')
    AND (until_on IS NULL OR until_on >= $2)
  UNION SELECT 'registration' FROM registration_line l JOIN registration r
    ON r.id = l.registration JOIN event e ON e.id = r.event WHERE l.person = $1
    AND e.ends_at > $3 AND l.state IN ('unverified', 'approval', 'waiting', 'offered', 'confirmed')
  UNION SELECT 'fee' FROM fee f JOIN membership m ON m.id = f.membership
    WHERE m.person = $1 AND f.state = 'due'
  UNION SELECT 'talk' FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
    WHERE s.person = $1 AND p.state IN ('submitted', 'revision', 'reserve', 'accepted', 'confirmed')
  ORDER BY 1"""


class GoesOn(Refusal):
    """Something goes on that must end first."""

    code = "privacy.goes_on"


class AlreadyAsked(Refusal):
    """Erasure has been asked for."""

    code = "privacy.already_asked"


class OwnErasure(Refusal):
    """Somebody else of the board erases one's own data."""

    code = "privacy.own_erasure"


@dataclass(frozen=True)
class Step:
    """One table of the plan: how many rows, what happens to them, on what ground they are kept."""

    table: str
    rows: int
    erasing: Erasing
    ground: Ground
    keeps: str


@dataclass(frozen=True)
class Plan:
    """All that would happen; `goes_on`: kinds of things that must end first."""

    steps: list[Step]
    goes_on: list[str]


@dataclass(frozen=True)
class Asked:
    """Somebody asked to be erased, or was."""

    id: int
    person_id: int
    name: str
    reason: str
    planned_at: datetime
    done_at: datetime | None


async def plan(person_id: int, *, now: datetime) -> Plan:
    """What erasing somebody would do now. Raises NotFound for who was erased or merged."""
    who = await people.get(person_id)
    if who.anonymised_at is not None or who.merged_into is not None:
        raise NotFound
    counted = await register.counts(person_id)
    steps = []
    for table, rows in counted.items():
        one = PROCESSING[table]
        steps.append(Step(table, rows, one.erasing, one.ground, one.keeps))
    rows = await execute(GOES_ON, person_id, clock.day_of(now), now)
    return Plan(steps, [str(row["kind"]) for row in rows])


async def ask(actor: Actor, reason: str, *, now: datetime) -> None:
    """Somebody asks to be erased; the board does it within a month (AVG art. 12 lid 3).

    Refuses: AlreadyAsked.
    """
    async with transaction():
        person_id = actor.person_id or 0
        await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
        if await execute("SELECT 1 FROM erasure WHERE person = $1 AND done_at IS NULL", person_id):
            raise AlreadyAsked
        row = Erasure(person=person_id, reason=reason.strip()[:2000], planned_at=now)
        await row.save()
        await audit.record(actor, "ask_erasure", ("person", person_id))


async def erase(actor: Actor, person_id: int, *, reason: str = "", now: datetime) -> Plan:
    """Carry the plan out: what it was. Raises NotFound; refuses: GoesOn, OwnErasure."""
    if not actor.changes(Area.people):
        raise NotFound
    if actor.person_id == person_id:
        raise OwnErasure
    async with transaction():
        await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
        found = await plan(person_id, now=now)
        if found.goes_on:
            raise GoesOn
        who = await people.get(person_id)
        words = [who.display_name, who.email or ""]  # a surname alone is also somebody else's
        await sessions.end_all(actor, person_id)
        subjects = await _subjects(person_id)
        await _tables(person_id, [step.table for step in found.steps])
        await outbox.forget_person(actor, person_id, address_key=who.email_key, words=words)
        await consent.hide(person_id, who.email_key)
        await _blank("person", person_id)
        await ending.note_erasure(person_id, now=now)
        await _note(person_id, found, reason, now)
        await chain.black_out(actor, person_id, subjects, now=now)
        counted = {step.table: step.rows for step in found.steps}
        await audit.record(actor, "erase", ("person", person_id), after=counted)
    return found


async def _subjects(person_id: int) -> list[tuple[str, int]]:
    """Every row of theirs, so that the trail forgets what it says of each."""
    found = []
    for table, one in PROCESSING.items():
        if one.subject and table not in ("audit_entry", "webhook_delivery", "import_batch"):
            rows = await execute(f'SELECT t.id FROM "{table}" t WHERE {one.subject}', person_id)
            found += [(table, int(row["id"])) for row in rows]
    return found


async def _tables(person_id: int, tables: list[str]) -> None:
    """Erase and blank, the trail's deliveries first and the person last."""
    order = sorted(tables, key=lambda table: (table not in FIRST, table == "import_row"))
    for table in order:
        one = PROCESSING[table]
        if table in (*BY_OWN_VERB, "person"):
            continue
        if one.erasing == Erasing.erase:
            await execute(f'DELETE FROM "{table}" t WHERE {one.subject}', person_id)
        elif one.erasing == Erasing.blank:
            await _blank(table, person_id)


async def _blank(table: str, person_id: int) -> None:
    one = PROCESSING[table]
    values: dict[str, Any] = dict(one.blanks)
    assignments = ", ".join(f'"{column}" = ${n}' for n, column in enumerate(values, start=2))
    await execute(
        f'UPDATE "{table}" AS t SET {assignments} WHERE {one.subject}',
        person_id,
        *values.values(),
    )


async def _note(person_id: int, found: Plan, reason: str, now: datetime) -> None:
    """That it was done, and what: without a word about whom."""
    told = json.dumps({step.table: [step.erasing.value, step.rows] for step in found.steps})
    rows = await execute(
        "UPDATE erasure SET plan = $2::jsonb, done_at = $3, reason = '' WHERE person = $1"
        " AND done_at IS NULL RETURNING id",
        *(person_id, told, now),
    )
    if not rows:
        await Erasure(person=person_id, plan=told, planned_at=now, done_at=now).save()


async def asked(*, done: bool) -> list[Asked]:
    """Who asked to be erased and waits, the oldest first; or what was done, the newest first."""
    rows = await execute(
        "SELECT e.id, e.person AS person_id, p.display_name AS name, e.reason, e.planned_at,"
        " e.done_at FROM erasure e JOIN person p ON p.id = e.person"
        " WHERE (e.done_at IS NOT NULL) = $1 ORDER BY CASE WHEN $1 THEN NULL ELSE e.id END,"
        " e.id DESC LIMIT 100",
        done,
    )
    return [Asked(**row) for row in rows]


async def waits(person_id: int) -> bool:
    """Whether somebody asked to be erased and waits."""
    found = await execute("SELECT 1 FROM erasure WHERE person = $1 AND done_at IS NULL", person_id)
    return bool(found)
