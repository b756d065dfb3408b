"""Applications as the API tells them."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from server.applications.queries import ApplicationView, LookAlike
from server.applications.states import APPLICATION

THE_APPLICANTS = ("submit", "answer", "withdraw")
Words = Annotated[str, msgspec.Meta(max_length=2000)]


class LookAlikeOut(msgspec.Struct):
    """Somebody whom we know and who could be the applicant; `reasons` say why."""

    id: int
    name: str
    reasons: list[str]
    member_number: int | None


class ApplicationOut(msgspec.Struct):
    """One application. `allowed_actions` says what the board may do with it now."""

    id: int
    state: str
    type: str
    name: str
    email: str
    city: str
    language: str
    register: str
    number: str
    title: str
    motivation: str
    question: str
    answer: str
    reason: str
    submitted_at: datetime | None
    decided_at: datetime | None
    look_alikes: list[LookAlikeOut]
    allowed_actions: list[str]


class QuestionIn(msgspec.Struct, forbid_unknown_fields=True):
    """What the board wants to know."""

    question: Words = ""


class RejectionIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why not; the applicant reads it."""

    reason: Words = ""


class ApprovalIn(msgspec.Struct, forbid_unknown_fields=True):
    """From which day, and as whom: `person` is the id of a look-alike, or null for a new person."""

    starts_on: date | None = None
    person: int | None = None


def application_out(view: ApplicationView, known: list[LookAlike]) -> ApplicationOut:
    """The application as the API tells it."""
    allowed = [one for one in APPLICATION.allowed(view.state) if one not in THE_APPLICANTS]
    return ApplicationOut(
        id=view.id,
        state=view.state,
        type=view.type_nl,
        name=view.name,
        email=view.email,
        city=view.city,
        language=view.language,
        register=view.register,
        number=view.number,
        title=view.title,
        motivation=view.motivation,
        question=view.question,
        answer=view.answer,
        reason=view.reason,
        submitted_at=view.submitted_at,
        decided_at=view.decided_at,
        look_alikes=[
            LookAlikeOut(one.id, one.display_name, list(one.reasons), one.member_number)
            for one in known
        ],
        allowed_actions=allowed,
    )
