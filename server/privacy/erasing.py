"""Erasure as a plan that is read before it is carried out (AVG art. 17).

The plan follows from `tables.processing`: what is erased, made anonymous, or kept and on which
ground. It runs in one transaction, for somebody and for everybody merged into them; what goes on,
such as a membership, is ended first by its verb.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emails.letters.people import DataErased
from server import clock, language
from server.accounts import sessions
from server.accreditation import lists as accreditation
from server.actors import Actor
from server.attendance import service as door
from server.audit import chain
from server.audit import service as audit
from server.consent import service as consent
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.fees import mandates
from server.imports import service as imports
from server.outbox import service as outbox
from server.people import ending
from server.people import service as people
from server.people.rules import email_key
from server.privacy import asking, register
from server.rights import Area
from server.talks import forgetting as talks
from tables.people import Person
from tables.processing import BY_OWN_VERB, PROCESSING, Erasing, Ground

FIRST = ("audit_entry", "webhook_delivery")  # found through rows that are erased later
LAST = ("import_row", "email_change")  # through which others are found
GOES_ON = """SELECT 'membership' AS kind FROM membership WHERE person = ANY($1)
    AND (ends_on IS NULL OR ends_on >= $2)
  UNION SELECT 'office' FROM role_grant WHERE person = ANY($1)
    AND (until_on IS NULL OR until_on >= $2)
  UNION SELECT 'seat' FROM group_membership WHERE person = ANY($1)
    AND state IN ('requested', 'invited', 'active', 'on_leave')
    AND (until_on IS NULL OR until_on >= $2)
  UNION SELECT 'registration' FROM registration_line l JOIN registration r
    ON r.id = l.registration JOIN event e ON e.id = r.event WHERE l.person = ANY($1)
    AND e.ends_at > $3 AND l.state IN ('unverified', 'approval', 'waiting', 'offered', 'confirmed')
  UNION SELECT 'fee' FROM fee f JOIN membership m ON m.id = f.membership
    WHERE m.person = ANY($1) AND f.state = 'due'
  UNION SELECT 'talk' FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal
    JOIN call c ON c.id = p.call JOIN event e ON e.id = c.event WHERE s.person = ANY($1)
    AND e.ends_at > $3 AND p.state IN
      ('submitted', 'revision', 'reserve', 'accepted', 'confirmed')
  ORDER BY 1"""
# Rows of theirs that are gone by now: their lines in the trail said whose they were.
FORMER = """SELECT DISTINCT entity, entity_id FROM audit_entry
  WHERE (before->>'person' = ANY($1::int[]::text[]) OR after->>'person' = ANY($1::int[]::text[]))
    AND entity = ANY($2::text[])"""


class GoesOn(Refusal):
    """Something goes on that must end first."""

    code = "privacy.goes_on"


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


async def plan(person_id: int, *, now: datetime) -> Plan:
    """What erasing somebody would do now. Raises NotFound for who was erased or merged."""
    who = await people.get(person_id)
    if who.anonymised_at is not None or who.merged_into is not None:
        raise NotFound
    return await _plan(await people.family(person_id), now)


async def _plan(family: list[int], now: datetime) -> Plan:
    steps = []
    for table, rows in (await register.counts(family)).items():
        one = PROCESSING[table]
        steps.append(Step(table, rows, one.erasing, one.ground, one.keeps))
    found = await execute(GOES_ON, family, clock.day_of(now), now)
    return Plan(steps, [str(row["kind"]) for row in found])


async def erase(actor: Actor, person_id: int, *, now: datetime) -> Plan:
    """Carry the plan out, and tell them at the address they had: what the plan was.

    Raises NotFound; refuses: GoesOn, OwnErasure.
    """
    if not actor.changes(Area.people):
        raise NotFound
    async with transaction():
        family = await people.family(person_id)
        await execute("SELECT 1 FROM person WHERE id = ANY($1) ORDER BY id FOR UPDATE", family)
        if actor.person_id in family:
            raise OwnErasure
        found = await plan(person_id, now=now)
        if found.goes_on:
            raise GoesOn
        who = await people.get(person_id)
        addresses = await _addresses(family)
        subjects = await _subjects(family)
        await _end(actor, family, now)
        await _tables(family, [step.table for step in found.steps])
        await _own_verbs(actor, family, addresses)
        await _blank("person", family)
        for one in family:
            await ending.note_erasure(one, now=now)
            await chain.black_out(actor, one, subjects, now=now)
        counted = {step.table: step.rows for step in found.steps}
        told = {step.table: [step.erasing.value, step.rows] for step in found.steps}
        erasure_id = await asking.done(person_id, json.dumps(told), now=now)
        await audit.record(actor, "erase", ("person", person_id), after=counted)
        await _tell(who, erasure_id, now)
    return found


async def _addresses(family: list[int]) -> list[str]:
    """Every address of theirs that we still know, the earlier ones too."""
    rows = await execute(
        "SELECT email AS address FROM person WHERE id = ANY($1) AND email IS NOT NULL"
        " UNION SELECT old_email FROM email_change WHERE person = ANY($1)"
        " AND old_email IS NOT NULL",
        family,
    )
    return [str(row["address"]) for row in rows]


async def _subjects(family: list[int]) -> list[tuple[str, int]]:
    """Every row of theirs, also former ones, so that the trail forgets what it says of each."""
    found, tables = [], []
    for table, one in PROCESSING.items():
        if one.subject and table not in ("audit_entry", "webhook_delivery", "import_batch"):
            rows = await execute(f'SELECT t.id FROM "{table}" t WHERE {one.subject}', family)
            found += [(table, int(row["id"])) for row in rows]
            tables.append(table)
    former = await execute(FORMER, family, tables)
    return [*found, *((str(row["entity"]), int(row["entity_id"])) for row in former)]


async def _end(actor: Actor, family: list[int], now: datetime) -> None:
    """What can end by itself: sessions, and the mandate to collect fees."""
    for one in family:
        await sessions.end_all(actor, one)
        await mandates.end(actor, one, now=now)
    await imports.forget_lines_of(family)
    await accreditation.forget_numbers(family)
    await talks.forget(family)


async def _tables(family: list[int], tables: list[str]) -> None:
    """Erase and blank, the trail's deliveries first and the person last."""
    order = sorted(tables, key=lambda table: (table not in FIRST, table in LAST))
    for table in order:
        one = PROCESSING[table]
        if table in (*BY_OWN_VERB, *LAST, "person"):
            continue
        if one.erasing == Erasing.erase:
            await execute(f'DELETE FROM "{table}" t WHERE {one.subject}', family)
        elif one.erasing == Erasing.blank:
            await _blank(table, family)


