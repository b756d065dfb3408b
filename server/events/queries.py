"""Events as readers see them: one statement a list, one a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.events import rules, terms
from server.events.counting import IS_SEAT, held
from server.events.terms import Terms
from server.rights import Area
from tables.events import EventMode

PAGE = 20
COLUMNS = f"""
SELECT e.*, v.name AS venue_name, v.street, v.postcode AS venue_postcode, v.city, v.route,
  v.accessibility, m.name AS room_name, m.route AS room_route,
  m.accessibility AS room_accessibility, g.name AS group_name, g.name_en AS group_name_en,
  g.slug AS group_slug, units.has_units, units.free, units.capacity,
  {terms.ROWS.format(event="e.id")} AS terms
FROM event e LEFT JOIN venue v ON v.id = e.venue LEFT JOIN room m ON m.id = e.booked_room
LEFT JOIN working_group g ON g.id = e."group"
LEFT JOIN LATERAL (
  SELECT count(*) > 0 AS has_units,
    CASE WHEN bool_or(u.capacity IS NULL) THEN NULL ELSE sum(u.capacity) END AS capacity,
    CASE WHEN bool_or(u.capacity IS NULL) THEN NULL
         ELSE sum(greatest(u.capacity - {held("u.id", "$1")}, 0))::int END AS free
  FROM capacity_unit u WHERE u.event = e.id AND {IS_SEAT}
) units ON true
"""
# What an UPDATE by hand has put in another age breaks no page: it is left out.
OF_OUR_AGE = "e.starts_at > '1900-01-01Z' AND e.ends_at < '3000-01-01Z'"
MAY_SEE = f"""{OF_OUR_AGE} AND (($2::boolean) OR e."group" = ANY($3::int[])
  OR (e.state NOT IN ('draft', 'archived') AND (e.visibility = 'public'
      OR (e.visibility = 'members' AND $4::boolean)
      OR (e.visibility = 'group' AND e."group" = ANY($5::int[])))))"""

SAME = (
    *("id", "kind", "state", "slug", "title_en", "summary_en", "description_en", "mode"),
    *("starts_at", "ends_at", "all_day", "visibility", "contact_email", "cancel_reason"),
    *("registration_opens_at", "registration_closes_at", "cancel_until_at", "moved_from_at"),
    *("members_only_registration", "needs_approval", "sequence", "revision", "capacity", "free"),
)


@dataclass(frozen=True)
class EventView:
    """An event as a page, the API or a letter needs it; moments in UTC."""

    id: int
    kind: str
    state: str
    slug: str
    title_nl: str
    title_en: str
    summary_nl: str
    summary_en: str
    description_nl: str
    description_en: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    mode: str
    room: str
    venue: str
    street: str
    postcode: str
    city: str
    route: str
    accessibility: str
    visibility: str
    group_id: int | None
    group_slug: str
    group_nl: str
    group_en: str
    contact_email: str
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    cancel_until_at: datetime | None
    members_only_registration: bool
    series_id: int | None
    needs_approval: bool
    cancel_reason: str
    moved_from_at: datetime | None
    uid: str
    sequence: int
    revision: int
    has_registration: bool
    capacity: int | None
    free: int | None
    terms: tuple[Terms, ...]

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    def summary(self, language: str) -> str:
        """One sentence about it."""
        return (self.summary_en if language == "en" else "") or self.summary_nl

    def description(self, language: str) -> str:
        """The text of its page, in markdown."""
        return (self.description_en if language == "en" else "") or self.description_nl

    def group(self, language: str) -> str:
        """The name of the group it belongs to, or nothing."""
        return (self.group_en if language == "en" else "") or self.group_nl

    @property
    def place(self) -> str:
        """Where it is, in one line; empty when only online or not known."""
        named = (self.venue, self.room, self.street, f"{self.postcode} {self.city}".strip())
        return ", ".join(part for part in named if part)

    @property
    def is_online(self) -> bool:
        """One can take part from home."""
        return self.mode != EventMode.on_site

    @property
    def lasts_days(self) -> bool:
        """It begins on one day and ends on another, in Amsterdam."""
        return clock.day_of(self.starts_at) != clock.day_of(self.ends_at)

    @property
    def costs_money(self) -> bool:
        """Whether somebody pays for a place."""
        return any(one.price_cents for one in self.terms)

    @property
    def is_full(self) -> bool:
        """Every place is held; who comes now waits."""
        return self.has_registration and self.free == 0

    def takes_registrations(self, now: datetime) -> bool:
        """Whether registration is open to any class."""
        closes = self.registration_closes_at or self.starts_at
        opens, closes = terms.window(self.terms, self.registration_opens_at, closes)
        return rules.is_open(
            self.state,
            has_registration=self.has_registration,
            opens_at=opens,
            closes_at=closes,
            ends_at=self.ends_at,
            now=now,
        )


async def upcoming(
    actor: Actor,
    *,
    now: datetime,
    kind: str = "",
    after: rules.Mark | None = None,
    limit: int = PAGE,
) -> list[EventView]:
    """What is still to come for this reader, the first one first; page by the last one seen."""
    ending = (
        "e.ends_at >= $1 AND ($7::timestamptz IS NULL OR (e.starts_at, e.id) > ($7, $8::int))"
        f" AND ($6 = '' OR e.kind = $6) ORDER BY e.starts_at, e.id LIMIT {int(limit)}"
    )
    return await _list(actor, now, ending, kind, *_place(after))


async def past(
    actor: Actor,
    *,
    now: datetime,
    kind: str = "",
    before: rules.Mark | None = None,
    limit: int = PAGE,
) -> list[EventView]:
    """What is over for this reader, the latest first; page by the last one seen."""
    ending = (
        "e.ends_at < $1 AND ($7::timestamptz IS NULL OR (e.starts_at, e.id) < ($7, $8::int))"
        f" AND ($6 = '' OR e.kind = $6) ORDER BY e.starts_at DESC, e.id DESC LIMIT {int(limit)}"
    )
    return await _list(actor, now, ending, kind, *_place(before))


async def managed(
    actor: Actor, *, now: datetime, before: rules.Mark | None = None, limit: int = PAGE
) -> list[EventView]:
    """What this reader manages, in whatever state, the latest first."""
    ending = (
        '($6::boolean OR e."group" = ANY($3::int[]))'
        " AND ($7::timestamptz IS NULL OR (e.starts_at, e.id) < ($7, $8::int))"
        f" ORDER BY e.starts_at DESC, e.id DESC LIMIT {int(limit)}"
    )
    return await _list(actor, now, ending, actor.changes(Area.events), *_place(before))


async def of_series(actor: Actor, event: EventView, *, now: datetime) -> list[EventView]:
    """The other times of its series that are still to come for this reader, the first one first."""
    ending = (
        "e.series = $6 AND e.id <> $7 AND e.ends_at >= $1"
        " AND e.state IN ('announced', 'published')"
        f" ORDER BY e.starts_at, e.id LIMIT {PAGE}"
    )
    return await _list(actor, now, ending, event.series_id, event.id)


def next_mark(page: Sequence[EventView]) -> rules.Mark | None:
    """Where the next page begins; None when this one is not full."""
    return rules.Mark(page[-1].starts_at, page[-1].id) if len(page) == PAGE else None


def _place(mark: rules.Mark | None) -> tuple[datetime | None, int | None]:
    return (mark.starts_at, mark.id) if mark else (None, None)


async def _list(actor: Actor, now: datetime, ending: str, *more: object) -> list[EventView]:
    rows = await execute(f"{COLUMNS} WHERE {MAY_SEE} AND {ending}", now, *_reader(actor), *more)
    return [_view(row) for row in rows]


async def get(actor: Actor, slug: str, *, now: datetime) -> EventView:
    """One event by its address. Raises NotFound, also when the reader may not know of it."""
    rows = await execute(f"{COLUMNS} WHERE {MAY_SEE} AND e.slug = $6", now, *_reader(actor), slug)
    if not rows:
        raise NotFound
    return _view(rows[0])


def _reader(actor: Actor) -> tuple[bool, list[int], bool, list[int]]:
    member = actor.is_member or actor.is_board
    return actor.sees(Area.events), sorted(actor.chairs), member, sorted(actor.groups)


def _both(of_venue: str | None, of_room: str | None) -> str:
    """What is said of the place, and then of the room in it."""
    return "\n".join(text.strip() for text in (of_venue, of_room) if text and text.strip())


def _view(row: dict[str, Any]) -> EventView:
    return EventView(
        **{name: row[name] for name in SAME},
        title_nl=row["title"],
        summary_nl=row["summary"],
        description_nl=row["description"],
        room=row["room_name"] or row["room"],
        venue=row["venue_name"] or "",
        street=row["street"] or "",
        postcode=row["venue_postcode"] or "",
        city=row["city"] or "",
        route=_both(row["route"], row["room_route"]),
        accessibility=_both(row["accessibility"], row["room_accessibility"]),
        group_id=row["group"],
        group_slug=row["group_slug"] or "",
        group_nl=row["group_name"] or "",
        group_en=row["group_name_en"] or "",
        series_id=row["series"],
        uid=str(row["uid"]),
        has_registration=bool(row["has_units"]),
        terms=terms.read(row["terms"]),
    )
