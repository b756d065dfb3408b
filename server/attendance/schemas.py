"""The door as the API takes and tells it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server import language
from server.attendance.queries import Numbers, ScanView
from server.attendance.service import Asked
from server.events.queries import EventView
from server.events.timetable import PartView
from tables.attendance import Direction

MOST = 200


class ScanIn(msgspec.Struct, forbid_unknown_fields=True):
    """One scan. `nonce` is its own mark; `at` when it was made, by the clock of the device.

    `in_person`: whoever has a place online comes in all the same, with a place in the hall from
    then on; only when there is room. Ask for it after `place_online`, with a mark of its own.
    """

    nonce: UUID
    code: Annotated[str, msgspec.Meta(max_length=200)] = ""
    part_id: int | None = None
    direction: Direction = Direction.in_
    at: datetime | None = None
    in_person: bool = False


class ScansIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a device sends: its mark, the time by its own clock, and scans, the oldest first."""

    device: UUID | None = None
    sent_at: datetime | None = None
    scans: Annotated[list[ScanIn], msgspec.Meta(max_length=MOST)] = []


class ScanOut(msgspec.Struct):
    """What came of a scan: `result` is `ok` or the one reason why not, `words` say it.

    `name` is empty for a code that is nobody's here. `id` is what takes it back.
    """

    id: int
    nonce: UUID
    result: str
    is_ok: bool
    is_undone: bool
    direction: str
    name: str
    at: datetime
    words: str


class DoorPart(msgspec.Struct):
    """A part with a door of its own. `asks_place`: only who has a place there is let in."""

    id: int
    title: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    room: str
    asks_place: bool


class DoorOut(msgspec.Struct):
    """A door: how many may come, how many are in now, and the parts with doors of their own."""

    event: str
    starts_at: datetime
    ends_at: datetime
    expected: int
    inside: int
    parts: list[DoorPart]


def asked(one: ScanIn, batch: ScansIn) -> Asked:
    """A scan as the service takes it. Without a device every mark is a device of its own."""
    return Asked(
        device=batch.device or one.nonce,
        nonce=one.nonce,
        code=one.code.strip(),
        part_id=one.part_id,
        direction=one.direction,
        at=one.at,
        in_person=one.in_person,
        sent_at=batch.sent_at,
    )


def scan_out(done: ScanView, nonce: UUID, said: str) -> ScanOut:
    """What came of it, in the reader's language."""
    return ScanOut(
        id=done.id,
        nonce=nonce,
        result=done.result,
        is_ok=done.is_ok,
        is_undone=done.is_undone,
        direction=done.direction,
        name=done.name,
        at=done.at,
        words=language.text(said, f"attendance.result.{done.outcome}", name=done.name),
    )


def door_out(event: EventView, numbers: Numbers, parts: list[PartView]) -> DoorOut:
    """The door of an event."""
    told = [
        DoorPart(one.id, one.title_nl, one.title_en, one.starts_at, one.ends_at, one.room,
                 one.unit_id is not None)
        for one in parts if one.is_content
    ]  # fmt: skip
    return DoorOut(
        event=event.slug,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        expected=numbers.expected,
        inside=numbers.inside,
        parts=told,
    )
