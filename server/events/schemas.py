"""Events as the API tells them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from server.events.documents import DocumentView
from server.events.queries import EventView
from server.events.timetable import PartView
from server.web import links, uploads


class PartOut(msgspec.Struct):
    """A part of its day: content, break or lunch. Moments in UTC."""

    kind: str
    title: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    room: str


class EventOut(msgspec.Struct):
    """One event. Moments in UTC; `free` is null where places are unlimited or not counted."""

    slug: str
    kind: str
    state: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    description: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    mode: str
    place: str
    group: str | None
    visibility: str
    capacity: int | None
    free: int | None
    is_open_for_registration: bool
    uid: str
    sequence: int


class DocumentOut(msgspec.Struct):
    """A document that everybody who sees the event may fetch. `version` counts from 1."""

    title: str
    title_en: str
    url: str
    media_type: str
    size_bytes: int
    version: int
    uploaded_at: datetime


class TermsOut(msgspec.Struct):
    """On what terms one class registers; a moment that is null is that of the event."""

    ticket_class: str
    opens_at: datetime | None
    closes_at: datetime | None
    price_cents: int


class EventWithParts(EventOut):
    """One event with its timetable and the documents that are for everybody.

    `terms` is empty where all register alike and for nothing.
    """

    parts: list[PartOut]
    documents: list[DocumentOut]
    terms: list[TermsOut]
    needs_approval: bool


def with_parts(
    event: EventView,
    parts: Sequence[PartView],
    documents: Sequence[DocumentView],
    now: datetime,
) -> EventWithParts:
    """The event, its parts and those documents as the API tells them."""
    told = [
        PartOut(one.kind, one.title_nl, one.title_en, one.starts_at, one.ends_at, one.room)
        for one in parts
    ]
    terms = [
        TermsOut(one.ticket_class, one.opens_at, one.closes_at, one.price_cents)
        for one in event.terms
    ]
    return EventWithParts(
        **msgspec.structs.asdict(event_out(event, now)),
        parts=told,
        documents=[_document(event, one) for one in documents],
        terms=terms,
        needs_approval=event.needs_approval,
    )


def _document(event: EventView, one: DocumentView) -> DocumentOut:
    return DocumentOut(
        title=one.title_nl,
        title_en=one.title_en,
        url=links.absolute(f"/events/{event.slug}/documents/{one.id}"),
        media_type=uploads.MEDIA_TYPES[one.kind],
        size_bytes=one.size_bytes,
        version=one.version,
        uploaded_at=one.uploaded_at,
    )


def event_out(event: EventView, now: datetime) -> EventOut:
    """The event as the API tells it."""
    return EventOut(
        slug=event.slug,
        kind=event.kind,
        state=event.state,
        title=event.title_nl,
        title_en=event.title_en,
        summary=event.summary_nl,
        summary_en=event.summary_en,
        description=event.description_nl,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        all_day=event.all_day,
        mode=event.mode,
        place=event.place,
        group=event.group_slug or None,
        visibility=event.visibility,
        capacity=event.capacity,
        free=event.free,
        is_open_for_registration=event.takes_registrations(now),
        uid=event.uid,
        sequence=event.sequence,
    )
