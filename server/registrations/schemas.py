"""Registrations as the API takes and tells them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.questions.schemas import AnswerIn, NeedsIn
from server.registrations.queries import RegistrationView
from server.registrations.sorts import Unit
from server.registrations.states import LINE

Key = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Keys = Annotated[list[Key], msgspec.Meta(max_length=50)]
HOLDERS = ("verify", "accept", "decline", "cancel")


class RegistrationIn(msgspec.Struct, forbid_unknown_fields=True):
    """What you ask for. Repeat the same `idempotency_key` and nothing happens twice.

    `unit_id` and `extra_ids` are ids of `/api/events/{slug}/places`. `together`: the seat only with
    all of `extra_ids`. `auto_accept`: a place that comes free is yours without an answer.
    """

    unit_id: Key | None = None
    extra_ids: Keys = []
    together: bool = False
    auto_accept: bool = False
    invitation_code: str = ""
    remark: str = ""
    idempotency_key: UUID | None = None
    answers: list[AnswerIn] = []
    needs: NeedsIn | None = None


class RegistrationOut(msgspec.Struct):
    """Where you stand. `rank` is your place in the waiting line, from 1."""

    code: str
    event: str
    state: str
    allowed_actions: list[str]
    rank: int | None
    place: str
    expires_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    online_url: str
    price_cents: int
    is_to_pay: bool


class PlaceOut(msgspec.Struct):
    """Places of one sort; `free` is null where there is no end to them.

    `not_with`: ids of places at the same hour. One has one of them; who has one may wait for one.
    """

    id: int
    kind: str
    name: str
    name_en: str
    capacity: int | None
    free: int | None
    waiting: int
    begins_at: datetime | None
    ends_at: datetime | None
    not_with: list[int]


class PlaceIn(msgspec.Struct, forbid_unknown_fields=True):
    """One more sort of place, by its id."""

    unit_id: Key = 0


def place_out(unit: Unit) -> PlaceOut:
    """Places of one sort as the API tells them."""
    return PlaceOut(
        id=unit.id,
        kind=unit.kind,
        name=unit.name_nl,
        name_en=unit.name_en,
        capacity=unit.capacity,
        free=unit.free,
        waiting=unit.waiting,
        begins_at=unit.begins_at,
        ends_at=unit.ends_at,
        not_with=unit.not_with,
    )


def registration_out(view: RegistrationView, now: datetime) -> RegistrationOut:
    """The registration as the API tells it, with what its holder may still do at this moment."""
    return RegistrationOut(
        code=view.code,
        event=view.slug,
        state=view.state,
        allowed_actions=_allowed(view, now),
        rank=view.rank,
        place=view.unit_nl,
        expires_at=view.answer_until,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        online_url=view.online_url,
        price_cents=view.price_cents,
        is_to_pay=view.owes,
    )


def _allowed(view: RegistrationView, now: datetime) -> list[str]:
    is_late = view.is_late(now)
    too_late = {"cancel": not view.may_cancel(now), "accept": is_late, "verify": is_late}
    possible = [action for action in LINE.allowed(view.state) if action in HOLDERS]
    return [action for action in possible if not too_late.get(action, False)]


class StepIn(msgspec.Struct):
    """A step of an event's life; `reason` is read by everybody who is told."""

    reason: str = ""
