"""Everything the board needs to see of one person, and what a death leaves open."""

from dataclasses import dataclass
from datetime import date, datetime

from server.database import execute
from server.errors import NotFound
from server.memberships import queries as memberships
from server.memberships.queries import Standing
from server.memberships.rules import Status

# What goes on after the death of person p on p.deceased_on; a talk is for the board to think of.
OPEN_ENDS = """SELECT 'membership' AS kind, m.id, t.name_nl AS what_nl, t.name_en AS what_en,
    '' AS path FROM membership m JOIN membership_type t ON t.id = m.type
    WHERE m.person = p.id AND (m.ends_on IS NULL OR m.ends_on > p.deceased_on)
    AND m.ended_by IS DISTINCT FROM 'death'
  UNION ALL SELECT 'seat', s.id, g.name, coalesce(nullif(g.name_en, ''), g.name),
    '/groups/' || g.slug
    FROM group_membership s JOIN working_group g ON g.id = s."group" WHERE s.person = p.id
    AND s.state IN ('requested', 'invited', 'active', 'on_leave')
    AND (s.until_on IS NULL OR s.until_on > p.deceased_on)
  UNION ALL SELECT 'registration', l.id, e.title, coalesce(nullif(e.title_en, ''), e.title),
    '/events/' || e.slug FROM registration_line l JOIN registration r ON r.id = l.registration
    JOIN event e ON e.id = r.event WHERE l.person = p.id AND e.ends_at > now()
    AND l.state IN ('unverified', 'approval', 'waiting', 'offered', 'confirmed')
  UNION ALL SELECT 'office', o.id, o.role, o.role, '/board/accounts' FROM role_grant o
    WHERE o.person = p.id AND (o.until_on IS NULL OR o.until_on >= CURRENT_DATE)
  UNION ALL SELECT 'talk', b.id, b.title, b.title, '/board/talks/' || e.slug
    FROM proposal_speaker k JOIN proposal b ON b.id = k.proposal JOIN call c ON c.id = b.call
    JOIN event e ON e.id = c.event WHERE k.person = p.id AND e.ends_at > now()
    AND b.state IN ('submitted', 'revision', 'reserve', 'accepted', 'confirmed')"""
BY_HAND = ("talk",)
PERSON = """SELECT p.id, p.display_name AS name, p.email, p.phone, p.postcode, p.city,
  p.deceased_on, p.death_settled_at, p.language, p.anonymised_at, p.merged_into,
  (SELECT f.slug FROM profile f WHERE f.person = p.id AND f.state <> 'draft') AS profile
  FROM person p WHERE p.id = $1"""


@dataclass(frozen=True)
class OpenEnd:
    """Something that goes on after a death: its kind, what it is called, where it stands."""

    kind: str
    id: int
    what_nl: str
    what_en: str
    path: str

    def what(self, language: str) -> str:
        """Its name in a language."""
        return self.what_en if language == "en" else self.what_nl


@dataclass(frozen=True)
class Card:
    """One person as the board sees them."""

    id: int
    name: str
    email: str | None
    phone: str
    postcode: str
    city: str
    deceased_on: date | None
    death_settled_at: datetime | None
    language: str
    anonymised_at: datetime | None
    merged_into: int | None
    profile: str | None
    standing: Standing
    open_ends: list[OpenEnd]

    @property
    def number(self) -> int | None:
        """The member number, kept for life."""
        return self.standing.periods[0].number if self.standing.periods else None

    def status_on(self, day: date) -> Status:
        """What they are to the network on a day."""
        return self.standing.status_on(day)

    @property
    def can_settle(self) -> bool:
        """Whether something goes on that one press can end."""
        return any(one.kind not in BY_HAND for one in self.open_ends)


async def card(person_id: int) -> Card:
    """One person, in four statements. Raises NotFound."""
    rows = await execute(PERSON, person_id)
    if not rows:
        raise NotFound
    return Card(
        **rows[0],
        standing=await memberships.standing(person_id),
        open_ends=await open_ends(person_id),
    )


async def open_ends(person_id: int) -> list[OpenEnd]:
    """What goes on after somebody's death; nothing of who lives."""
    rows = await execute(
        "SELECT x.* FROM person p CROSS JOIN LATERAL (" + OPEN_ENDS + ") x"
        " WHERE p.id = $1 AND p.deceased_on IS NOT NULL",
        person_id,
    )
    return [OpenEnd(**row) for row in rows]
