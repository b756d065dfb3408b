"""Who was there, as it was drawn up: for the board, for oneself, for certificates and registers."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from server.attendance import minutes
from server.attendance.minutes import Passing, Span
from server.attendance.queries import WENT
from server.database import execute
from server.errors import NotFound
from tables.attendance import Direction, Presence, PresenceState
from tables.events import PartKind

# As they went: also who was refused, because what came before came in later (queries.WENT).
PASSINGS = f"""SELECT r.person, s.part, s.direction, s.at FROM scan s
  JOIN registration r ON r.id = s.registration
  WHERE s.event = $1 AND s.undone_at IS NULL
  AND {WENT}
  AND ($2::int IS NULL OR r.person = $2) ORDER BY s.at, s.id"""
ROWS = """SELECT a.person AS person_id, w.display_name, w.anonymised_at IS NOT NULL AS is_erased,
  coalesce(w.merged_into, w.id) AS holder_id, coalesce(h.display_name, '') AS holder_name,
  a.part AS part_id, a.minutes, a.presence, a.source, a.reason,
  coalesce(p.kind, 'content') AS kind, coalesce(p.title, e.title) AS title_nl,
  coalesce(p.title_en, e.title_en) AS title_en, coalesce(p.starts_at, e.starts_at) AS starts_at,
  coalesce(p.ends_at, e.ends_at) AS ends_at
  FROM attendance a JOIN person w ON w.id = a.person JOIN event e ON e.id = a.event
  LEFT JOIN person h ON h.id = w.merged_into LEFT JOIN event_part p ON p.id = a.part
  WHERE a.event = $1 AND ($2::int IS NULL OR a.person = $2)
  ORDER BY w.sort_key, a.person, starts_at, p.room, p.id"""


@dataclass(frozen=True)
class PartPresence:
    """How long somebody was at one part; `part_id` None is the whole event, which has no parts."""

    part_id: int | None
    kind: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    presence: str
    source: str
    reason: str

    @property
    def span(self) -> Span:
        """When it was."""
        is_content = self.kind == PartKind.content
        return Span(self.part_id, self.starts_at, self.ends_at, is_content)

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl


@dataclass(frozen=True)
class Sheet:
    """Everything about one person at one event, in the order of the day."""

    person_id: int
    display_name: str
    parts: list[PartPresence] = field(default_factory=list)
    is_erased: bool = False  # nothing is owed to them any more
    holder_id: int = 0  # who it is by now: somebody may have become one with their double
    holder_name: str = ""

    @property
    def minutes(self) -> int:
        """Minutes of content in all; what went on at the same time counts once."""
        found = {one.part_id: one.minutes for one in self.parts}
        return minutes.total(found, [one.span for one in self.parts])

    @property
    def content(self) -> list[PartPresence]:
        """The parts that are no breaks."""
        return [one for one in self.parts if one.span.is_content]

    @property
    def was_there(self) -> bool:
        """At any part at all."""
        return any(one.minutes > 0 for one in self.content)

    @property
    def was_at_all(self) -> bool:
        """At every part, from beginning to end or nearly so."""
        return all(one.presence == Presence.present for one in self.content)

    @property
    def is_corrected(self) -> bool:
        """Somebody decided otherwise than the scans say."""
        return any(one.source == "board" for one in self.parts)

    @property
    def is_excused(self) -> bool:
        """Stayed away with notice."""
        return any(one.presence == Presence.excused for one in self.parts)


@dataclass(frozen=True)
class ListView:
    """How far the list of an event is."""

    id: int
    state: str
    object_until_at: datetime | None
    settled_at: datetime | None
    revision: int

    @property
    def is_shown(self) -> bool:
        """Whether everybody on it may see their own minutes."""
        return self.state != PresenceState.drawn

    def takes_objections(self, now: datetime) -> bool:
        """Whether one may object now."""
        until = self.object_until_at
        return self.state == PresenceState.shown and until is not None and now < until

    def may_settle(self, now: datetime) -> bool:
        """Whether the days to object are over, and it was not settled since."""
        return self.state == PresenceState.shown and not self.takes_objections(now)


async def of_event(event_id: int) -> list[Sheet]:
    """Everybody of an event in the order of names; nobody while it was not drawn up."""
    return _sheets(await execute(ROWS, event_id, None))


async def of_holders(event_id: int) -> list[Sheet]:
    """The same by who everybody is by now: two who became one were at each part as long as the
    one of them who was there longest."""
    found: dict[int, Sheet] = {}
    for sheet in await of_event(event_id):
        name = sheet.holder_name or sheet.display_name
        mine = replace(sheet, person_id=sheet.holder_id, display_name=name)
        other = found.get(sheet.holder_id)
        found[sheet.holder_id] = replace(mine, parts=_longest(other, sheet)) if other else mine
    return list(found.values())


def _longest(one: Sheet, other: Sheet) -> list[PartPresence]:
    longest: dict[int | None, PartPresence] = {}
    for part in (*one.parts, *other.parts):
        known = longest.setdefault(part.part_id, part)
        longest[part.part_id] = max(known, part, key=lambda each: each.minutes)
    return sorted(longest.values(), key=lambda part: (part.starts_at, part.part_id or 0))


async def of_person(event_id: int, person_id: int) -> Sheet:
    """One person at one event. Raises NotFound for who is not on the list."""
    found = _sheets(await execute(ROWS, event_id, person_id))
    if not found:
        raise NotFound
    return found[0]


async def of_list(event_id: int) -> ListView | None:
    """How far the list of an event is; None while it was not drawn up."""
    rows = await execute(
        "SELECT id, state, object_until_at, settled_at, revision FROM presence_list"
        " WHERE event = $1",
        event_id,
    )
    return ListView(**rows[0]) if rows else None


async def is_settled(event_id: int) -> bool:
    """Whether the days to object are over and the board has settled the list."""
    found = await of_list(event_id)
    return found is not None and found.state == PresenceState.settled


async def passings(event_id: int, person_id: int | None = None) -> dict[int, list[Passing]]:
    """Who went through which door when: person → passings in their order."""
    found: dict[int, list[Passing]] = {}
    for row in await execute(PASSINGS, event_id, person_id):
        passing = Passing(row["at"], Direction(row["direction"]), row["part"])
        found.setdefault(row["person"], []).append(passing)
    return found


def _sheets(rows: Iterable[dict[str, Any]]) -> list[Sheet]:
    found: dict[int, Sheet] = {}
    for row in rows:
        names = ("person_id", "display_name", "is_erased", "holder_id", "holder_name")
        who = Sheet(**{name: row.pop(name) for name in names})
        found.setdefault(who.person_id, who).parts.append(PartPresence(**row))
    return list(found.values())
