"""A feed as a person reads it: by month, on a page of its own, reached by a link.

Never by Accept: an address that answers programs answers them alike.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server import language as words
from server.calendars import feeds, programme, queries
from server.calendars.faults import fault_of
from server.calendars.feeds import Feed
from server.calendars.rules import CalendarEntry, days_of
from server.clock import day_of
from server.deadlines import Source
from server.errors import NotFound
from server.web.pages import page
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Month:
    """The entries that begin in one month, in order."""

    name: str
    entries: list[CalendarEntry]


async def public(request: AnyRequest) -> Response[Any]:
    """Everything that everybody may know of."""
    return await _read(request, feeds.public(language_of(request)))


async def group(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The public events of one group. Raises NotFound."""
    found = await queries.find_group(slug)
    if found is None:
        raise NotFound
    return await _read(request, feeds.group(found, language_of(request)))


async def event_programme(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The parts of one event. Raises NotFound."""
    found = await programme.find(slug)
    if found is None:
        raise NotFound
    return await _read(request, programme.feed(found, language_of(request)))


async def deadlines(request: AnyRequest) -> Response[Any]:
    """Until when one can propose and register."""
    sources: list[Source] = request.app.state.deadlines
    return await _read(request, feeds.deadlines(sources, language_of(request)))


async def own(request: AnyRequest) -> Response[Any]:
    """One's own calendar, as a secret address with every scope gives it out."""
    actor = require_signed_in(request)
    sources: list[Source] = request.app.state.deadlines
    feed = feeds.personal(actor.person_id or 0, language_of(request), sources)
    return await _read(request, feed, is_own=True)


async def _read(request: AnyRequest, feed: Feed, *, is_own: bool = False) -> Response[Any]:
    now, said = clock.now(), language_of(request)
    is_past = request.query_params.get("when") == "past"
    entries = await _found(feed.entries, now)
    shown = [one for one in entries if (one.ends_at <= now) == is_past]
    return page(
        request,
        "calendars/list.html",
        name=feed.header.name,
        text=feed.header.description,
        months=months(shown, said, latest_first=is_past),
        is_past=is_past,
        has_others=len(shown) < len(entries),
        is_own=is_own,
        day_after_day=day_after_day,
    )


async def _found(
    find: Callable[[datetime], Awaitable[list[CalendarEntry]]], now: datetime
) -> list[CalendarEntry]:
    """What a feed would hold: a row with an absurd date does not take the others along."""
    return [one for one in await find(now) if fault_of(one) is None]


def months(
    entries: Iterable[CalendarEntry], said: str, *, latest_first: bool = False
) -> list[Month]:
    """Entries by the month in which they begin in Amsterdam."""

    def month(entry: CalendarEntry) -> tuple[int, int]:
        on = day_of(entry.starts_at)
        return on.year, on.month

    ordered = sorted(entries, key=lambda one: (one.starts_at, one.uid), reverse=latest_first)
    return [
        Month(words.whole_month(rows[0].starts_at, said), rows)
        for rows in (list(group) for _, group in groupby(ordered, month))
    ]


def day_after_day(entry: CalendarEntry, said: str) -> str:
    """The day of an entry of a whole day, or its first and last."""
    return " – ".join(words.long_day(on, said) for on in days_of(entry.starts_at, entry.ends_at))
