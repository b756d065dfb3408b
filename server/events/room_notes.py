"""What the organiser is told of the rooms of an event: who is there too, and who does not fit."""

from typing import Any

from server import language
from server.actors import Actor
from server.events import rooms

NONE: dict[str, Any] = {"room_notes": []}


async def of_event(event_id: int, said: str, actor: Actor) -> dict[str, Any]:
    """A sentence for each, for the template `events/_rooms.html`; two statements."""
    notes = [shared(clash, said, actor) for clash in await rooms.clashes(event_id)]
    overfull = await rooms.overfull(event_id)
    if overfull:
        room, capacity, seats = overfull
        key = "events.room.overfull"
        notes.append(language.text(said, key, room=room, capacity=capacity, seats=seats))
    return {"room_notes": notes}


def shared(clash: rooms.Clash, said: str, actor: Actor) -> str:
    """Who is in a room at the same time, and why that may be."""
    told = language.text(
        said,
        "events.room.clash",
        room=clash.room,
        event=", ".join(part for part in (clash.title(said, actor), clash.part) if part),
        when=language.span(clash.starts_at, clash.ends_at, said),
    )
    why = language.text(said, "events.room.because", reason=clash.reason) if clash.reason else ""
    return f"{told} {why}".strip()
