"""Giving certificates out, replacing and revoking them.

A certificate is given out in the transaction that numbers it; its paper follows from the worker
(`making`). The list of who was there is held meanwhile, so that nobody gets two.
"""

import json
from datetime import datetime
from typing import Any

from server import clock, locks
from server.actors import SYSTEM, Actor
from server.attendance import drawing_up, presence
from server.attendance.presence import Sheet
from server.audit import service as audit
from server.certificates import queries, rules, telling
from server.certificates.queries import CertificateView
from server.certificates.refusals import NothingToGive, NotSettled
from server.certificates.states import CERTIFICATE
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.one_by_one import each
from server.people import rules as people
from tables.attendance import PresenceState

FACTS = """SELECT e.title AS title_nl, e.title_en, e.starts_at, e.ends_at,
  concat_ws(', ', nullif(v.name, ''), nullif(v.city, '')) AS place
  FROM event e LEFT JOIN venue v ON v.id = e.venue WHERE e.id = $1"""
GIVE = """INSERT INTO certificate (event, person, year, number, code, lines, digest, created_at,
    changed_at)
  SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $7 FROM certificate
  WHERE year = $3 RETURNING id"""
# Whose attendance was touched after their certificate was given out: to be looked at again. Also
# shortly before: a change that waited for its turn says when it was asked for, not when it came.
# And who became one with their double since, or two again: then a replaced one has no successor.
TOUCHED = """SELECT DISTINCT c.event, coalesce(w.merged_into, w.id) AS holder
  FROM certificate c JOIN person w ON w.id = c.person
  WHERE c.state = 'valid' AND (EXISTS (SELECT 1 FROM attendance a WHERE a.event = c.event
      AND a.person = c.person AND a.changed_at > c.created_at - interval '5 minutes')
    OR EXISTS (SELECT 1 FROM merge_event m WHERE c.person IN (m.kept, m.absorbed)
      AND greatest(m.merged_at, m.undone_at)
        > greatest(c.created_at, $1::timestamptz - interval '40 days')))
  OR c.state = 'replaced' AND w.merged_into IS NULL
    AND EXISTS (SELECT 1 FROM merge_event m WHERE w.id IN (m.kept, m.absorbed)
      AND m.undone_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM certificate n WHERE n.event = c.event AND n.person = c.person
      AND n.id > c.id)
  ORDER BY 1, 2"""
HELD = """SELECT id FROM certificate WHERE event = $1 AND state = 'valid'
  AND person IN (SELECT id FROM person WHERE $2 IN (id, merged_into)) ORDER BY id"""
HAD = """SELECT DISTINCT coalesce(w.merged_into, w.id) AS holder FROM certificate c
  JOIN person w ON w.id = c.person WHERE c.event = $1"""


async def give_all(actor: Actor, event_id: int, *, now: datetime) -> int:
    """A certificate for everybody who was there and never had one: how many.

    Whose certificate was revoked gets none this way. Raises NotFound. Refuses: NotSettled,
    NothingToGive.
    """
    async with transaction():
        await _hold_settled(actor, event_id)
        have = {row["holder"] for row in await execute(HAD, event_id)}
        sheets = [one for one in await presence.of_holders(event_id) if rules.gets_one(one)]
        due = [one for one in sheets if one.person_id not in have]
        if not due:
            raise NothingToGive
        await _give(actor, event_id, due, now)
    return len(due)


async def give_again(actor: Actor, event_id: int, person_id: int, *, now: datetime) -> None:
    """A new certificate for somebody: the one they have is replaced.

    Raises NotFound, also for who was not there. Refuses: NotSettled.
    """
    async with transaction():
        await _hold_settled(actor, event_id)
        holder_id = (await presence.of_person(event_id, person_id)).holder_id
        sheets = {one.person_id: one for one in await presence.of_holders(event_id)}
        if not rules.gets_one(sheets[holder_id]):
            raise NotFound
        await _replace(actor, event_id, sheets[holder_id], now)


async def revoke(actor: Actor, certificate_id: int, reason: str) -> None:
    """Take a certificate back and tell its holder why. Raises Invalid on `reason`, NotFound.

    Refuses: WrongState.
    """
    said = reason.strip()
    if not said:
        raise Invalid(reason="errors.field.required")
    async with transaction():
        view = await queries.one(certificate_id)
        await drawing_up.require_managed(actor, view.event_id)
        await CERTIFICATE.move(
            certificate_id, "revoke", actor=actor, reason=said, set_also={"reason": said}
        )
        await telling.revoked(view, said)


