"""Registrations as the API takes and tells them."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.registrations.queries import RegistrationView
from server.registrations.states import LINE

HOLDERS = ("verify", "accept", "decline", "cancel")


class RegistrationIn(msgspec.Struct, forbid_unknown_fields=True):
    """What you ask for. Repeat the same `idempotency_key` and nothing happens twice."""

    unit_id: int | None = None
    remark: str = ""
    idempotency_key: UUID | None = None


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


def registration_out(view: RegistrationView) -> RegistrationOut:
    """The registration as the API tells it."""
    return RegistrationOut(
        code=view.code,
        event=view.slug,
        state=view.state,
        allowed_actions=[action for action in LINE.allowed(view.state) if action in HOLDERS],
        rank=view.rank,
        place=view.unit_nl,
        expires_at=view.answer_until,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        online_url=view.online_url,
    )
