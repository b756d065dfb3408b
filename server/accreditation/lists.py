"""Who is handed in to a register, and who would lose points for want of a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.accreditation import queries, rules
from server.accreditation.queries import AccreditationView
from server.attendance import minutes, presence
from server.attendance.presence import Sheet
from server.clock import day_of
from server.database import execute
from server.people import registers
from tables.attendance import Presence
from tables.events import PartKind

KEPT_DAYS = 2 * 365  # how long what was handed in is kept
# Numbers of who became one with their double went along.
NUMBERS = """SELECT w.id AS person, n.number, n.state, n.title, n.valid_until FROM person w
  JOIN registration_number n ON n.person IN (w.id, w.merged_into)
  WHERE n.register = $1 AND w.id = ANY($2::int[]) AND n.state <> 'withdrawn'
  ORDER BY w.id, n.state = 'verified' DESC, n.number"""
THEIRS = """SELECT number FROM registration_number WHERE person = ANY($1::int[])
  UNION SELECT said.number FROM audit_entry a
    CROSS JOIN LATERAL (VALUES (a.before ->> 'number'), (a.after ->> 'number')) AS said(number)
  WHERE a.entity = 'registration_number' AND said.number IS NOT NULL AND a.entity_id IN (
    SELECT id FROM registration_number WHERE person = ANY($1::int[])
    UNION SELECT o.entity_id FROM audit_entry o WHERE o.entity = 'registration_number'
      AND (o.before ->> 'person' = ANY($1::int[]::text[])
        OR o.after ->> 'person' = ANY($1::int[]::text[])))"""
WHOM = """SELECT r.person, r.code, w.email IS NOT NULL AS has_address FROM registration r
  JOIN person w ON w.id = r.person WHERE r.event = $1 AND r.person = ANY($2::int[])"""


@dataclass(frozen=True)
class Without:
    """Somebody who earned the points, and why the register cannot be told.

    `why`: none (no number), odd (not written as the register writes it), expired.
    """

    person_id: int
    name: str
    why: str
    code: str
    has_address: bool


@dataclass(frozen=True)
class HandIn:
    """One list: the numbers, whom they are of, who lacks one, and who was not there long enough."""

    lines: list[str] = field(default_factory=list)
    people: int = 0
    without: list[Without] = field(default_factory=list)
    too_short: list[str] = field(default_factory=list)


async def of(view: AccreditationView) -> HandIn:
    """The list for a register as it is now; empty while nobody's presence was drawn up."""
    sheets = [one for one in await presence.of_holders(view.event_id) if not one.is_erased]
    slots = await queries.slots(view.event_id, view.starts_at, view.ends_at)
    whole = rules.covered(slots, [PartKind.content])
    long_enough = [s for s in sheets if rules.earned(view.register, credited(s), whole)]
    have = {sheet.person_id for sheet in long_enough}
    numbers = await _numbers(view, [sheet.person_id for sheet in long_enough])
    lines = sorted({line for found in numbers.values() for line in found.usable})
    without = [s for s in long_enough if not numbers.get(s.person_id, _Found()).usable]
    return HandIn(
        lines=lines,
        people=len(long_enough) - len(without),
        without=await _without(view, without, numbers),
        too_short=[s.display_name for s in sheets if s.person_id not in have and s.was_there],
    )


def credited(sheet: Sheet) -> int:
    """Minutes of content; who was at a part but for a little while was at the whole of it."""
    there = {
        one.part_id: one.span.minutes if one.presence == Presence.present else one.minutes
        for one in sheet.parts
    }
    return minutes.total(there, [one.span for one in sheet.parts])


@dataclass
class _Found:
    usable: list[str] = field(default_factory=list)
    odd: bool = False
    expired: bool = False


async def _numbers(view: AccreditationView, people: Sequence[int]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for row in await execute(NUMBERS, view.numbers, list(people)):
        one = found.setdefault(row["person"], _Found())
        if _has_run_out(row, view):
            one.expired = True
        elif registers.check(view.numbers, row["number"], row["title"]).problem is not None:
            one.odd = True
        else:
            one.usable.append(row["number"])
    return found


def _has_run_out(row: dict[str, Any], view: AccreditationView) -> bool:
    """On the day itself: what runs out between the day and the handing in cost nobody anything."""
    until: date | None = row["valid_until"]
    if until is None:
        return bool(row["state"] == "expired")
    return until < day_of(view.starts_at)


async def _without(
    view: AccreditationView, sheets: Sequence[Sheet], numbers: dict[int, _Found]
) -> list[Without]:
    ids = [sheet.person_id for sheet in sheets]
    whom = {row["person"]: row for row in await execute(WHOM, view.event_id, ids)}
    return [
        Without(
            sheet.person_id,
            sheet.display_name,
            _why(numbers.get(sheet.person_id, _Found())),
            whom[sheet.person_id]["code"],
            whom[sheet.person_id]["has_address"],
        )
        for sheet in sheets
        if sheet.person_id in whom
    ]


def _why(found: _Found) -> str:
    if found.odd:
        return "odd"
    return "expired" if found.expired else "none"


async def forget_numbers(person_ids: Sequence[int]) -> None:
    """Take the numbers of who is erased off the lists that were handed in, before they are gone;
    also those they had before, which only the trail still knows."""
    await execute(
        f"WITH theirs AS ({THEIRS}) UPDATE presence_export e SET lines ="
        " ARRAY(SELECT l FROM unnest(e.lines) AS l WHERE l NOT IN (SELECT number FROM theirs))"
        " WHERE e.lines && ARRAY(SELECT number FROM theirs)::varchar[]",
        list(person_ids),
    )


async def forget_exporter(names: Sequence[str]) -> None:
    """Take the names of who is erased off what they handed in to registers."""
    await execute("UPDATE presence_export SET by = '' WHERE by = ANY($1::text[])", list(names))
