"""Asking points for an event, and handing in who was there.

Who does it changes events and sees people: numbers of people leave the house here.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from server.accreditation import lists, queries, rules, telling
from server.accreditation.queries import AccreditationView
from server.accreditation.refusals import (
    AlreadyPlanned,
    NobodyToAsk,
    NothingNew,
    PresenceNotSettled,
)
from server.accreditation.states import ACCREDITATION
from server.actors import SYSTEM, Actor
from server.attendance import presence
from server.audit import service as audit
from server.clock import day_of
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.one_by_one import each
from server.rights import Area
from tables.accreditation import AccreditationState

MOST_POINTS = Decimal(500)
# What may differ from what was handed in: minutes or numbers were touched since, or two people
# became one. Also shortly before: a change that waited for its turn says when it was asked for. A
# list of which the numbers are forgotten is no longer compared.
TOUCHED = f"""SELECT a.id FROM accreditation a JOIN LATERAL (SELECT x.exported_at
    FROM presence_export x WHERE x.accreditation = a.id ORDER BY x.id DESC LIMIT 1) last ON true
  JOIN accreditation_register r ON r.id = a.register
  WHERE a.state IN ('exported', 'confirmed')
  AND last.exported_at > $1::timestamptz - interval '{lists.KEPT_DAYS} days' AND EXISTS (
    SELECT 1 FROM attendance t LEFT JOIN registration_number n
      ON n.person = t.person AND n.register = r.numbers
    LEFT JOIN merge_event m ON t.person IN (m.kept, m.absorbed)
    WHERE t.event = a.event
    AND greatest(t.changed_at, n.changed_at, m.merged_at, m.undone_at)
      > last.exported_at - interval '5 minutes')
  ORDER BY a.id"""
OVER = """SELECT a.id FROM accreditation a JOIN presence_list p ON p.event = a.event
  WHERE a.state = 'granted' AND p.state = 'settled' ORDER BY a.id"""


async def plan(actor: Actor, event_id: int, register_id: int, *, now: datetime) -> int:
    """Put a register with an event: its rules of that day go along. Raises NotFound.

    Refuses: AlreadyPlanned.
    """
    async with transaction():
        rows = await execute("SELECT id, starts_at FROM event WHERE id = $1 FOR UPDATE", event_id)
        if not rows or not may(actor):
            raise NotFound
        found = await queries.choices(event_id, day_of(rows[0]["starts_at"]))
        if register_id not in {one.id for one in found}:
            known = "SELECT 1 FROM accreditation_register WHERE id = $1"
            raise AlreadyPlanned if await execute(known, register_id) else NotFound
        made = await execute(
            "INSERT INTO accreditation (event, register, created_at, changed_at)"
            " VALUES ($1, $2, $3, $3) RETURNING id",
            *(event_id, register_id, now),
        )
        subject, after = ("accreditation", made[0]["id"]), {"register": register_id}
        await audit.record(actor, "create", subject, after=after)
    return int(made[0]["id"])


async def submit(actor: Actor, accreditation_id: int, *, external_id: str = "") -> None:
    """It was asked of the register, under this number of theirs. Refuses: WrongState."""
    also: dict[str, object] = {"external_id": external_id.strip()[:60]} if external_id else {}
    await _move(actor, accreditation_id, "submit", also)


async def question(actor: Actor, accreditation_id: int, note: str) -> None:
    """The register asks for more. Raises Invalid on `note`. Refuses: WrongState."""
    await _move(actor, accreditation_id, "question", {"note": _words(note)})


async def answer(actor: Actor, accreditation_id: int) -> None:
    """What the register asked for was sent. Refuses: WrongState."""
    await _move(actor, accreditation_id, "answer", {})


async def grant(actor: Actor, accreditation_id: int, points: str, *, external_id: str = "") -> None:
    """So many points were granted; how we count is kept beside it.

    Raises Invalid on `points`. Refuses: WrongState.
    """
    given = points_in(points)
    view = await queries.one(accreditation_id)
    slots = await queries.slots(view.event_id, view.starts_at, view.ends_at)
    also: dict[str, object] = {
        "points": given,
        "arithmetic": rules.arithmetic(view.register, slots, "nl"),
    }
    if external_id:
        also["external_id"] = external_id.strip()[:60]
    await _move(actor, accreditation_id, "grant", also)


def points_in(text: str) -> Decimal:
    """Points as people write them: `6`, `6,5`, `6.25`. Raises Invalid on `points`."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Invalid(points="accreditation.invalid.points") from None
    if not found.is_finite() or not 0 <= found <= MOST_POINTS or found != round(found, 2):
        raise Invalid(points="accreditation.invalid.points")
    return found


