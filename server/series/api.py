"""Series over the API: the same verbs as the pages, for who manages events."""

from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.errors import Invalid, NotFound
from server.events import queries as events
from server.rights import Area
from server.series import changing, laying_out, queries, rooms, stepping
from server.series.rules import MOMENTS, Layout, Scope
from server.series.schemas import (
    ChangeIn,
    DoneOut,
    LayoutIn,
    MoreIn,
    OnceIn,
    PlanOut,
    SeriesLine,
    SeriesOut,
    StepsIn,
    TurnOut,
    line_out,
    plan_out,
    series_out,
    turns_out,
)
from server.web.forms import stripped
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
Handler = Callable[..., Awaitable[Any]]


async def days_of_series(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[LayoutIn]
) -> list[TurnOut]:
    """The days that would be added to an event if it came again; nothing is made.

    409 when it is in a series already, or was cancelled. 422 for more than sixty.
    """
    event = await _event(request, slug)
    turns = await laying_out.look(event.id, data.layout(), now=clock.now())
    found = await laying_out.clashes(turns, event_id=event.id)
    said, actor = language_of(request), require_signed_in(request)
    return turns_out(turns, rooms.words(found, said, actor))


async def create_series(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[LayoutIn]
) -> SeriesOut:
    """Make an event the first of a series; the others are drafts. Answers 201.

    409 when it is in a series already, or was cancelled. 422 when an hour is not there: leave that
    day out.
    """
    event, actor = await _event(request, slug), require_signed_in(request)
    made = await laying_out.create(
        *(actor, event.id, data.layout()), left_out=data.days, now=clock.now()
    )
    return await _told(request, made)


async def all_series(request: AnyRequest) -> list[SeriesLine]:
    """The series that you manage, those that go on first. 404 for who manages no events."""
    found = await queries.managed(require_signed_in(request), now=clock.now())
    return [line_out(one) for one in found]


async def one_series(request: AnyRequest, series_id: FromPath[int]) -> SeriesOut:
    """One series with its events, the first one first."""
    return await _told(request, series_id)


async def extend_series(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[MoreIn]
) -> SeriesOut:
    """More times by the same rule, as drafts. 409 when it ended, or sixty are still to come."""
    actor, now = require_signed_in(request), clock.now()
    series = await queries.get(actor, series_id, now=now)
    layout = Layout(series.every, data.times, data.until)
    days = {day.isoformat() for day in data.left_out}
    await laying_out.extend(actor, series, layout, left_out=days, now=now)
    return await _told(request, series_id)


async def add_occurrence(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[OnceIn]
) -> SeriesOut:
    """One time more, on a day of its own, as a draft. 422 for an hour that is not there."""
    actor, now = require_signed_in(request), clock.now()
    await queries.get(actor, series_id, now=now)
    if data.starts_at is None or data.starts_at.tzinfo is None:
        raise Invalid(starts_at="errors.field.date")
    await laying_out.add(actor, series_id, data.starts_at.astimezone(UTC), now=now)
    return await _told(request, series_id)


async def change_in_series(
    request: AnyRequest, slug: FromPath[str], data: JSONBody[ChangeIn]
) -> PlanOut:
    """Change one event, it and the following, or all that are still to come, in one go.

    Whoever is involved hears it in one letter. 422 when it is not possible for one of them, with
    the reason by its slug: then none changes; and when nothing would change.
    """
    event, actor, now = await _event(request, slug), require_signed_in(request), clock.now()
    asked = msgspec.structs.asdict(data)
    scope = Scope(asked.pop("scope"))
    row = await queries.row_of(event.id)
    given = {name: value for name, value in asked.items() if value is not msgspec.UNSET}
    _require_moments(given)
    said = language_of(request)
    plan = await changing.plan(actor, event.id, {**row, **given}, scope, said, now=now)
    if plan.has_trouble:
        raise Invalid(**{one.slug: one.trouble for one in plan.moves if one.trouble})
    await changing.change(actor, plan, now=now)
    return plan_out(plan)


async def end_series(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """End a series: the named events lapse (cancelled, or taken away when drafts).

    422 without a reason when one of them was shown; 409 when it ended already.
    """
    actor, now = require_signed_in(request), clock.now()
    await queries.get(actor, series_id, now=now)
    reason, slugs = stripped(data.reason), set(data.events)
    return DoneOut(await stepping.end(actor, series_id, slugs, reason=reason, now=now))


async def resume_series(request: AnyRequest, series_id: FromPath[int]) -> SeriesOut:
    """Let a series that ended go on. 409 when it goes on already."""
    actor = require_signed_in(request)
    await queries.get(actor, series_id, now=clock.now())
    await stepping.resume(actor, series_id)
    return await _told(request, series_id)


async def _step(request: AnyRequest, series_id: int, data: StepsIn, action: str) -> DoneOut:
    actor, now = require_signed_in(request), clock.now()
    await queries.get(actor, series_id, now=now)
    slugs, reason = set(data.events), stripped(data.reason)
    return DoneOut(await stepping.take(actor, series_id, action, slugs, reason=reason, now=now))


async def announce_events(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """Save the dates of the named events. 409 when none of them can be announced."""
    return await _step(request, series_id, data, "announce")


async def publish_events(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """Show the named events and open their registration. 409 when none of them can be."""
    return await _step(request, series_id, data, "publish")


async def complete_events(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """The named events have taken place. 409 when none of them is over."""
    return await _step(request, series_id, data, "complete")


async def cancel_events(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """Cancel the named events; each person hears it in one letter. 422 without a reason."""
    return await _step(request, series_id, data, "cancel")


async def discard_events(
    request: AnyRequest, series_id: FromPath[int], data: JSONBody[StepsIn]
) -> DoneOut:
    """Take drafts away that nobody saw. 409 when none of the named events is one."""
    return await _step(request, series_id, data, "discard")


STEPS: dict[str, Handler] = {
    "announcement": announce_events,
    "publication": publish_events,
    "completion": complete_events,
    "cancellation": cancel_events,
    "removal": discard_events,
    "ending": end_series,
}


async def _event(request: AnyRequest, slug: str) -> events.EventView:
    actor = require_signed_in(request)
    event = await events.get(actor, slug, now=clock.now())
    if not actor.manages(event.group_id, Area.events):
        raise NotFound
    return event


async def _told(request: AnyRequest, series_id: int) -> SeriesOut:
    series = await queries.get(require_signed_in(request), series_id, now=clock.now())
    return series_out(series, await queries.occurrences(series_id))


def _require_moments(given: dict[str, Any]) -> None:
    """A moment without an offset could be any of two."""
    naive = [n for n in MOMENTS if given.get(n) is not None and given[n].tzinfo is None]
    if naive:
        raise Invalid(**dict.fromkeys(naive, "errors.field.date"))
