"""Types of membership, and the membership of one person."""

from dataclasses import dataclass
from datetime import date

from server.database import execute
from server.errors import NotFound
from server.memberships import rules


@dataclass(frozen=True)
class TypeView:
    """A kind of membership as people read it; the fee in cents a year."""

    id: int
    code: str
    name_nl: str
    name_en: str
    description_nl: str
    description_en: str
    fee_cents: int
    has_vote: bool

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.name_en if language == "en" else self.name_nl

    def description(self, language: str) -> str:
        """For whom it is."""
        return self.description_en if language == "en" else self.description_nl


@dataclass(frozen=True)
class MembershipView:
    """Where one person stands, with the newest period and what a notice today would mean."""

    id: int
    number: int
    name_nl: str
    name_en: str
    starts_on: date
    ends_on: date | None
    ended_by: str | None
    notice_received_on: date | None
    status: rules.Status
    notice_today_ends_on: date

    def name(self, language: str) -> str:
        """The name of the type."""
        return self.name_en if language == "en" else self.name_nl


@dataclass(frozen=True)
class Member:
    """One line of the list of members of a day."""

    person_id: int
    name: str
    number: int
    type_code: str
    starts_on: date
    ends_on: date | None


async def types(today: date) -> list[TypeView]:
    """The kinds one can choose today, in the order in which they were made."""
    rows = await execute(
        "SELECT id, code, name_nl, name_en, description_nl, description_en, fee_cents, has_vote"
        " FROM membership_type WHERE (valid_from IS NULL OR valid_from <= $1)"
        " AND (valid_to IS NULL OR valid_to >= $1) ORDER BY id",
        today,
    )
    return [TypeView(**row) for row in rows]


async def current(person_id: int, today: date) -> MembershipView | None:
    """The newest membership of a person that has begun, if there ever was one."""
    rows = await execute(
        "SELECT m.id, m.number, t.name_nl, t.name_en, m.starts_on, m.ends_on, m.ended_by,"
        " m.notice_received_on, t.grace_days, t.notice_days, t.notice_to, p.deceased_on"
        " FROM membership m JOIN membership_type t ON t.id = m.type JOIN person p"
        " ON p.id = m.person WHERE m.person = $1 AND m.starts_on <= $2"
        " ORDER BY m.starts_on DESC LIMIT 1",
        person_id,
        today,
    )
    if not rows:
        return None
    row = rows[0]
    deceased_on = row.pop("deceased_on")
    grace, days, to = row.pop("grace_days"), row.pop("notice_days"), row.pop("notice_to")
    period = rules.Period(row["starts_on"], row["ends_on"], grace, row["ended_by"])
    return MembershipView(
        **row,
        status=rules.status_on(today, [period], deceased_on=deceased_on),
        notice_today_ends_on=rules.notice_ends_on(today, notice_days=days, notice_to=to),
    )


async def status_of(person_id: int, day: date) -> rules.Status:
    """What somebody is to the network on any day, from all their periods. Raises NotFound."""
    rows = await execute(
        "SELECT p.deceased_on, m.starts_on, m.ends_on, m.ended_by, t.grace_days FROM person p"
        " LEFT JOIN membership m ON m.person = p.id LEFT JOIN membership_type t ON t.id = m.type"
        " WHERE p.id = $1",
        person_id,
    )
    if not rows:
        raise NotFound
    periods = [
        rules.Period(row["starts_on"], row["ends_on"], row["grace_days"], row["ended_by"])
        for row in rows
        if row["starts_on"] is not None
    ]
    return rules.status_on(day, periods, deceased_on=rows[0]["deceased_on"])


async def members_on(day: date) -> list[Member]:
    """Everybody who is a member on a day, in the order of their names."""
    rows = await execute(
        "SELECT p.id AS person_id, p.display_name AS name, m.number, t.code AS type_code,"
        " m.starts_on, m.ends_on FROM membership m JOIN person p ON p.id = m.person"
        " JOIN membership_type t ON t.id = m.type WHERE m.starts_on <= $1"
        " AND (m.ends_on IS NULL OR m.ends_on >= $1)"
        " AND (p.deceased_on IS NULL OR p.deceased_on > $1) ORDER BY p.sort_key, p.id",
        day,
    )
    return [Member(**row) for row in rows]


async def count_on(day: date) -> int:
    """How many people are members on a day."""
    rows = await execute(
        "SELECT count(DISTINCT person) AS n FROM membership WHERE starts_on <= $1"
        " AND (ends_on IS NULL OR ends_on >= $1)",
        day,
    )
    return int(rows[0]["n"])


async def is_member_by_address(email_key: str, day: date) -> bool:
    """Whether somebody with this address is a member on a day."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM membership m JOIN person p ON p.id = m.person"
        " WHERE p.email_key = $1 AND p.deceased_on IS NULL AND m.starts_on <= $2"
        " AND (m.ends_on IS NULL OR m.ends_on >= $2)) AS yes",
        email_key,
        day,
    )
    return bool(rows[0]["yes"])


async def number_of(membership_id: int) -> int:
    """The member number of a membership. Raises NotFound."""
    rows = await execute("SELECT number FROM membership WHERE id = $1", membership_id)
    if not rows:
        raise NotFound
    return int(rows[0]["number"])
