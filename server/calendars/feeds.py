"""Feeds by name, and this process's copies of their answers.

The truth is a row of `feed_state`. A copy answers without the database until a NOTIFY says that
something changed, until this process itself commits something, and for two seconds at most.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from server import language as words
from server import settings
from server.calendars import deadlines as due
from server.calendars import entries, queries, rules, service
from server.calendars.faults import Rendered
from server.calendars.ical import FeedHeader, Organiser, render, to_bytes
from server.calendars.queries import OpenGroup
from server.calendars.rules import CalendarEntry
from server.clock import day_of
from server.database import ENGINE
from server.deadlines import Source
from server.outbox import message
from server.web.caching import Answers, Stored
from server.web.links import absolute
from tables.calendars import EVERYTHING, FeedScope

CHANNEL = "feeds"
SECONDS_FRESH = 2.0
SECONDS_TO_RECHECK = 1.0
SECONDS_WITHOUT_LISTENING = 2.0
COPIES_KEPT = 2000
DEADLINES_REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Feed:
    """One feed: its key in `feed_state`, what it says of itself, and where its entries come from.

    `on_every_fetch` is for feeds whose sources do not mark them: they are compared each time.
    """

    key: str
    header: FeedHeader
    entries: Callable[[datetime], Awaitable[list[CalendarEntry]]]
    on_every_fetch: bool = False
    write: Callable[[FeedHeader, Iterable[CalendarEntry]], Rendered] = render

    async def stored(self, now: datetime) -> Stored:
        """Its answer, rendered when needed."""

        async def rendered() -> Rendered:
            return self.write(self.header, await self.entries(now))

        return await service.stored(self.key, rendered, always=self.on_every_fetch, now=now)


def public(language: str) -> Feed:
    """Everything that everybody may know of."""
    header = _header(language, "public", url="/events", source="/calendars/public.ics")
    return Feed(f"public:{language}", header, lambda now: entries.public_entries(language, now))


def group(found: OpenGroup, language: str) -> Feed:
    """The public events of one group."""
    header = FeedHeader(
        name=found.name(language),
        description=words.text(language, "calendars.feed.group", group=found.name(language)),
        language=language,
        organiser=organiser(language),
        url=_address(f"/groups/{found.slug}", language),
        source=_address(f"/calendars/groups/{found.slug}.ics", language),
        colour=found.colour,
    )
    return Feed(
        f"group:{found.id}:{language}",
        header,
        lambda now: entries.group_entries(found.id, language, now),
    )


def event(event_id: int, slug: str, language: str) -> Feed:
    """One event."""
    header = _header(language, "event", url=f"/events/{slug}", source=f"/events/{slug}/event.ics")
    return Feed(
        f"event:{event_id}:{language}",
        header,
        lambda now: entries.event_entries(event_id, language, now),
    )


def deadlines(sources: Sequence[Source], language: str) -> Feed:
    """Until when one can propose and register, as far as everybody may know."""
    header = _header(language, "deadlines", url="/calendars", source="/calendars/deadlines.ics")
    return Feed(
        f"deadlines:{language}",
        replace(header, refresh=DEADLINES_REFRESH),
        lambda now: due.shared_entries(sources, [""], language, now),
    )


def personal(
    person_id: int,
    language: str,
    sources: Sequence[Source] = (),
    scopes: Collection[str] = EVERYTHING,
) -> Feed:
    """One person's own calendar. Registrations mark nothing, so it is compared on every fetch.

    Who holds an office has the deadlines of what that office sees as well.
    """

    async def find(now: datetime) -> list[CalendarEntry]:
        found = await entries.personal_entries(person_id, language, now, scopes)
        if FeedScope.deadlines not in scopes:
            return found
        found += await due.own_entries(sources, person_id, language, now)
        areas = await queries.areas_of(person_id, day_of(now))
        if areas:
            office = await due.shared_entries(sources, areas, language, now)
            found += [replace(one, is_private=True) for one in office]
        return found

    return Feed(
        rules.personal_key(person_id, language, scopes),
        _header(language, "personal"),
        find,
        on_every_fetch=True,
    )


def revoked(language: str) -> bytes:
    """An empty calendar, so that clients throw their copies away."""
    return to_bytes(_header(language, "revoked"), [])


def organiser(language: str) -> Organiser:
    """The association's role mailbox."""
    mailbox = settings.current().agenda_address or f"agenda@{message.host()}"
    return Organiser(words.text(language, "site.name"), mailbox)


