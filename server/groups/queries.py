"""Groups as readers see them: outsiders the mission, members the roster, the group itself more."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.groups import rules
from server.rights import Area

# On a day: seats that run, and seats that ended later. One that ended at once never was.
SEATED = """s.from_on <= $1 AND (s.until_on IS NULL OR s.until_on >= $1)
  AND (s.state IN ('active', 'on_leave') OR (s.state = 'ended' AND s.until_on > s.from_on))"""
COLUMNS = f"""
SELECT g.id, g.kind, g.slug, g.state, g.is_public, g.colour, g.revision, g.name AS name_nl,
  g.name_en, g.mission AS mission_nl, g.mission_en, seats.members, seats.chairs
FROM working_group g LEFT JOIN LATERAL (
  SELECT count(DISTINCT s.person) AS members,
    coalesce(array_agg(p.display_name ORDER BY p.sort_key) FILTER (WHERE s.role = 'chair'), '{{}}')
      AS chairs
  FROM group_membership s JOIN person p ON p.id = s.person WHERE s."group" = g.id AND {SEATED}
) seats ON true
"""
ORDER = """ORDER BY array_position(
  ARRAY['board','committee','working_group','project','editors'], g.kind::text), g.name"""


@dataclass(frozen=True)
class GroupView:
    """A group with the number of its members and the names of its chairs."""

    id: int
    kind: str
    slug: str
    state: str
    is_public: bool
    colour: str
    revision: int
    name_nl: str
    name_en: str
    mission_nl: str
    mission_en: str
    members: int
    chairs: tuple[str, ...]

    def name(self, language: str) -> str:
        """The name in a language; Dutch when there is no English one."""
        return (self.name_en if language == "en" else "") or self.name_nl

    def mission(self, language: str) -> str:
        """What it is for, in markdown."""
        return (self.mission_en if language == "en" else "") or self.mission_nl


@dataclass(frozen=True)
class Seat:
    """One person's place in a group; the e-mail address only for the group itself."""

    id: int
    person_id: int
    person: str
    email: str
    role: str
    state: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class OwnSeat:
    """A place that one person has, seen from that person."""

    id: int
    group_id: int
    slug: str
    name_nl: str
    name_en: str
    role: str
    state: str
    from_on: date

    def name(self, language: str) -> str:
        """The group's name in a language."""
        return (self.name_en if language == "en" else "") or self.name_nl


@dataclass(frozen=True)
class Meeting:
    """A coming event of a group, in one line."""

    slug: str
    title_nl: str
    title_en: str
    state: str
    starts_at: datetime
    ends_at: datetime

    def title(self, language: str) -> str:
        """The title in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl


async def public(day: date) -> list[GroupView]:
    """The groups at work that everybody may know of."""
    rows = await execute(f"{COLUMNS} WHERE g.is_public AND g.state = 'active' {ORDER}", day)
    return [_view(row) for row in rows]


async def listed(actor: Actor, day: date) -> list[GroupView]:
    """Every group that this reader may know of."""
    rows = await execute(
        f"{COLUMNS} WHERE (g.is_public AND g.state IN ('active', 'dormant'))"
        f" OR $2::boolean OR g.id = ANY($3::int[]) {ORDER}",
        day,
        actor.sees(Area.groups),
        sorted(actor.groups),
    )
    return [_view(row) for row in rows]


async def get(actor: Actor, slug: str, day: date) -> GroupView:
    """One group. Raises NotFound, also when the reader may not know of it."""
    rows = await execute(f"{COLUMNS} WHERE g.slug = $2", day, slug)
    if not rows:
        raise NotFound
    group = _view(rows[0])
    inside = group.id in actor.groups
    if not rules.may_see(
        group.state, is_public=group.is_public, is_in_group=inside, is_board=actor.sees(Area.groups)
    ):
        raise NotFound
    return group


async def roster(group_id: int, day: date) -> list[Seat]:
    """Who sits in a group on a day: chairs first, then by name."""
    return await _seats(f'{SEATED} AND s."group" = $2', day, group_id)


async def requests(group_id: int) -> list[Seat]:
    """Who asked for a seat and has no answer, the oldest first."""
    return await _seats("s.state = 'requested' AND s.\"group\" = $1", group_id)


async def seats_of(person_id: int, day: date) -> list[OwnSeat]:
    """The groups that somebody sits in on a day."""
    return await _own_seats(f"{SEATED} AND s.person = $2", day, person_id)


async def seat_in(group_id: int, person_id: int, day: date) -> OwnSeat | None:
    """The open seat, or request for one, that somebody has in a group."""
    rows = await _own_seats(
        "s.state IN ('requested', 'invited', 'active', 'on_leave')"
        ' AND (s.until_on IS NULL OR s.until_on >= $1) AND s."group" = $2 AND s.person = $3',
        day,
        group_id,
        person_id,
    )
    return rows[0] if rows else None


async def is_seat_of(seat_id: int, group_id: int) -> bool:
    """Whether a seat belongs to a group."""
    rows = await execute(
        'SELECT 1 FROM group_membership WHERE id = $1 AND "group" = $2', seat_id, group_id
    )
    return bool(rows)


async def coming(actor: Actor, group_id: int, *, now: datetime, limit: int = 10) -> list[Meeting]:
    """The coming events of a group that this reader may know of, the first one first."""
    rows = await execute(
        "SELECT slug, title AS title_nl, title_en, state, starts_at, ends_at FROM event"
        ' WHERE "group" = $1 AND ends_at >= $2 AND ($3::boolean OR (state NOT IN'
        " ('draft', 'archived') AND (visibility = 'public' OR (visibility = 'members'"
        " AND $4::boolean) OR $5::boolean))) ORDER BY starts_at, id LIMIT $6",
        group_id,
        now,
        actor.manages(group_id),
        actor.is_member,
        group_id in actor.groups,
        limit,
    )
    return [Meeting(**row) for row in rows]


async def _seats(condition: str, *arguments: object) -> list[Seat]:
    rows = await execute(
        "SELECT s.id, s.person AS person_id, p.display_name AS person,"
        " coalesce(p.email, '') AS email, s.role, s.state, s.from_on, s.until_on"
        f" FROM group_membership s JOIN person p ON p.id = s.person WHERE {condition}"
        " ORDER BY array_position(ARRAY['chair','secretary','member','adviser'], s.role::text),"
        " p.sort_key, s.id",
        *arguments,
    )
    return [Seat(**row) for row in rows]


async def _own_seats(condition: str, *arguments: object) -> list[OwnSeat]:
    rows = await execute(
        'SELECT s.id, s."group" AS group_id, g.slug, g.name AS name_nl, g.name_en, s.role,'
        " s.state, s.from_on FROM group_membership s"
        f' JOIN working_group g ON g.id = s."group" WHERE {condition} ORDER BY g.name',
        *arguments,
    )
    return [OwnSeat(**row) for row in rows]


def _view(row: dict[str, Any]) -> GroupView:
    return GroupView(**{**row, "chairs": tuple(row["chairs"])})