async def refuse(actor: Actor, accreditation_id: int, note: str) -> None:
    """The register says no. Raises Invalid on `note`. Refuses: WrongState."""
    await _move(actor, accreditation_id, "refuse", {"note": _words(note)})


async def withdraw(actor: Actor, accreditation_id: int, note: str = "") -> None:
    """It is not asked any more. Refuses: WrongState."""
    await _move(actor, accreditation_id, "withdraw", {"note": note.strip()} if note else {})


async def resume(actor: Actor, accreditation_id: int) -> None:
    """It is asked once more, from the beginning. Refuses: WrongState."""
    await _move(actor, accreditation_id, "resume", {"points": None, "arithmetic": ""})


async def confirm(actor: Actor, accreditation_id: int) -> None:
    """The register has taken the list. Refuses: WrongState."""
    await _move(actor, accreditation_id, "confirm", {})


async def export(actor: Actor, accreditation_id: int, *, now: datetime) -> int:
    """Hand in the list as it is now, and keep what was handed in: the id of what is kept.

    Refuses: PresenceNotSettled, NothingNew, WrongState. Raises NotFound.
    """
    async with transaction():
        view = await _held(actor, accreditation_id)
        if not await presence.is_settled(view.event_id):
            raise PresenceNotSettled
        if view.state == AccreditationState.granted:
            await ACCREDITATION.move(view.id, "open", actor=actor)
        found = await lists.of(view)
        before = await queries.exports(view.id)
        if before and before[0].lines == found.lines:
            raise NothingNew
        await ACCREDITATION.move(view.id, "export", actor=actor)
        rows = await execute(
            "INSERT INTO presence_export (accreditation, lines, line_count, checksum,"
            " exported_at, by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            *(view.id, found.lines, len(found.lines), rules.checksum(found.lines), now),
            actor.name[:120],
        )
        after = {"rows": len(found.lines), "register": view.code}
        await audit.record(actor, "export", ("presence_export", rows[0]["id"]), after=after)
    return int(rows[0]["id"])


async def ask_numbers(actor: Actor, accreditation_id: int) -> int:
    """Ask exactly those whose missing number would cost them points, each once: how many.

    Raises NotFound. Refuses: NobodyToAsk.
    """
    async with transaction():
        view = await _held(actor, accreditation_id)
        found = [one for one in (await lists.of(view)).without if one.has_address]
        asked = await telling.ask_numbers(view, found)
        if not asked:
            raise NobodyToAsk
        await audit.record(
            actor, "ask_numbers", ("accreditation", view.id), after={"people": asked}
        )
    return asked


async def tick(now: datetime) -> int:
    """Open what can be handed in, and again what was corrected since; remind of what is due.

    How many were opened. Safe to do late or twice.
    """
    opened, _ = await each((_open_all, _remind_all), lambda step: step(now))
    return opened


async def _open_all(now: datetime) -> int:
    due = [(row["id"], False) for row in await execute(OVER)]
    due += [(row["id"], True) for row in await execute(TOUCHED, now)]
    return sum(await each(due, lambda one: _open(one[0], only_if_changed=one[1])))


async def _remind_all(now: datetime) -> int:
    return len(await each(await queries.open_ones(), lambda view: _remind(view, now)))


async def _remind(view: AccreditationView, now: datetime) -> None:
    async with transaction():
        await telling.remind(view, day_of(now))


async def _open(accreditation_id: int, *, only_if_changed: bool) -> int:
    async with transaction():
        view = await _held(SYSTEM, accreditation_id)
        if only_if_changed:
            last = (await queries.exports(view.id))[0]
            if (await lists.of(view)).lines == last.lines:
                return 0
        if not view.allows_following("open"):
            return 0
        await ACCREDITATION.move(view.id, "open", actor=SYSTEM)
    return 1


def may(actor: Actor) -> bool:
    """Who handles accreditation: changes events, and sees the numbers of people."""
    return actor.changes(Area.events) and actor.sees(Area.people)


async def _held(actor: Actor, accreditation_id: int) -> AccreditationView:
    """An accreditation that nobody else changes until the transaction ends. Raises NotFound."""
    await execute("SELECT 1 FROM accreditation WHERE id = $1 FOR UPDATE", accreditation_id)
    if not may(actor):
        raise NotFound
    return await queries.one(accreditation_id)


async def _move(actor: Actor, accreditation_id: int, action: str, also: Mapping[str, Any]) -> None:
    async with transaction():
        view = await _held(actor, accreditation_id)
        await ACCREDITATION.move(view.id, action, actor=actor, set_also=dict(also))


def _words(note: str) -> str:
    said = note.strip()
    if not said:
        raise Invalid(note="errors.field.required")
    return said
