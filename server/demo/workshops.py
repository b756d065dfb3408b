"""A day on which people choose: two workshops of which one is full, lunch, and seats from home."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.demo.days import THURSDAY
from server.demo.programme import Stay, hold
from server.demo.society import Society
from server.events import timetable
from server.registrations import choosing, sorts
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from tables.registrations import UnitKind

PLACES: tuple[Mapping[str, object], ...] = (
    {"capacity": 8},
    {
        **{"kind": UnitKind.online, "capacity": 20},
        **{"name_nl": "Plaats op afstand", "name_en": "Seat online"},
    },
    {
        **{"kind": UnitKind.workshop, "capacity": 3},
        **{"name_nl": "Workshop Grenzen stellen", "name_en": "Workshop Setting limits"},
    },
    {
        **{"kind": UnitKind.workshop, "capacity": 6},
        **{"name_nl": "Workshop Gesprek met de werkgever"},
        "name_en": "Workshop Talking with the employer",
    },
    {"kind": UnitKind.lunch, "capacity": 30, "name_nl": "Lunch", "name_en": "Lunch"},
)
# kind, title, English title, room, minutes from the start, minutes
PROGRAMME = (
    ("content", "Pijn en werk: wat weten we?", "Pain and work: what do we know?", "", 0, 150),
    ("lunch", "Lunch", "Lunch", "Foyer", 150, 60),
    *(
        ("content", str(one["name_nl"]), str(one["name_en"]), room, 210, 120)
        for one, room in zip(PLACES[2:4], ("Zaal 2", "Zaal 3"), strict=True)
    ),
    ("content", "Terug in de zaal", "Back in the hall", "", 330, 90),
)


async def tell(society: Society) -> int:
    """Two seats are left; the first workshop is full and two wait for it; one waits to switch."""
    at, ago = society.calendar.at, society.calendar.ago
    [venue] = await execute("SELECT id FROM venue ORDER BY id LIMIT 1")
    day = {
        **{"kind": "event_day", "venue": venue["id"], "mode": "hybrid"},
        **{"title": "Eventdag Pijn en werk", "title_en": "Event day Pain and work"},
        "summary": "Werken met pijn: wat helpt, en wie helpt daarbij?",
        "summary_en": "Working with pain: what helps, and who helps with it?",
        "description": "In de middag kiest u een workshop.",
        **{"starts_at": at(62, "09:30", THURSDAY), "ends_at": at(62, "16:30", THURSDAY)},
        "online_url": "https://vergaderen.example.org/pijn-en-werk",
    }
    event_id = await hold(society, Stay(day, PLACES, ago(30)))
    of = {one.name_nl: one.id for one in await sorts.of_event(event_id, now=society.calendar.now)}
    await _write_programme(event_id, day["starts_at"], of, now=society.calendar.now)
    first, lunch = of["Workshop Grenzen stellen"], of["Lunch"]
    codes = []
    for n, who in enumerate([*society.members[16:21], society.fixed["lid"]]):
        form = RegistrationForm(extra_ids=(first, lunch) if n != 1 else (lunch,))
        at_home = ago(20) + timedelta(hours=n)
        codes.append((await registrations.register(who, event_id, form, now=at_home)).code)
    await choosing.take(
        ANONYMOUS, codes[1], of["Workshop Gesprek met de werkgever"], now=society.calendar.now
    )
    return event_id


async def _write_programme(
    event_id: int, starts_at: datetime, of: Mapping[str, int], *, now: datetime
) -> None:
    """In the afternoon each workshop has a door of its own, for who has a place there."""
    for kind, title, title_en, room, begins, lasts in PROGRAMME:
        at = starts_at + timedelta(minutes=begins)
        values = {
            **{"kind": kind, "title": title, "title_en": title_en, "room": room},
            **{"starts_at": at, "ends_at": at + timedelta(minutes=lasts)},
            "unit": of.get(title),
        }
        await timetable.add(SYSTEM, event_id, values, now=now)
