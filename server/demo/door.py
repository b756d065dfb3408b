"""At the door of the last event day: most came, one left early, a code was not known."""

from datetime import timedelta
from uuid import UUID, uuid5

from server.actors import SYSTEM
from server.attendance import service
from server.attendance.service import Asked
from server.database import execute
from server.registrations import tickets
from tables.attendance import Direction

DEVICE = UUID("00000000-0000-4000-8000-00000000d00f")
STAYED_AWAY = 3


async def open_up(told: dict[str, int]) -> None:
    """Scans of one morning, two a minute."""
    event_id = told["past_day"]
    event = (await execute("SELECT starts_at, ends_at FROM event WHERE id = $1", event_id))[0]
    rows = await execute("SELECT id FROM registration WHERE event = $1 ORDER BY id", event_id)
    at = event["starts_at"] - timedelta(minutes=20)
    codes = [await tickets.code_of(row["id"]) for row in rows[STAYED_AWAY:]]
    for n, code in enumerate([*codes, "NIETGOED"]):
        asked = Asked(DEVICE, uuid5(DEVICE, f"in {n}"), code)
        await service.scan(SYSTEM, event_id, asked, now=at + n * timedelta(seconds=30))
    early = Asked(DEVICE, uuid5(DEVICE, "out"), codes[0], direction=Direction.out)
    await service.scan(SYSTEM, event_id, early, now=event["ends_at"] - timedelta(hours=2))