async def _own_verbs(actor: Actor, family: list[int], addresses: Sequence[str]) -> None:
    """Letters and answers; then what led to them."""
    rows = await execute("SELECT display_name FROM person WHERE id = ANY($1)", family)
    # A surname alone is also somebody else's.
    names = [str(row["display_name"]) for row in rows]
    words = [*names, *addresses]
    await door.forget_scanner(names)
    await accreditation.forget_exporter(names)
    keys = [email_key(address) for address in addresses]
    for one in family:
        await outbox.forget_person(actor, one, addresses=[*addresses, *keys], words=words)
        await consent.hide(one, keys)
    for table in LAST:
        await execute(f'DELETE FROM "{table}" t WHERE {PROCESSING[table].subject}', family)


async def _blank(table: str, family: list[int]) -> None:
    one = PROCESSING[table]
    values: dict[str, Any] = dict(one.blanks)
    if not values:
        return
    assignments = ", ".join(f'"{column}" = ${n}' for n, column in enumerate(values, start=2))
    await execute(
        f'UPDATE "{table}" AS t SET {assignments} WHERE {one.subject}', family, *values.values()
    )


async def _tell(who: Person, erasure_id: int, now: datetime) -> None:
    """One last letter; address and words are forgotten as soon as it has left."""
    if who.email is None or who.deceased_on is not None:
        return
    to = outbox.Recipient(None, who.display_name, who.email, who.language)
    letter = DataErased(day=language.day(clock.day_of(now), who.language))
    await outbox.post(letter, to, cause=f"erasure:{erasure_id}:done", forgets_address=True)
