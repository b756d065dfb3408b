"""One member as the API tells it."""

from datetime import date
from typing import Annotated

import msgspec

from server.members.queries import Card
from tables.memberships import Ground

Words = Annotated[str, msgspec.Meta(max_length=2000)]


class PeriodOut(msgspec.Struct):
    """One continuous membership; `ends_on` is its last day."""

    id: int
    type: str
    starts_on: date
    ends_on: date | None
    ended_by: str | None
    ground: str | None
    reason: str
    renewable: bool


class SuspensionOut(msgspec.Struct):
    """Days without the rights of a member."""

    id: int
    from_on: date
    until_on: date | None
    reason: str


class OpenEndOut(msgspec.Struct):
    """Something that goes on after a death."""

    kind: str
    what: str


class MemberOut(msgspec.Struct):
    """One person and where they stand today; the newest period first."""

    id: int
    name: str
    number: int | None
    status: str
    deceased_on: date | None
    periods: list[PeriodOut]
    suspensions: list[SuspensionOut]
    open_ends: list[OpenEndOut]


class ConversionIn(msgspec.Struct, forbid_unknown_fields=True):
    """To which type, by its code, and from which day."""

    type: str = ""
    from_on: date | None = None


class NoticeIn(msgspec.Struct, forbid_unknown_fields=True):
    """On which day a member's notice was received."""

    received_on: date | None = None


class EndingIn(msgspec.Struct, forbid_unknown_fields=True):
    """On which ground, and why; the member reads both. The last day follows from the ground."""

    ground: Ground | None = None
    reason: Words = ""


class SuspensionIn(msgspec.Struct, forbid_unknown_fields=True):
    """From when to when, and why; without a last day until the rights are given back."""

    from_on: date | None = None
    until_on: date | None = None
    reason: Words = ""


class DeathIn(msgspec.Struct, forbid_unknown_fields=True):
    """On which day, and who told us."""

    died_on: date | None = None
    source: Words = ""


def member_out(card: Card, today: date) -> MemberOut:
    """The card as the API tells it; names of types in Dutch."""
    standing = card.standing
    return MemberOut(
        id=card.id,
        name=card.name,
        number=card.number,
        status=card.status_on(today).value,
        deceased_on=card.deceased_on,
        periods=[
            PeriodOut(
                id=one.id,
                type=one.type_code,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                ended_by=one.ended_by,
                ground=one.ground,
                reason=one.reason,
                renewable=one.may_renew(today),
            )
            for one in standing.periods
        ],
        suspensions=[
            SuspensionOut(one.id, one.from_on, one.until_on, one.reason)
            for one in standing.suspensions
        ],
        open_ends=[OpenEndOut(one.kind, one.what_nl) for one in card.open_ends],
    )
