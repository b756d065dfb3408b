"""An event as a picture to share, and as a sheet to print. Each is drawn once for what it says."""

import asyncio
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno

from server import language
from server.events.queries import EventView
from server.events.timetable import PartView
from server.web import links, pdf
from tables.events import EventState

CARD, SHEET = (Path(__file__).with_name(name) for name in ("card.typ", "sheet.typ"))
LONGEST_PLACE = 64
SAID_OF_STATE = (EventState.postponed, EventState.cancelled)
WORDS = ("programme", "time", "what", "room", "route", "accessibility", "contact", "newest", "scan")


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn: `digest` tells whether it is what somebody has already."""

    template: Path
    data: str

    @property
    def digest(self) -> str:
        """Of what it says and of how it is drawn."""
        return hashlib.sha256(_source(self.template) + self.data.encode()).hexdigest()[:32]

    async def drawn(self) -> bytes:
        """The picture (PNG, 1200 by 630) or the paper (PDF/A-2a), in a thread."""
        return await asyncio.to_thread(_drawn, self.template, self.data)


@lru_cache(4)
def _source(template: Path) -> bytes:
    return template.read_bytes()


@lru_cache(64)
def _drawn(template: Path, data: str) -> bytes:
    if template == CARD:
        return pdf.picture(template, data)
    return pdf.compiled(template, data)


def card(event: EventView, said: str) -> Drawing:
    """What is shared of an event that everybody may know of: title, day and place."""
    place = event.place or language.text(said, f"events.mode.{event.mode}")
    if len(place) > LONGEST_PLACE:
        place = ", ".join(part for part in (event.venue, event.city) if part) or place
    kind = language.text(said, f"events.kind.{event.kind}")
    state = _state(event, said)
    return _drawing(
        CARD,
        {
            "lang": said,
            "site": language.text(said, "site.name"),
            "kind": f"{kind} · {state}" if state else kind,
            "title": event.title(said),
            "when": "" if event.state == EventState.postponed else _when(event, said),
            "place": place,
        },
    )


def sheet(event: EventView, parts: Sequence[PartView], said: str) -> Drawing:
    """The day on paper: when, where, how to get there, and the programme with its rooms."""
    address = links.absolute(f"/events/{event.slug}")
    routes = dict.fromkeys((one.room, one.room_route) for one in parts if one.room_route)
    return _drawing(
        SHEET,
        {
            "lang": said,
            "organisation": event.group(said) or language.text(said, "site.name"),
            "title": event.title(said),
            "state": _state(event, said),
            "when": _when(event, said),
            "place": event.place or language.text(said, f"events.mode.{event.mode}"),
            "summary": event.summary(said),
            "route": event.route,
            "rooms": [
                {"room": room, "route": route} for room, route in routes if route not in event.route
            ],
            "accessibility": event.accessibility,
            "contact": event.contact_email,
            "parts": [_part(event, one, said) for one in parts],
            "address": address,
            "qr": _qr(address),
            "words": {word: language.text(said, f"events.sheet.{word}") for word in WORDS},
        },
    )


def _drawing(template: Path, data: dict[str, Any]) -> Drawing:
    return Drawing(template, json.dumps(data, ensure_ascii=False, sort_keys=True))


def _state(event: EventView, said: str) -> str:
    """What must be said first, or nothing."""
    if event.state not in SAID_OF_STATE:
        return ""
    return language.text(said, f"states.event.{event.state}")


def _when(event: EventView, said: str) -> str:
    return language.span(event.starts_at, event.ends_at, said)


def _part(event: EventView, one: PartView, said: str) -> dict[str, Any]:
    write = language.span if event.lasts_days else language.hours
    return {
        "when": write(one.starts_at, one.ends_at, said),
        "title": one.title(said),
        "room": one.room,
        "is_content": one.is_content,
    }


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=1)
    return out.getvalue().decode()
