"""The steps of an event's life, for several events of a series at once; and its end."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from server import hours
from server.actors import Actor
from server.database import transaction
from server.errors import Invalid
from server.events import service as events
from server.events.refusals import WasHeld
from server.events.states import EVENT
from server.registrations import lifecycle, organising
from server.rights import Area
from server.series import laying_out, queries, rules
from server.series.queries import Occurrence
from server.series.refusals import NothingLeft, Stuck, WasHeldThen
from server.series.states import SERIES
from server.series.telling import Letters
from tables.events import EventState

NOUNS = {
    "announcement": "announce",
    "publication": "publish",
    "completion": "complete",
    "cancellation": "cancel",
    "removal": "discard",
}
ENDS = "ending"


def possible(
    actor: Actor, found: Sequence[Occurrence], action: str, *, now: datetime
) -> list[Occurrence]:
    """The events of a series with which this can be done now; `end` lets all that come lapse."""
    mine = [one for one in found if actor.manages(one.group_id, Area.events)]
    if action == "end":
        coming = [one for one in mine if one.ends_at > now]
        return [one for one in coming if one.state in rules.CHANGEABLE]
    if action == "discard":
        return [one for one in mine if one.state == EventState.draft]
    able = [one for one in mine if action in EVENT.allowed(one.state)]
    is_over = action == "complete"
    return [one for one in able if (one.ends_at <= now) is is_over]


async def take(
    actor: Actor,
    series_id: int,
    action: str,
    slugs: Collection[str],
    *,
    reason: str = "",
    now: datetime,
) -> int:
    """One step for those of the named events that can still take it: how many did.

    Who is involved in several that are cancelled hears it in one letter. Raises Invalid, NotFound.
    Refuses: NothingLeft, Stuck.
    """
    lifecycle.check_reason(action, reason)
    told = Letters()
    async with transaction():
        series = await laying_out.lock(actor, series_id)
        chosen = await _chosen(actor, series_id, action, slugs, now)
        if not chosen:
            raise NothingLeft
        for one in chosen:
            await _step(actor, one, action, reason, told, now)
        revision = await laying_out.save(actor, series, {}, now=now)
        await told.post(series, revision=revision, reason=reason)
    return len(chosen)


async def end(
    actor: Actor, series_id: int, slugs: Collection[str], *, reason: str = "", now: datetime
) -> int:
    """End a series: of the named events those that people know of are cancelled, drafts go.

    The others are still held. Returns how many lapsed. Raises Invalid, NotFound; refuses:
    WrongState.
    """
    told = Letters()
    async with transaction():
        await laying_out.lock(actor, series_id)
        chosen = await _chosen(actor, series_id, "end", slugs, now)
        for one in chosen:
            action = "discard" if one.state == EventState.draft else "cancel"
            lifecycle.check_reason(action, reason)
            await _step(actor, one, action, reason, told, now)
        row = await SERIES.move(series_id, "end", actor=actor, reason=reason)
        rule = await _shorter(row)
        revision = await laying_out.save(actor, row, {"rule": rule}, now=now)
        await told.post(row, revision=revision, reason=reason)
    return len(chosen)


async def resume(actor: Actor, series_id: int) -> None:
    """Let a series go on. What was cancelled stays so. Raises NotFound; refuses: WrongState."""
    async with transaction():
        await laying_out.lock(actor, series_id)
        await SERIES.move(series_id, "carry_on", actor=actor)


async def _chosen(
    actor: Actor, series_id: int, action: str, slugs: Collection[str], now: datetime
) -> list[Occurrence]:
    found = possible(actor, await queries.occurrences(series_id), action, now=now)
    return sorted((one for one in found if one.slug in slugs), key=lambda one: one.id)


async def _step(
    actor: Actor, one: Occurrence, action: str, reason: str, told: Letters, now: datetime
) -> None:
    if action == "discard":
        await events.discard(actor, one.id)
    elif action == "cancel":
        try:
            await organising.cancel_event(actor, one.id, reason=reason, post=told.cancel, now=now)
        except WasHeld:
            raise WasHeldThen(when=_when(one)) from None
    else:
        try:
            await lifecycle.take(actor, one.id, action, reason, now=now)
        except Invalid as invalid:  # a room that is taken: on which of many days must be said
            raise Stuck(when=_when(one)) from invalid


def _when(one: Occurrence) -> str:
    return f"{hours.hands(one.starts_at):%d-%m-%Y, %H.%M}"


async def _shorter(series: dict[str, Any]) -> str:
    """The rule until the last event that is held."""
    rows = await queries.rows_of(series["id"])
    held = [one["starts_at"] for one in rows if one["state"] not in laying_out.OFF]
    every = rules.every_of(series["rule"])
    return rules.rule(every, series["starts_at"], max(held, default=series["starts_at"]))
