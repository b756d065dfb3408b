"""Making a series of an event, and more of it: every time an event of its own."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from server import hours
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.events import service as events
from server.registrations import copying
from server.rights import Area
from server.series import queries, rooms, rules
from server.series.refusals import Full, HasEnded, InSeries, NotRepeatable
from server.series.rules import Layout, Turn
from server.web import slugs
from tables.events import EventSeries, EventState, SeriesState

ZONE = "Europe/Amsterdam"
OFF = (EventState.cancelled, EventState.archived)


async def look(event_id: int, layout: Layout, *, now: datetime) -> list[Turn]:
    """The times that would be added to an event, without itself. Raises Invalid, NotFound.

    Refuses: InSeries, NotRepeatable. Nothing is written.
    """
    return _turns(await queries.row_of(event_id), layout, now)


async def create(
    actor: Actor, event_id: int, layout: Layout, *, left_out: Collection[str], now: datetime
) -> int:
    """Make an event the first of a series and copy it to the other times: the series' id.

    `left_out` are days (`2027-02-09`) on which it is not held. Every other time must be possible.
    Copies are drafts. Raises Invalid, NotFound. Refuses: InSeries, NotRepeatable.
    """
    async with transaction():
        rows = await execute("SELECT * FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id)
        if not rows or not actor.manages(rows[0]["group"], Area.events):
            raise NotFound
        first = rows[0]
        picked = _picked(_turns(first, layout, now), left_out)
        rule = rules.rule(layout.every, first["starts_at"], picked[-1].starts_at)
        values = {
            **{name: first[name] for name in ("title", "title_en", "group", "starts_at")},
            **{"rule": rule, "timezone": ZONE, "uid": uuid4()},
        }
        series = EventSeries(**{**values, "created_at": now, "changed_at": now})
        await series.save()
        await audit.record(actor, "create", ("event_series", series.id), after=values)
        await events.join_series(actor, event_id, series.id, now=now)
        await _make(actor, first, series.id, picked, now)
    return int(series.id)


def _turns(first: Mapping[str, Any], layout: Layout, now: datetime) -> list[Turn]:
    if first["series"] is not None:
        raise InSeries
    if first["state"] not in rules.REPEATABLE:
        raise NotRepeatable
    if layout.every not in rules.possible(first["starts_at"]):
        raise Invalid(every="errors.field.choice")
    begins = rules.laid_out(layout, first["starts_at"], ZONE)
    return [rules.turn(one, _lasts(first), now=now) for one in begins[1:]]


async def clashes(turns: Sequence[Turn], *, event_id: int = 0, series_id: int = 0) -> rooms.ByDay:
    """Who else plans to be in the rooms of new times, by day: of an event or of a series."""
    example = await queries.row_of(event_id) if event_id else await _example(series_id)
    return await rooms.of_turns(example, turns)


async def look_further(series_id: int, layout: Layout, *, now: datetime) -> list[Turn]:
    """The times that would come behind the last one. Raises Invalid, NotFound; refuses: Full,
    HasEnded."""
    rows = await execute("SELECT * FROM event_series WHERE id = $1", series_id)
    if not rows:
        raise NotFound
    return _further(rows[0], await _example(series_id), layout, now)


async def extend(
    actor: Actor,
    series: queries.SeriesView,
    layout: Layout,
    *,
    left_out: Collection[str],
    now: datetime,
) -> int:
    """More times by the same rule, behind the last: how many were made.

    Raises Invalid, NotFound. Refuses: Stale when the series was changed since, Full, HasEnded.
    """
    async with transaction():
        row = await lock(actor, series.id)
        if row["revision"] != series.revision:
            raise Stale
        example = await _example(series.id)
        picked = _picked(_further(row, example, layout, now), left_out)
        await _require_room(series.id, len(picked), now)
        await _make(actor, example, series.id, picked, now)
        rule = rules.rule(series.every, row["starts_at"], picked[-1].starts_at)
        await save(actor, row, {"rule": rule}, now=now)
    return len(picked)


def _further(
    series: Mapping[str, Any], example: Mapping[str, Any], layout: Layout, now: datetime
) -> list[Turn]:
    if series["state"] == SeriesState.ended:
        raise HasEnded
    last = rules.last_of(series["rule"])
    begins = rules.laid_out(layout, series["starts_at"], series["timezone"], last)
    return [rules.turn(one, _lasts(example), now=now) for one in begins]


async def add(actor: Actor, series_id: int, starts_at: datetime, *, now: datetime) -> int:
    """One time more, on a day of its own, after the example of the last: the event's id.

    Raises Invalid, NotFound. Refuses: Full, HasEnded.
    """
    async with transaction():
        row = await lock(actor, series_id)
        if row["state"] == SeriesState.ended:
            raise HasEnded
        if starts_at <= now:
            raise Invalid(starts_at="series.invalid.past")
        for one in await queries.rows_of(series_id):
            if one["starts_at"] == starts_at and one["state"] not in OFF:
                raise Invalid(starts_at="series.invalid.taken")
        await _require_room(series_id, 1, now)
        example = await _example(series_id)
        made = await _make(
            actor, example, series_id, [rules.turn(starts_at, _lasts(example), now=now)], now
        )
        await save(actor, row, {}, now=now)
    return made[0]


async def lock(actor: Actor, series_id: int) -> dict[str, Any]:
    """The row of a series, which every verb takes before the events of it. Raises NotFound."""
    rows = await execute("SELECT * FROM event_series WHERE id = $1 FOR UPDATE", series_id)
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound
    return rows[0]


async def save(
    actor: Actor, series: Mapping[str, Any], values: Mapping[str, Any], *, now: datetime
) -> int:
    """Change columns of a locked series, and say of every form that it is old: the revision."""
    after = {name: value for name, value in values.items() if series[name] != value}
    assignments = "".join(f', "{name}" = ${n}' for n, name in enumerate(after, start=3))
    rows = await execute(
        f"UPDATE event_series SET revision = revision + 1, changed_at = $2{assignments}"
        " WHERE id = $1 RETURNING revision",
        *(series["id"], now, *after.values()),
    )
    if after:
        was = {name: series[name] for name in after}
        entity = ("event_series", series["id"])
        await audit.record(actor, "change", entity, before=was, after=after)
    return int(rows[0]["revision"])


async def _require_room(series_id: int, more: int, now: datetime) -> None:
    rows = await queries.rows_of(series_id)
    coming = [one for one in rows if one["starts_at"] > now and one["state"] not in OFF]
    if len(coming) + more > rules.MOST:
        raise Full(most=rules.MOST, coming=len(coming))


async def _example(series_id: int) -> dict[str, Any]:
    """The last event that was not called off; if all were, the last. Raises NotFound."""
    rows = await queries.rows_of(series_id)
    if not rows:
        raise NotFound
    return next((one for one in reversed(rows) if one["state"] not in OFF), rows[-1])


def _picked(turns: Sequence[Turn], left_out: Collection[str]) -> list[Turn]:
    """Those that are made. Raises Invalid when one of them cannot be, or none is left."""
    picked = [one for one in turns if one.day not in left_out and one.trouble != "past"]
    for one in (one for one in picked if one.trouble):
        raise Invalid(days=one.missing)
    if not picked:
        raise Invalid(days="series.invalid.none")
    return picked


async def _make(
    actor: Actor, example: Mapping[str, Any], series_id: int, turns: Sequence[Turn], now: datetime
) -> list[int]:
    name, made = slugs.slug_of(example["title"], otherwise="activiteit"), []
    for one in turns:
        also = {"series": series_id, "slug": f"{name}-{one.day}"}
        event_id = await copying.copy(actor, example["id"], one.starts_at, also=also, now=now)
        made.append(event_id)
    return made


def _lasts(event: Mapping[str, Any]) -> timedelta:
    return hours.hands(event["ends_at"]) - hours.hands(event["starts_at"])
