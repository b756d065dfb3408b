"""One continuous membership: what is shown of it and what is decided on it are the same. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from server.memberships import rules, terms
from tables.memberships import EndedBy


@dataclass(frozen=True)
class PeriodView:
    """One continuous membership with the rules of its type."""

    id: int
    number: int
    type_id: int
    type_code: str
    name_nl: str
    name_en: str
    starts_on: date
    ends_on: date | None
    planned_ends_on: date | None
    ended_by: str | None
    ground: str | None
    reason: str
    notice_received_on: date | None
    revision: int
    period_kind: str
    grace_days: int
    notice_days: int
    notice_to: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The period of a row that has other columns besides."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    def name(self, language: str) -> str:
        """The name of the type."""
        return self.name_en if language == "en" else self.name_nl

    def runs(self, day: date) -> bool:
        """Whether the period has begun and its last day has not passed."""
        return rules.Span(self.starts_on, self.ends_on).holds(day)

    @property
    def appeal_until(self) -> date | None:
        """Up to which day whoever was expelled may appeal; nobody else has such a day."""
        return rules.appeal_until(self.ends_on, self.ground)

    def notice_ends_on(self, received_on: date) -> date:
        """The last day after a notice that was received on a day."""
        legal = terms.notice_ends_on(
            received_on, notice_days=self.notice_days, notice_to=self.notice_to
        )
        return terms.leaves_on(legal, self.starts_on, self.own_end)

    def association_ends_on(self, ground: str, today: date) -> date:
        """The last day if the association ended it today on this ground."""
        legal = terms.association_ends_on(
            ground, today, notice_days=self.notice_days, notice_to=self.notice_to
        )
        return terms.leaves_on(legal, self.starts_on, self.own_end)

    @property
    def own_end(self) -> date | None:
        """The last day of the period itself, whatever conversion is planned."""
        return terms.own_end(self.ends_on, self.ended_by, self.planned_ends_on)

    def may_give_notice(self, today: date) -> bool:
        """Whether its member can still leave."""
        return terms.may_give_notice(ended_by=self.ended_by, ends_on=self.ends_on, today=today)

    def may_note_notice(self, today: date) -> bool:
        """Whether the board can still write down a notice that came before the end."""
        return terms.may_note_notice(
            ended_by=self.ended_by, ends_on=self.ends_on, grace_days=self.grace_days, today=today
        )

    def may_withdraw_notice(self, today: date) -> bool:
        """Whether its member gave notice and can still stay."""
        return terms.may_withdraw_notice(ended_by=self.ended_by, ends_on=self.ends_on, today=today)

    def may_be_ended(self, today: date) -> bool:
        """Whether the association can still end it."""
        goes_on = (None, EndedBy.member, EndedBy.conversion)
        return self.runs(today) and self.ended_by in goes_on

    def awaits_conversion(self, today: date) -> bool:
        """Whether it goes on as another type later, which can still be called off."""
        return self.ended_by == EndedBy.conversion and self.runs(today)

    def may_renew(self, today: date) -> bool:
        """Whether it can be renewed today."""
        return terms.may_renew(
            self.period_kind,
            ends_on=self.ends_on,
            ended_by=self.ended_by,
            grace_days=self.grace_days,
            today=today,
        )

    def renewed_until(self) -> date | None:
        """The last day after renewing."""
        return terms.renewed_until(self.period_kind, self.ends_on) if self.ends_on else None
