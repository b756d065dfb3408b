"""Types of membership, and where one person stands."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.memberships import rules
from server.memberships.periods import PeriodView
from server.standing import belongs

PERIODS = """SELECT m.id, m.number, m.type AS type_id, t.code AS type_code, t.name_nl, t.name_en,
  m.starts_on, m.ends_on, m.planned_ends_on, m.ended_by, m.ground, m.reason,
  m.notice_received_on, m.revision, t.period_kind, t.grace_days, t.notice_days, t.notice_to
  FROM membership m JOIN membership_type t ON t.id = m.type
  WHERE m.person = $1 ORDER BY m.starts_on DESC, m.id DESC"""
# Everything that the status of any day follows from. Days are days in Amsterdam.
HISTORY = """SELECT p.deceased_on,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'from_on', s.from_on,
      'until_on', s.until_on, 'reason', s.reason) ORDER BY s.from_on), '[]')
    FROM membership_suspension s WHERE s.person = p.id) AS suspensions,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(
      (a.submitted_at AT TIME ZONE 'Europe/Amsterdam')::date,
      (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date - 1)), '[]')
    FROM membership_application a WHERE a.person = p.id AND a.submitted_at IS NOT NULL
      AND (a.decided_at IS NOT NULL OR a.state IN ('submitted', 'waiting'))) AS applications
  FROM person p WHERE p.id = $1"""


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
    notice_to: str
    notice_days: int

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.name_en if language == "en" else self.name_nl

    @property
    def notice(self) -> tuple[str, int]:
        """Its terms of notice: to which day, and how many days before."""
        return self.notice_to, self.notice_days

    def description(self, language: str) -> str:
        """For whom it is."""
        return self.description_en if language == "en" else self.description_nl


@dataclass(frozen=True)
class SuspensionView:
    """Days without rights, and why."""

    id: int
    from_on: date
    until_on: date | None
    reason: str

    def is_over(self, today: date) -> bool:
        """Its last day has passed."""
        return self.until_on is not None and self.until_on < today


@dataclass(frozen=True)
class Standing:
    """Where one person stands, with everything it follows from; the newest period first."""

    periods: list[PeriodView]
    suspensions: list[SuspensionView]
    applications: list[rules.Span]
    deceased_on: date | None

    def status_on(self, day: date) -> rules.Status:
        """What the person is to the network on any day."""
        return rules.status_on(
            day,
            [
                rules.Period(p.starts_on, p.ends_on, p.grace_days, p.ended_by, p.ground)
                for p in self.periods
            ],
            suspensions=[rules.Span(s.from_on, s.until_on) for s in self.suspensions],
            applications=self.applications,
            deceased_on=self.deceased_on,
        )

    def current(self, day: date) -> PeriodView | None:
        """The period that one decides on: that runs, else the next to come, else the last."""
        running = next((p for p in self.periods if p.runs(day)), None)
        coming = next((p for p in reversed(self.periods) if p.starts_on > day), None)
        return running or coming or (self.periods[0] if self.periods else None)

    def suspension(self, day: date) -> SuspensionView | None:
        """The days without rights that this day is one of."""
        return next(
            (s for s in self.suspensions if rules.Span(s.from_on, s.until_on).holds(day)), None
        )


async def types(today: date) -> list[TypeView]:
    """The kinds one can choose today, in the order in which they were made."""
    rows = await execute(
        "SELECT id, code, name_nl, name_en, description_nl, description_en, fee_cents, notice_to,"
        " notice_days"
        " FROM membership_type WHERE (valid_from IS NULL OR valid_from <= $1)"
        " AND (valid_to IS NULL OR valid_to >= $1) ORDER BY id",
        today,
    )
    return [TypeView(**row) for row in rows]


async def standing(person_id: int) -> Standing:
    """Where somebody stands on any day, in two statements. Raises NotFound."""
    rows = await execute(HISTORY, person_id)
    if not rows:
        raise NotFound
    return Standing(
        periods=[PeriodView(**row) for row in await execute(PERIODS, person_id)],
        suspensions=[_suspension(one) for one in json.loads(rows[0]["suspensions"])],
        applications=list(_spans(json.loads(rows[0]["applications"]))),
        deceased_on=rows[0]["deceased_on"],
    )


def _suspension(said: Mapping[str, Any]) -> SuspensionView:
    until = said["until_on"]
    return SuspensionView(
        id=said["id"],
        from_on=date.fromisoformat(said["from_on"]),
        until_on=date.fromisoformat(until) if until else None,
        reason=said["reason"],
    )


def _spans(pairs: Iterable[tuple[str, str | None]]) -> Iterable[rules.Span]:
    for first, last in pairs:
        until = date.fromisoformat(last) if last else None
        yield rules.Span(date.fromisoformat(first), until)


async def current(person_id: int, day: date) -> PeriodView:
    """The period that one decides on. Raises NotFound, also for who never was a member."""
    found = (await standing(person_id)).current(day)
    if found is None:
        raise NotFound
    return found


async def is_member_by_address(email_key: str, day: date) -> bool:
    """Whether somebody with this address is a member on a day, suspended or not."""
    rows = await execute(
        f"SELECT EXISTS (SELECT 1 FROM person p WHERE p.email_key = $1"
        f" AND p.deceased_on IS NULL AND {belongs('p.id', '$2')}) AS yes",
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
