"""Changing one event of a series, it and the following, or all that are still to come.

Every event changes by the one verb of events; here is decided which, and who hears it once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server import hours
from server.actors import Actor
from server.clock import day_of
from server.database import transaction
from server.errors import Invalid
from server.events import claims
from server.events import rooms as event_rooms
from server.events.refusals import WasHeld
from server.events.rooms import Clash
from server.registrations import line, organising
from server.registrations.refusals import NoNewDate
from server.rights import Area
from server.series import laying_out, queries, rooms, rules
from server.series.rules import Scope
from server.series.telling import Letters


@dataclass(frozen=True)
class Move:
    """What becomes of one event. `trouble` is the key of why it cannot be; then nothing is saved.

    `lines` is what its letter would say, `whom` to whom. `clashes`: who else plans to be in its
    rooms; `along`: which windows of registration move with it.
    """

    id: int
    slug: str
    revision: int
    was_at: datetime
    starts_at: datetime
    ends_at: datetime
    values: Mapping[str, Any]
    lines: Sequence[str] = ()
    whom: frozenset[int] = frozenset()
    trouble: str = ""
    clashes: Sequence[Clash] = ()
    along: Sequence[str] = ()

    @property
    def holiday(self) -> str:
        """The public holiday it would fall on, if it moves."""
        if self.starts_at == self.was_at:
            return ""
        return rules.holiday(day_of(self.starts_at), day_of(self.ends_at))

    @property
    def is_doubled(self) -> bool:
        """It would begin in an hour that comes twice."""
        return self.starts_at != self.was_at and bool(hours.which(self.starts_at))


@dataclass(frozen=True)
class Plan:
    """A change before it is saved. `stay`: when those begin that it is not for, though in scope:
    they began, or are off."""

    series_id: int
    scope: Scope
    moves: Sequence[Move]
    stay: Sequence[datetime] = ()

    @property
    def people(self) -> int:
        """How many would get a letter: each of them one."""
        return len(frozenset[int]().union(*(move.whom for move in self.moves)))

    @property
    def has_trouble(self) -> bool:
        """Whether it cannot be saved."""
        return any(move.trouble for move in self.moves)

    @property
    def mark(self) -> str:
        """What whoever looked at it saw: with anything else, they look again."""
        seen = [
            (one.id, one.revision, str(one.starts_at), *one.lines, *one.clashes, *one.along)
            for one in self.moves
        ]
        return hashlib.sha256(repr((self.scope, seen, self.people)).encode()).hexdigest()[:16]


async def plan(
    actor: Actor, event_id: int, asked: Mapping[str, Any], scope: Scope, said: str, *, now: datetime
) -> Plan:
    """What a change of one event would do to those in its scope; nothing is written.

    `asked` are columns of `event` as they are to be for this one. Only what is still to come is
    touched. Raises Invalid with what is wrong, or when nothing would change; NotFound.
    """
    was = await queries.row_of(event_id)
    if not actor.manages(asked.get("group", was["group"]), Area.events):
        raise Invalid(group="errors.field.choice")
    if not was["series"]:
        raise Invalid(scope="series.invalid.nothing")
    rows = await queries.rows_of(was["series"])
    in_scope = [row for row in rows if _is_in_scope(actor, row, was, scope)]
    targets = [row for row in in_scope if _is_to_come(row, now)]
    if not targets:
        raise Invalid(scope="series.invalid.over")
    moves = [await _move(was, asked, row, said, now) for row in targets]
    if not any(move.values for move in moves):
        raise Invalid(scope="series.invalid.nothing")
    changing = [move for move in moves if move.values]
    stay = [row["starts_at"] for row in in_scope if not _is_to_come(row, now)]
    return Plan(was["series"], scope, await _roomed(changing, rows), stay)


async def _roomed(moves: Sequence[Move], rows: Sequence[Mapping[str, Any]]) -> list[Move]:
    """With who else plans to be in their rooms; of an event that is shown that is trouble."""
    ours = {move.id: move.values for move in moves}
    theirs = {row["id"]: row for row in rows if row["id"] in ours}
    found = await rooms.of_changes(theirs, ours)
    return [
        replace(
            move,
            clashes=found.get(move.id, ()),
            trouble=move.trouble
            or claims.in_the_way(found.get(move.id, ()), theirs[move.id]["state"]),
        )
        for move in moves
    ]


def _is_to_come(row: Mapping[str, Any], now: datetime) -> bool:
    return row["state"] in rules.CHANGEABLE and bool(row["starts_at"] > now)


def _is_in_scope(
    actor: Actor, row: Mapping[str, Any], was: Mapping[str, Any], scope: Scope
) -> bool:
    if not actor.manages(row["group"], Area.events):
        return False
    if scope is Scope.this:
        return bool(row["id"] == was["id"])
    return scope is Scope.all or bool(row["starts_at"] >= was["starts_at"])


async def _move(
    was: Mapping[str, Any],
    asked: Mapping[str, Any],
    row: Mapping[str, Any],
    said: str,
    now: datetime,
) -> Move:
    values = rules.carried(was, asked, row)
    told, trouble = organising.Preview([], 0), ""
    try:
        values = await event_rooms.fitted(row, values)
        told = await organising.preview(row["id"], values, said, now=now)
    except Invalid as invalid:
        trouble = next(iter(invalid.fields.values()))
    except (NoNewDate, WasHeld) as refusal:
        trouble = refusal.message_key
    values = {name: value for name, value in values.items() if row[name] != value}
    return Move(
        **{name: row[name] for name in ("id", "slug", "revision")},
        was_at=row["starts_at"],
        starts_at=values.get("starts_at", row["starts_at"]),
        ends_at=values.get("ends_at", row["ends_at"]),
        values=values,
        lines=told.lines,
        along=told.along,
        whom=told.whom,
        trouble=trouble,
    )


async def change(actor: Actor, plan: Plan, *, now: datetime) -> int:
    """Carry a plan out, whole or not at all: how many events changed.

    Raises Invalid, NotFound. Refuses: Stale when one of the events was saved since.
    """
    if plan.has_trouble:
        raise Invalid(scope="series.invalid.some")
    told = Letters()
    async with transaction():
        series = await laying_out.lock(actor, plan.series_id)
        for move in await _in_order(plan.moves):
            await organising.change_event(
                *(actor, move.id, move.values),
                expected_revision=move.revision,
                tell=told.change,
                now=now,
            )
        values = {} if plan.scope is Scope.this else await _of_series(series, plan)
        revision = await laying_out.save(actor, series, values, now=now)
        await told.post(series, revision=revision)
    return len(plan.moves)


async def _in_order(moves: Sequence[Move]) -> list[Move]:
    """Events that move later from the last one on, so that each finds its room left by the next.

    All are locked first, in the order of their keys.
    """
    for event_id in sorted(move.id for move in moves):
        await line.lock(event_id)
    later = any(move.starts_at > move.was_at for move in moves)
    return sorted(moves, key=lambda one: (one.was_at, one.id), reverse=later)


async def _of_series(series: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """What the series itself is called from now on, whose it is, and on which days it falls."""
    shared = plan.moves[0].values
    values = {name: shared[name] for name in ("title", "title_en", "group") if name in shared}
    if "starts_at" in shared:
        first = plan.moves[0]
        begins = hours.along(series["starts_at"], first.was_at, first.starts_at)
        rows = await queries.rows_of(series["id"])
        held = [one["starts_at"] for one in rows if one["state"] not in laying_out.OFF]
        every = rules.every_of(series["rule"])
        values |= {"starts_at": begins, "rule": rules.rule(every, begins, max(held))}
    return values
