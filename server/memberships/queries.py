"""Types of membership, and the membership of one person."""

from dataclasses import dataclass
from datetime import date

from server.database import execute
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


async def count_on(day: date) -> int:
    """How many people are members on a day."""
    rows = await execute(
        "SELECT count(DISTINCT person) AS n FROM membership WHERE starts_on <= $1"
        " AND (ends_on IS NULL OR ends_on >= $1)",
        day,
    )
    return int(rows[0]["n"])