async def follow(now: datetime) -> int:
    """Replace, or revoke, every certificate whose attendance was corrected since: how many.

    Two who became one have one; two again have one each. Safe to do late or twice.
    """
    touched: dict[int, set[int]] = {}
    for row in await execute(TOUCHED, now):
        touched.setdefault(row["event"], set()).add(row["holder"])
    return sum(await each(touched.items(), lambda one: _follow(*one, now)))


async def _follow(event_id: int, theirs: set[int], now: datetime) -> int:
    async with transaction():
        await execute("SELECT 1 FROM presence_list WHERE event = $1 FOR UPDATE", event_id)
        return await _bring_up_to_date(event_id, theirs, now)


async def _bring_up_to_date(event_id: int, theirs: set[int], now: datetime) -> int:
    valid: dict[int, list[CertificateView]] = {}
    for view in await queries.of_event(event_id):
        if view.is_valid:
            valid.setdefault(view.holder_id, []).append(view)
    done = 0
    for sheet in await presence.of_holders(event_id):
        if sheet.person_id in theirs:
            done += await _follow_one(event_id, sheet, valid.get(sheet.person_id, []), now)
    return done


async def _follow_one(
    event_id: int, sheet: Sheet, valid: list[CertificateView], now: datetime
) -> bool:
    """Of what somebody has, one that says what is so stands; False where nothing changed."""
    if not rules.gets_one(sheet):
        for view in valid:
            await CERTIFICATE.move(view.id, "revoke", actor=SYSTEM)
            await telling.revoked(view, "")
        return bool(valid)
    true = [view for view in valid if view.digest == rules.digest(sheet)]
    if not true:
        await _replace(SYSTEM, event_id, sheet, now)
        return True
    stays = min(true, key=lambda view: (view.person_id != sheet.person_id, view.id))
    for view in valid:
        if view.id != stays.id:
            await CERTIFICATE.move(view.id, "replace", actor=SYSTEM)
            await telling.replaced(view, by=stays)
    return len(valid) > 1


async def _replace(actor: Actor, event_id: int, sheet: Sheet, now: datetime) -> None:
    for row in await execute(HELD, event_id, sheet.person_id):
        await CERTIFICATE.move(row["id"], "replace", actor=actor)
    await _give(actor, event_id, [sheet], now)


async def _hold_settled(actor: Actor, event_id: int) -> None:
    await drawing_up.require_managed(actor, event_id)
    rows = await execute("SELECT state FROM presence_list WHERE event = $1 FOR UPDATE", event_id)
    if not rows or rows[0]["state"] != PresenceState.settled:
        raise NotSettled


async def _give(actor: Actor, event_id: int, sheets: list[Sheet], now: datetime) -> None:
    """Number and write down one for each, while nobody else takes a number of this year."""
    today = clock.day_of(now)
    facts = rules.Facts(**(await execute(FACTS, event_id))[0])
    names = await _names([sheet.person_id for sheet in sheets])
    await execute("SELECT pg_advisory_xact_lock($1, $2)", locks.CERTIFICATES_OF_YEAR, today.year)
    for sheet in sheets:
        printed = rules.lines(names[sheet.person_id], sheet, facts, issued_on=today)
        rows = await execute(
            GIVE,
            *(event_id, sheet.person_id, today.year, rules.new_code()),
            *(json.dumps(printed, ensure_ascii=False), rules.digest(sheet), now),
        )
        subject, after = ("certificate", rows[0]["id"]), {"minutes": sheet.minutes}
        await audit.record(actor, "issue", subject, after=after)


async def _names(person_ids: list[int]) -> dict[int, str]:
    """Names with titles, as they are on this day; they stay so on the paper."""
    found: dict[int, str] = {}
    rows: list[dict[str, Any]] = await execute(
        "SELECT * FROM person WHERE id = ANY($1::int[])", person_ids
    )
    for row in rows:
        name = people.Name(**{part: row[part] for part in people.Name.__dataclass_fields__})
        found[row["id"]] = people.envelope_name(name, row["titles_before"], row["titles_after"])
    return found
