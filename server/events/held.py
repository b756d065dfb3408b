"""What was held stays as it was: who was there how long is counted by it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from server.database import execute
from server.events.refusals import WasHeld

WHEN = ("starts_at", "ends_at", "kind")
LISTED = "SELECT state FROM presence_list WHERE event = $1"


async def require_not_listed(event_id: int) -> None:
    """It can still be put off or called off. Refuses: WasHeld once who was there is drawn up."""
    if await execute(LISTED, event_id):
        raise WasHeld


async def require_not_settled(event_id: int, changed: Collection[str] = WHEN) -> None:
    """Its times, and what counts as time, can still change. Refuses: WasHeld."""
    rows = await execute(LISTED, event_id) if any(name in WHEN for name in changed) else []
    if rows and rows[0]["state"] == "settled":
        raise WasHeld


async def require_stays(
    event_id: int, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime
) -> None:
    """Nobody was yet at what is still to come. Refuses: WasHeld."""
    await require_not_settled(event_id, [name for name in after if name != "kind"])
    if {**before, **after}["ends_at"] > now >= before["ends_at"]:
        await require_not_listed(event_id)
