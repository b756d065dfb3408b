"""What people decide about who was there: a paper list that is ticked, and one person corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.attendance import minutes, presence, telling
from server.attendance.drawing_up import locked, require_managed
from server.attendance.minutes import Span
from server.attendance.refusals import ListSettled
from server.attendance.states import OBJECTION
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid
from tables.attendance import AttendanceSource, Presence, PresenceState

Cell = tuple[int, int | None]  # person, part


@dataclass(frozen=True)
class Correction:
    """Minutes of one person by part, or that they stayed away with notice, and why."""

    minutes: Mapping[int | None, int]
    reason: str
    is_excused: bool = False


async def tick_off(
    actor: Actor, event_id: int, ticked: set[Cell], *, was: set[Cell], now: datetime
) -> int:
    """Take over a paper list: who is ticked was at the whole part, who no longer is was not.

    `was` is what was ticked when the page was opened: only what differs is changed, so that two
    people at two lists do not undo each other. Who left the list meanwhile is passed over. Returns
    how many people it changed. Refuses: NoListYet, ListSettled. Raises NotFound.
    """
    async with transaction():
        await require_managed(actor, event_id)
        held = await locked(event_id)
        if held["state"] == PresenceState.settled:
            raise ListSettled
        changed: set[int] = set()
        sheets = await presence.of_event(event_id)
        spans = {(one.person_id, part.part_id): part.span for one in sheets for part in one.parts}
        for cell in sorted((ticked ^ was) & spans.keys(), key=str):
            span = spans[cell]
            there = span.minutes if cell in ticked else 0
            row = (span, there, minutes.presence(there, span), AttendanceSource.list, "")
            if await _decide(actor, event_id, cell[0], row, now):
                changed.add(cell[0])
        if held["state"] == PresenceState.shown:
            await telling.corrected(event_id, changed)
    return len(changed)


async def correct(
    actor: Actor, event_id: int, person_id: int, correction: Correction, *, now: datetime
) -> None:
    """Write down what somebody's minutes really are, also once the list is settled.

    Whoever saw theirs is told why; an objection of theirs is accepted by it. Raises NotFound,
    Invalid on `reason` and `minutes`. Refuses: NoListYet.
    """
    reason = correction.reason.strip()
    if not reason:
        raise Invalid(reason="errors.field.required")
    async with transaction():
        await require_managed(actor, event_id)
        held = await locked(event_id)
        changed = False
        for span in [part.span for part in (await presence.of_person(event_id, person_id)).parts]:
            there = 0 if correction.is_excused else correction.minutes.get(span.part_id)
            if there is None:
                continue
            if not 0 <= there <= span.minutes:
                raise Invalid(minutes="attendance.invalid.minutes")
            called = Presence.excused if correction.is_excused else minutes.presence(there, span)
            row = (span, there, called, AttendanceSource.board, reason)
            changed = await _decide(actor, event_id, person_id, row, now) or changed
        await _accept(actor, event_id, person_id, reason, now)
        if changed and held["state"] != PresenceState.drawn:
            await telling.corrected(event_id, {person_id}, reason=reason)


async def _accept(actor: Actor, event_id: int, person_id: int, answer: str, now: datetime) -> None:
    rows = await execute(
        "SELECT id FROM presence_objection WHERE event = $1 AND person = $2 AND state = 'open'",
        *(event_id, person_id),
    )
    for row in rows:
        answered = {"answer": answer, "answered_at": now}
        await OBJECTION.move(row["id"], "accept", actor=actor, set_also=answered)


async def _decide(
    actor: Actor,
    event_id: int,
    person_id: int,
    row: tuple[Span, int, Presence, AttendanceSource, str],
    now: datetime,
) -> bool:
    """One person at one part that is on the list, with an audit line: whether it changed."""
    span, there, called, source, reason = row
    values: dict[str, Any] = {"minutes": there, "presence": called.value, "source": source.value}
    found = await execute(
        "SELECT id, minutes, presence, source, reason FROM attendance"
        " WHERE event = $1 AND person = $2 AND part IS NOT DISTINCT FROM $3 FOR UPDATE",
        *(event_id, person_id, span.part_id),
    )
    before = {name: found[0][name] for name in values}
    if (before["minutes"], before["presence"]) == (there, called.value):
        return False
    await execute(
        "UPDATE attendance SET minutes = $2, presence = $3, source = $4, reason = $5,"
        " decided_by = $6, changed_at = $7, revision = revision + 1 WHERE id = $1",
        *(found[0]["id"], there, called, source, reason, actor.person_id, now),
    )
    subject = ("attendance", found[0]["id"])
    await audit.record(actor, "change", subject, before=before, after=values, reason=reason)
    return True
