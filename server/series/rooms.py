"""Which times of a series would be in a room that is taken, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.events import claims, room_notes
from server.events.claims import Claim
from server.events.rooms import Clash
from server.series.rules import Turn

Clashes = Mapping[int, Sequence[Clash]]
ByDay = Mapping[str, Sequence[Clash]]


async def of_turns(example: Mapping[str, Any], turns: Sequence[Turn]) -> ByDay:
    """Who else plans to be in the rooms of new times: by the day of each."""
    theirs = await claims.of_events([example["id"]])
    wanted = [
        replace(one.along(example["starts_at"], turn.starts_at), of=-n)
        for n, turn in enumerate(turns, start=1)
        for one in theirs
        if not turn.trouble
    ]
    found = await claims.clashes(wanted)
    return {turns[-n - 1].day: clashes for n, clashes in found.items()}


async def of_changes(rows: Mapping[int, Mapping[str, Any]], changes: Mapping[int, Any]) -> Clashes:
    """Who else plans to be in the rooms of events once they changed: by event.

    `rows` are the events as they are, `changes` the columns that become others.
    """
    wanted = [
        _changed(one, rows[one.of], changes[one.of])
        for one in await claims.of_events(rows.keys())
        if one.is_of_part and "venue" not in changes[one.of]
    ]
    for event_id, row in rows.items():
        becomes = {**row, **changes[event_id]}
        if becomes["booked_room"] is not None:
            span = becomes["starts_at"], becomes["ends_at"]
            room = becomes["booked_room"]
            wanted.append(Claim(event_id, room, *span, reason=becomes["room_reason"]))
    return await claims.clashes(wanted, besides=rows.keys())


def _changed(claim: Claim, row: Mapping[str, Any], changes: Mapping[str, Any]) -> Claim:
    """Parts move along with an event that begins and ends at other moments."""
    if not {"starts_at", "ends_at"} <= changes.keys():
        return claim
    moved: datetime = changes["starts_at"]
    return replace(claim.along(row["starts_at"], moved), reason=claim.reason)


async def of_events(event_ids: Sequence[int]) -> Clashes:
    """Who else plans to be in the rooms of events as they are: by event."""
    return await claims.clashes(await claims.of_events(event_ids))


def words(found: Mapping[Any, Sequence[Clash]], said: str, actor: Actor) -> dict[Any, list[str]]:
    """A sentence for each."""
    return {
        key: [room_notes.shared(one, said, actor) for one in clashes]
        for key, clashes in found.items()
    }
