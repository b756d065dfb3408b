"""What happens when on the days of the story."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.actors import SYSTEM
from server.database import execute
from server.demo.society import Society
from server.events import timetable

# kind, title, English title, minutes
SLEEPING = (
    ("content", "Opening en inleiding", "Opening and introduction", 30),
    ("content", "Slaap en pijn: wat weten we?", "Sleep and pain: what do we know?", 60),
    ("break", "Koffie", "Coffee", 30),
    ("content", "Slaaprestrictie bij pijn", "Sleep restriction in pain", 60),
    ("lunch", "Lunch", "Lunch", 60),
    ("content", "Oefenen in kleine groepen", "Practice in small groups", 90),
    ("break", "Thee", "Tea", 15),
    ("content", "Van oefenen naar uw praktijk", "From practice to your own work", 75),
)
DECIDING = (
    ("content", "Samen beslissen: hoe dan?", "Deciding together: how?", 75),
    ("break", "Koffie", "Coffee", 15),
    ("content", "Twee patiënten vertellen", "Two patients tell", 60),
    ("lunch", "Lunch", "Lunch", 60),
    ("content", "Oefenen met keuzekaarten", "Practice with option cards", 150),
)
# Where one practises: a room of the venue of that day.
PRACTICE, PLACE = "Oefenen in kleine groepen", "Grote zaal"
THERE = """SELECT r.id FROM room r JOIN event e ON e.venue = r.venue
  WHERE e.id = $1 AND r.name = $2"""
TABLES = {"full_day": SLEEPING, "free_day": DECIDING, "past_day": SLEEPING}


async def tell(society: Society, told: dict[str, int]) -> None:
    """The programmes of the event days."""
    for name, parts in TABLES.items():
        rows = await execute("SELECT starts_at FROM event WHERE id = $1", told[name])
        await _write(told[name], parts, rows[0]["starts_at"], society.calendar.now)


async def _write(
    event_id: int, parts: Sequence[tuple[str, str, str, int]], starts_at: datetime, now: datetime
) -> None:
    there = await execute(THERE, event_id, PLACE)
    for kind, title, title_en, minutes in parts:
        ends_at = starts_at + timedelta(minutes=minutes)
        values = {
            **{"kind": kind, "title": title, "title_en": title_en},
            **{"starts_at": starts_at, "ends_at": ends_at},
            "booked_room": there[0]["id"] if there and title == PRACTICE else None,
        }
        await timetable.add(SYSTEM, event_id, values, now=now)
        starts_at = ends_at
