"""Who holds which office, and who to write to when something waits for one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server import clock
from server.accounts.queries import HAS_FACTOR
from server.database import execute
from server.errors import NotFound
from server.outbox.service import Recipient
from server.rights import CHANGE, RIGHTS, Area
from server.standing import comes_in

SUSPENDED_FOR = """(SELECT u.reason FROM suspension u
  WHERE u.person = p.id AND u.lifted_at IS NULL)"""
GRANTS = f"""
SELECT r.id, r.person AS person_id, p.display_name AS name, p.email, p.language, r.role, r.from_on,
  r.until_on, e.title AS event,
  EXISTS (SELECT 1 FROM audit_entry a WHERE a.action = 'sign_in' AND a.actor_id = p.id)
    AS has_come,
  {HAS_FACTOR} AS has_factor, {SUSPENDED_FOR} AS suspended_for
FROM role_grant r JOIN person p ON p.id = r.person LEFT JOIN event e ON e.id = r.event
"""
ACCOUNT = f"""
SELECT p.id AS person_id, p.display_name AS name, p.email, {HAS_FACTOR} AS has_factor,
  {SUSPENDED_FOR} AS suspended_for, (SELECT max(s.last_used_at) FROM session s
    WHERE s.person = p.id) AS last_seen_at
FROM person p WHERE p.id = $1 AND p.merged_into IS NULL AND p.anonymised_at IS NULL
"""


@dataclass(frozen=True)
class Grant:
    """One office of one person; `suspended_for` None: not suspended."""

    id: int
    person_id: int
    name: str
    email: str | None
    language: str
    role: str
    from_on: date
    until_on: date | None
    event: str | None
    has_come: bool
    has_factor: bool
    suspended_for: str | None

    def is_over(self, today: date) -> bool:
        """Its last day has passed."""
        return self.until_on is not None and self.until_on < today


@dataclass(frozen=True)
class Account:
    """How one person comes in; with `suspended_for` they may not."""

    person_id: int
    name: str
    email: str | None
    has_factor: bool
    suspended_for: str | None
    last_seen_at: datetime | None


@dataclass(frozen=True)
class Suspended:
    """An account that nobody comes in with, and since when."""

    person_id: int
    name: str
    reason: str
    from_at: datetime


async def grants(*, over_since: date) -> list[Grant]:
    """Offices of today and later, and those that ended since a day; the longest held first."""
    rows = await execute(
        f"{GRANTS} WHERE r.until_on IS NULL OR r.until_on >= $1 ORDER BY r.from_on, r.id",
        over_since,
    )
    return [Grant(**row) for row in rows]


async def grant(grant_id: int) -> Grant:
    """One office of one person. Raises NotFound."""
    rows = await execute(f"{GRANTS} WHERE r.id = $1", grant_id)
    if not rows:
        raise NotFound
    return Grant(**rows[0])


async def account(person_id: int) -> Account:
    """How one person comes in. Raises NotFound, also for who was merged or erased."""
    rows = await execute(ACCOUNT, person_id)
    if not rows:
        raise NotFound
    return Account(**rows[0])


async def suspended() -> list[Suspended]:
    """Accounts that are closed now, the newest first."""
    rows = await execute(
        "SELECT u.person AS person_id, p.display_name AS name, u.reason, u.from_at"
        " FROM suspension u JOIN person p ON p.id = u.person WHERE u.lifted_at IS NULL"
        " ORDER BY u.from_at DESC"
    )
    return [Suspended(**row) for row in rows]


async def holds(
    person_id: int, role: str, from_on: date, until_on: date | None, event_id: int | None
) -> bool:
    """Whether somebody holds this very office in some of these days."""
    rows = await execute(
        "SELECT 1 FROM role_grant WHERE person = $1 AND role = $2"
        " AND event IS NOT DISTINCT FROM $5::int"
        " AND daterange(from_on, until_on, '[]') && daterange($3::date, $4::date, '[]')",
        *(person_id, role, from_on, until_on, event_id),
    )
    return bool(rows)


async def somebody_changes(area: Area, *, on: date) -> bool:
    """Whether anybody who can come in holds an office on a day that changes this area."""
    return bool(await _holders(area, on))


async def days_without(area: Area, first: date, last: date) -> set[date]:
    """The days, both ends among them, on which nobody would change this area as it stands now."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day for day in days if not await somebody_changes(area, on=day)}


async def recipients(area: Area, *, today: date | None = None) -> list[Recipient]:
    """Everybody whose office may change this area today."""
    return await _holders(area, today or clock.today())


async def _holders(area: Area, day: date) -> list[Recipient]:
    offices = [office for office, right in RIGHTS[area].items() if right == CHANGE]
    rows = await execute(
        "SELECT DISTINCT p.id, p.display_name, p.email, p.language FROM role_grant r"
        " JOIN person p ON p.id = r.person WHERE r.role = ANY($1::text[]) AND r.event IS NULL"
        " AND r.from_on <= $2 AND (r.until_on IS NULL OR r.until_on >= $2)"
        f" AND p.email IS NOT NULL AND {comes_in('p')} ORDER BY p.id",
        *(offices, day),
    )
    return [
        Recipient(row["id"], row["display_name"], row["email"], row["language"]) for row in rows
    ]
