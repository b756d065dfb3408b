"""Series as the API takes and tells them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from server.series.changing import Plan
from server.series.queries import Occurrence, SeriesView
from server.series.rules import Every, Layout, Scope, Turn
from tables.events import EventMode

Line = Annotated[str, msgspec.Meta(max_length=200)]
Short = Annotated[str, msgspec.Meta(max_length=300)]
Key = Annotated[int, msgspec.Meta(ge=1, le=2_147_483_647)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]


class LayoutIn(msgspec.Struct, forbid_unknown_fields=True):
    """How often, and either how many times in all or until which day.

    `left_out` are days on which it is not held, such as a holiday.
    """

    every: Every = Every.month
    times: int | None = None
    until: date | None = None
    left_out: list[date] = []

    def layout(self) -> Layout:
        """What was asked."""
        return Layout(self.every, self.times, self.until)

    @property
    def days(self) -> set[str]:
        """The keys of the days that are left out."""
        return {day.isoformat() for day in self.left_out}


class MoreIn(msgspec.Struct, forbid_unknown_fields=True):
    """How many times more, or until which day."""

    times: int | None = None
    until: date | None = None
    left_out: list[date] = []


class OnceIn(msgspec.Struct, forbid_unknown_fields=True):
    """When it is held once more; with its offset from UTC."""

    starts_at: datetime | None = None


class StepsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Which events take a step (slugs); `reason` is read by everybody who is told."""

    events: list[str] = []
    reason: str = ""


class ChangeIn(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of one event, and for which others the same counts. Absent: as it is.

    Moments with their offset from UTC; the others move as far along on an Amsterdam clock. A room
    is either one of the venue that is booked, by its key, or a name.
    """

    scope: Scope = Scope.this
    title: Line | msgspec.UnsetType = msgspec.UNSET
    title_en: Line | msgspec.UnsetType = msgspec.UNSET
    summary: Short | msgspec.UnsetType = msgspec.UNSET
    summary_en: Short | msgspec.UnsetType = msgspec.UNSET
    description: Text | msgspec.UnsetType = msgspec.UNSET
    description_en: Text | msgspec.UnsetType = msgspec.UNSET
    starts_at: datetime | msgspec.UnsetType = msgspec.UNSET
    ends_at: datetime | msgspec.UnsetType = msgspec.UNSET
    all_day: bool | msgspec.UnsetType = msgspec.UNSET
    mode: EventMode | msgspec.UnsetType = msgspec.UNSET
    venue: Key | msgspec.UnsetType | None = msgspec.UNSET
    booked_room: Key | msgspec.UnsetType | None = msgspec.UNSET
    room: Annotated[str, msgspec.Meta(max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    room_reason: Short | msgspec.UnsetType = msgspec.UNSET
    registration_opens_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    registration_closes_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    cancel_until_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    online_url: Annotated[str, msgspec.Meta(max_length=500)] | msgspec.UnsetType = msgspec.UNSET


class TurnOut(msgspec.Struct):
    """One day that would be added. `trouble` says why it cannot be: `missing` or `past`; `taken`
    who else plans to be in its rooms."""

    starts_at: datetime
    ends_at: datetime
    holiday: str
    trouble: str
    is_doubled: bool
    taken: list[str] = []


class OccurrenceOut(msgspec.Struct):
    """One event of a series; all of it stands at `/api/events/{slug}`."""

    slug: str
    state: str
    title: str
    starts_at: datetime
    ends_at: datetime
    confirmed: int
    waiting: int


class SeriesLine(msgspec.Struct):
    """One of the series that you manage; `next_at` is null when nothing is to come."""

    id: int
    state: str
    title: str
    every: str
    coming: int
    next_at: datetime | None


class SeriesOut(msgspec.Struct):
    """One series. `rule` is an RRULE (RFC 5545) that begins at `starts_at` in `timezone`."""

    id: int
    state: str
    title: str
    title_en: str
    every: str
    rule: str
    starts_at: datetime
    timezone: str
    uid: str
    coming: int
    events: list[OccurrenceOut]


class DoneOut(msgspec.Struct):
    """How many events it was done for."""

    events: int


class PlanOut(msgspec.Struct):
    """How many events changed, and how many people are told, each by one letter. `stayed` is how
    many in the scope did not, because they began or are off."""

    events: int
    people: int
    stayed: int = 0


def turns_out(turns: Sequence[Turn], taken: Mapping[str, list[str]]) -> list[TurnOut]:
    """The days as the API tells them."""
    return [
        TurnOut(
            *(one.starts_at, one.ends_at, one.holiday, one.trouble),
            is_doubled=one.is_doubled,
            taken=taken.get(one.day, []),
        )
        for one in turns
    ]


def line_out(series: SeriesView) -> SeriesLine:
    """The series as a line of a list."""
    same = ("id", "state", "every", "coming", "next_at")
    return SeriesLine(**{name: getattr(series, name) for name in same}, title=series.title_nl)


def series_out(series: SeriesView, found: Sequence[Occurrence]) -> SeriesOut:
    """The series as the API tells it."""
    same = ("id", "state", "title_en", "rule", "starts_at", "timezone", "uid", "coming")
    return SeriesOut(
        **{name: getattr(series, name) for name in same},
        title=series.title_nl,
        every=series.every,
        events=[
            OccurrenceOut(
                slug=one.slug,
                state=one.state,
                title=one.title_nl,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                confirmed=one.confirmed,
                waiting=one.waiting,
            )
            for one in found
        ],
    )


def plan_out(plan: Plan) -> PlanOut:
    """A change that was carried out."""
    return PlanOut(events=len(plan.moves), people=plan.people, stayed=len(plan.stay))
