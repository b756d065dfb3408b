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
TOUCHED = """SELECT DISTINCT c.event, c.person FROM certificate c JOIN attendance a
  ON a.event = c.event AND a.person = c.person
  WHERE c.state = 'valid' AND a.changed_at > c.created_at - interval '5 minutes' ORDER BY 1, 2"""


async def give_all(actor: Actor, event_id: int, *, now: datetime) -> int:
    """A certificate for everybody who was there and never had one: how many.

    Whose certificate was revoked gets none this way. Raises NotFound. Refuses: NotSettled,
    NothingToGive.
    """
    async with transaction():
        await _hold_settled(actor, event_id)
        had = await execute("SELECT DISTINCT person FROM certificate WHERE event = $1", event_id)
        have = {row["person"] for row in had}
        sheets = [one for one in await presence.of_event(event_id) if rules.gets_one(one)]
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
        sheet = await presence.of_person(event_id, person_id)
        if not rules.gets_one(sheet):
            raise NotFound
        await _replace(actor, event_id, sheet, now)


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

    Safe to do late or twice.
    """
    touched: dict[int, set[int]] = {}
    for row in await execute(TOUCHED):
        touched.setdefault(row["event"], set()).add(row["person"])
    return sum(await each(touched.items(), lambda one: _follow(*one, now)))


async def _follow(event_id: int, theirs: set[int], now: datetime) -> int:
    async with transaction():
        await execute("SELECT 1 FROM presence_list WHERE event = $1 FOR UPDATE", event_id)
        return await _bring_up_to_date(event_id, theirs, now)


async def _bring_up_to_date(event_id: int, theirs: set[int], now: datetime) -> int:
    sheets = {one.person_id: one for one in await presence.of_event(event_id)}
    done = 0
    for view in await queries.of_event(event_id):
        sheet = sheets.get(view.person_id)
        if not view.is_valid or view.person_id not in theirs or sheet is None:
            continue
        if rules.digest(sheet) == view.digest:
            continue
        if rules.gets_one(sheet):
            await _replace(SYSTEM, event_id, sheet, now)
        else:
            await CERTIFICATE.move(view.id, "revoke", actor=SYSTEM)
            await telling.revoked(view, "")
        done += 1
    return done


async def _replace(actor: Actor, event_id: int, sheet: Sheet, now: datetime) -> None:
    held = await execute(
        "SELECT id FROM certificate WHERE event = $1 AND person = $2 AND state = 'valid'",
        *(event_id, sheet.person_id),
    )
    for row in held:
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