def _header(language: str, name: str, *, url: str = "", source: str = "") -> FeedHeader:
    return FeedHeader(
        name=words.text(language, f"calendars.name.{name}"),
        description=words.text(language, f"calendars.feed.{name}"),
        language=language,
        organiser=organiser(language),
        url=_address(url, language) if url else "",
        source=_address(source, language) if source else "",
        refresh=timedelta(hours=1),
    )


def _address(path: str, language: str) -> str:
    return absolute(path) + ("?lang=en" if language == "en" else "")


Address = tuple[str, bytes]  # path and query of a request


@dataclass
class Copy:
    """An answer kept by this process, and what it was true of."""

    answers: Answers
    looked_at: float
    fresh_until: float
    notices: int
    commits: int


@dataclass
class Copies:
    """This process's copies, by address."""

    notices: int = 0
    _copies: dict[Address, Copy] = field(default_factory=dict)
    _locks: dict[Address, asyncio.Lock] = field(default_factory=dict)

    def fresh(self, address: Address) -> Answers | None:
        """The copy, if it may be given out unasked; one request in two seconds looks anew."""
        copy = self._copies.get(address)
        if copy is None or copy.notices != self.notices or copy.commits != ENGINE.commits:
            return None
        now = time.monotonic()
        if now < copy.fresh_until:
            return copy.answers
        copy.fresh_until = now + SECONDS_TO_RECHECK
        return None

    async def get(
        self, address: Address, make: Callable[[], Awaitable[Answers | None]]
    ) -> Answers | None:
        """The answer, looked at after now: of those who ask at once, one makes it for all."""
        asked_at = time.monotonic()
        async with self._locks.setdefault(address, asyncio.Lock()):
            known = self._copies.get(address)
            if known is not None and known.looked_at > asked_at:
                return known.answers
            looked_at, notices, commits = time.monotonic(), self.notices, ENGINE.commits
            answers = await make()
            if answers is None:
                self._copies.pop(address, None)
                self._locks.pop(address, None)
                return None
            if len(self._copies) >= COPIES_KEPT:
                self.clear()
            until = looked_at + SECONDS_FRESH
            self._copies[address] = Copy(answers, looked_at, until, notices, commits)
            return answers

    def forget(self, *_notice: object) -> None:
        """Something changed somewhere: every copy must be looked at again."""
        self.notices += 1

    def clear(self) -> None:
        """Start with nothing."""
        self._copies.clear()
        self._locks.clear()


COPIES = Copies()


@asynccontextmanager
async def listening(_app: object = None) -> AsyncIterator[None]:
    """Hear of changes while the application runs; part of its lifespan."""
    COPIES.clear()
    ears = asyncio.create_task(_listen(), name="feeds listen")
    try:
        yield
    finally:
        ears.cancel()
        await asyncio.gather(ears, return_exceptions=True)


async def _listen() -> None:
    """Listen for ever; while it cannot, copies are looked at every two seconds all the same."""
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await _hear(await asyncpg.connect(**ENGINE.config))
        await asyncio.sleep(SECONDS_WITHOUT_LISTENING)


async def _hear(connection: Any) -> None:
    """Forget every copy at each notice, until the connection is lost."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda *_gone: lost.set())
    try:
        await connection.add_listener(CHANNEL, COPIES.forget)
        COPIES.forget()
        await lost.wait()
    finally:
        await connection.close(timeout=SECONDS_WITHOUT_LISTENING)
