"""Calls and proposals as the API tells and takes them."""

from datetime import datetime
from typing import Annotated

import msgspec

from server.talks.rules import Text
from server.talks.views import CallView, ProposalView
from server.web.forms import stripped


class FormatOut(msgspec.Struct):
    """A format that a call asks for, with its usual length."""

    format: str
    minutes: int


class CallOut(msgspec.Struct):
    """One call for proposals. `phase` is coming, open or closed; moments in UTC."""

    slug: str
    title: str
    title_en: str
    text: str
    text_en: str
    event: str
    opens_at: datetime
    closes_at: datetime
    phase: str
    days_left: int
    formats: list[FormatOut]
    proposals_per_person: int


class ProposalIn(msgspec.Struct, forbid_unknown_fields=True):
    """A draft. `key` is yours: the same key again changes the same draft."""

    title: str
    abstract: str = ""
    format: str = "lecture"
    minutes: int | None = None
    topics: list[str] = []
    language: str = "nl"
    remark: str = ""
    affiliation: str = ""
    key: str | None = None


class ProposalOut(msgspec.Struct):
    """One of your proposals. `allowed_actions` says what you may do with it now."""

    code: str
    call: str
    state: str
    title: str
    abstract: str
    format: str
    minutes: int
    topics: list[str]
    language: str
    remark: str
    speakers: list[str]
    submitted_at: datetime | None
    confirm_by: datetime | None
    allowed_actions: list[str]


class WithdrawalIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why; may stay empty."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


def call_out(call: CallView, now: datetime) -> CallOut:
    """The call as the API tells it."""
    return CallOut(
        slug=call.slug,
        title=call.title_nl,
        title_en=call.title_en,
        text=call.text_nl,
        text_en=call.text_en,
        event=call.event_nl,
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        phase=call.phase(now),
        days_left=call.days_left(now),
        formats=[FormatOut(offer.format, offer.minutes) for offer in call.offers],
        proposals_per_person=call.proposals_per_person,
    )


def proposal_out(view: ProposalView, now: datetime) -> ProposalOut:
    """The proposal as its speaker may know it."""
    changing = ["change"] if view.may_change(now) else []
    return ProposalOut(
        code=view.code,
        call=view.slug,
        state=view.told_state,
        title=view.title,
        abstract=view.abstract,
        format=view.format,
        minutes=view.minutes,
        topics=list(view.topics),
        language=view.language,
        remark=view.remark,
        speakers=[speaker.name for speaker in view.speakers],
        submitted_at=view.submitted_at,
        confirm_by=view.confirm_by if view.told_state == "accepted" else None,
        allowed_actions=[*changing, *view.speaker_actions(now)],
    )


def text_in(given: ProposalIn) -> Text:
    """What the API was given, as the rules know it."""
    return Text(
        title=stripped(given.title),
        abstract=stripped(given.abstract),
        format=given.format,
        minutes=given.minutes,
        topics=tuple(dict.fromkeys(stripped(topic) for topic in given.topics)),
        language=given.language,
        remark=stripped(given.remark),
        affiliation=stripped(given.affiliation),
    )
