"""An event that is over, and how people went in and out there."""

from datetime import datetime, timedelta
from uuid import uuid4

from server import clock
from server.actors import SYSTEM, Actor
from server.attendance import drawing_up, service
from server.attendance.service import Asked
from server.database import execute
from server.registrations import service as registrations
from server.registrations import tickets
from server.registrations.wishes import RegistrationForm
from tables.attendance import Direction
from tables.events import EventPart, PartKind
from tests import factories

HOUR = timedelta(hours=1)
BOARD = Actor(name="Carla", roles=frozenset({"board"}))
IN, OUT = Direction.in_, Direction.out


class Day:
    """One event of two parts of two hours with a break between, which is over."""

    def __init__(self, event_id: int, slug: str, starts_at: datetime) -> None:
        self.id, self.slug, self.starts_at = event_id, slug, starts_at
        self.people: dict[str, int] = {}
        self.codes: dict[str, str] = {}
        self.parts: dict[str, int] = {}

    async def comes(self, name: str, *times: tuple[float, Direction]) -> int:
        """Somebody with a place, and when they went in and out, in hours from the start."""
        row = await factories.member(name)
        who = factories.acting(row)
        view = await registrations.register(who, self.id, RegistrationForm(), now=self.before)
        self.people[name], self.codes[name] = row.id, view.code
        for hour, direction in times:
            await self.scan(name, hour, direction)
        return int(row.id)

    async def scan(self, name: str, hour: float, direction: Direction = IN) -> None:
        """Somebody at the door."""
        rows = await execute("SELECT id FROM registration WHERE person = $1", self.people[name])
        code = await tickets.code_of(rows[0]["id"])
        at = self.starts_at + hour * HOUR
        asked = Asked(uuid4(), uuid4(), code, direction=direction)
        await service.scan(SYSTEM, self.id, asked, now=at)

    @property
    def before(self) -> datetime:
        """When people registered."""
        return self.starts_at - 24 * HOUR

    async def drawn_up(self) -> int:
        """The list, from the scans."""
        return await drawing_up.draw_up(BOARD, self.id, now=clock.now())


async def day(capacity: int = 50) -> Day:
    """Yesterday, from ten o'clock."""
    starts = clock.day_bounds(clock.today() - timedelta(days=1))[0] + 10 * HOUR
    event, _ = await factories.open_event(capacity, starts_at=starts, ends_at=starts + 5 * HOUR)
    made = Day(event.id, event.slug, starts)
    plan = (("first", PartKind.content, 0, 2), ("break", PartKind.break_, 2, 3))
    for name, kind, begins, ends in (*plan, ("second", PartKind.content, 3, 5)):
        part = EventPart(event=event.id, kind=kind, title=name)
        part.starts_at, part.ends_at = starts + begins * HOUR, starts + ends * HOUR
        await part.save()
        made.parts[name] = part.id
    return made
