"""Series and their events as who manages them sees them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.events.counting import IS_SEAT
from server.registrations.states import LIVE
from server.rights import Area
from server.series import rules
from server.talks import queries as talks
from tables.events import EventState

UNSEEN = (EventState.draft, EventState.archived)
COLUMNS = """SELECT s.id, s.state, s.title AS title_nl, s.title_en, s.rule, s.starts_at,
  s.timezone, s."group" AS group_id, s.uid, s.revision, g.name AS group_nl,
  count(e.id)::int AS events,
  count(e.id) FILTER (WHERE e.ends_at > $1 AND e.state = ANY($2))::int AS coming,
  min(e.starts_at) FILTER (WHERE e.ends_at > $1 AND e.state = ANY($2)) AS next_at
FROM event_series s LEFT JOIN event e ON e.series = s.id
LEFT JOIN working_group g ON g.id = s."group" """
OCCURRENCES = f"""SELECT e.id, e.slug, e.state, e.title AS title_nl, e.title_en, e.starts_at,
  e.ends_at, e."group" AS group_id, e.revision, c.confirmed, c.waiting
FROM event e CROSS JOIN LATERAL (
  SELECT count(DISTINCT r.person) FILTER (WHERE l.state = 'confirmed')::int AS confirmed,
    count(DISTINCT r.person) FILTER (WHERE l.state IN ('waiting', 'offered'))::int AS waiting
  FROM registration r JOIN registration_line l ON l.registration = r.id
  JOIN capacity_unit u ON u.id = l.unit WHERE r.event = e.id AND {IS_SEAT}) c
WHERE e.series = $1 ORDER BY e.starts_at, e.id"""
INVOLVED = """SELECT DISTINCT r.event, r.person FROM registration r
  JOIN registration_line l ON l.registration = r.id JOIN person p ON p.id = r.person
  WHERE r.event = ANY($1::int[]) AND l.state = ANY($2) AND p.email IS NOT NULL"""

IN_CALENDARS = """SELECT person, event FROM calendar_invitation
  WHERE method = 'request' AND person = ANY($1::int[]) AND event = ANY($2::int[])"""


@dataclass(frozen=True)
class SeriesView:
    """A series. `coming` counts what is still to be held; `next_at` is the first of them."""

    id: int
    state: str
    title_nl: str
    title_en: str
    rule: str
    starts_at: datetime
    timezone: str
    group_id: int | None
    uid: str
    revision: int
    group_nl: str | None
    events: int
    coming: int
    next_at: datetime | None

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    @property
    def every(self) -> rules.Every:
        """How often it comes again."""
        return rules.every_of(self.rule)


@dataclass(frozen=True)
class Occurrence:
    """One event of a series, with how many have a seat and how many wait for one."""

    id: int
    slug: str
    state: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    group_id: int | None
    revision: int
    confirmed: int
    waiting: int

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    def is_coming(self, now: datetime) -> bool:
        """Whether it is still to be held, and so goes along in a change of the series."""
        return self.state in rules.CHANGEABLE and self.starts_at > now


async def get(actor: Actor, series_id: int, *, now: datetime) -> SeriesView:
    """One series, for who manages it. Raises NotFound."""
    rows = await execute(f"{COLUMNS} WHERE s.id = $3 GROUP BY s.id, g.id", *_now(now), series_id)
    if not rows or not actor.manages(rows[0]["group_id"], Area.events):
        raise NotFound
    return _view(rows[0])


async def managed(actor: Actor, *, now: datetime) -> list[SeriesView]:
    """What this reader manages: those that go on first, the next to come first.

    Raises NotFound for who can manage none.
    """
    if not actor.changes(Area.events) and not actor.chairs:
        raise NotFound
    rows = await execute(
        f'{COLUMNS} WHERE $3::boolean OR s."group" = ANY($4::int[]) GROUP BY s.id, g.id'
        " ORDER BY s.state = 'running' DESC, next_at NULLS LAST, s.title, s.id",
        *(*_now(now), actor.changes(Area.events), sorted(actor.chairs)),
    )
    return [_view(row) for row in rows]


async def occurrences(series_id: int) -> list[Occurrence]:
    """Its events, the first one first."""
    return [Occurrence(**row) for row in await execute(OCCURRENCES, series_id)]


async def row_of(event_id: int) -> dict[str, Any]:
    """The row of an event. Raises NotFound."""
    rows = await execute("SELECT * FROM event WHERE id = $1", event_id)
    if not rows:
        raise NotFound
    return rows[0]


async def rows_of(series_id: int) -> list[dict[str, Any]]:
    """The rows of its events, the first one first."""
    return await execute("SELECT * FROM event WHERE series = $1 ORDER BY starts_at, id", series_id)


async def involved(event_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Who would hear of each event that is cancelled: keys of people who can be written to."""
    found: dict[int, set[int]] = {event_id: set() for event_id in event_ids}
    for row in await execute(INVOLVED, list(event_ids), list(LIVE)):
        found[row["event"]].add(row["person"])
    called = await execute("SELECT event FROM call WHERE event = ANY($1::int[])", list(event_ids))
    for row in called:
        for view in await talks.hopeful(row["event"]):
            found[row["event"]] |= {one.person_id for one in view.speakers if one.email}
    return found


async def in_calendars(people: Set[int], event_ids: Set[int]) -> set[tuple[int, int]]:
    """Which of these events a mail put in whose calendar: (person, event)."""
    rows = await execute(IN_CALENDARS, sorted(people), sorted(event_ids))
    return {(row["person"], row["event"]) for row in rows}


def _now(now: datetime) -> tuple[datetime, list[str]]:
    return now, [state.value for state in rules.CHANGEABLE]


def _view(row: Mapping[str, Any]) -> SeriesView:
    return SeriesView(**{**row, "uid": str(row["uid"])})
