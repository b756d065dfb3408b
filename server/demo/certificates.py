"""Certificates of the last event day: one replaced after a correction, one taken back."""

from datetime import datetime

from server.actors import SYSTEM
from server.attendance import correcting, presence
from server.attendance.correcting import Correction
from server.certificates import making, queries, service

LATER = "De middag staat op de papieren lijst."
WRONG = "De deelnemer liet weten er niet te zijn geweest."


async def give(told: dict[str, int], now: datetime) -> None:
    """Everybody who was there has one; the worker makes the paper."""
    event_id = told["past_day"]
    await service.give_all(SYSTEM, event_id, now=now)
    early = next(one for one in await presence.of_event(event_id) if 0 < one.minutes < 300)
    whole = {part.part_id: part.span.minutes for part in early.parts}
    right = Correction(whole, LATER)
    await correcting.correct(SYSTEM, event_id, early.person_id, right, now=now)
    await service.give_again(SYSTEM, event_id, early.person_id, now=now)
    last = (await queries.of_event(event_id))[-1]
    await service.revoke(SYSTEM, last.id, WRONG)
    await making.make(now)
