"""An event once more with what it asks: its plan, its places and its questions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.database import execute, transaction
from server.events import copying
from server.questions import copying as questions
from server.questions import needs, queries


async def copy(
    actor: Actor,
    event_id: int,
    starts_at: datetime,
    *,
    also: Mapping[str, Any] = copying.NOTHING,
    now: datetime,
) -> int:
    """A draft on another day with the same parts, places, questions and needs asked: its id.

    Nothing of anybody comes along, nor the joining link. `also` are columns of the copy alone.
    Raises Invalid for an hour that is not there, NotFound.
    """
    async with transaction():
        made = await copying.copy(actor, event_id, starts_at, also=also, now=now)
        units = await _units(event_id, made)
        await questions.copy(actor, made, event_id, units=units, now=now)
        asked = await queries.asked_needs(event_id)
        if asked.diet or asked.access:
            await needs.ask(actor, made, asked, now=now)
    return made


async def _units(there: int, here: int) -> dict[int, int]:
    """Which sort of places became which: they were copied in their order."""
    sql = "SELECT id FROM capacity_unit WHERE event = $1 ORDER BY id"
    pairs = zip(await execute(sql, there), await execute(sql, here), strict=False)
    return {one["id"]: other["id"] for one, other in pairs}
