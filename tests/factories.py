"""Rows to test with; every value that a test cares about is given by the test."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tables.events import Event
from tables.people import Person

NOON = datetime(2027, 3, 12, 11, 0, tzinfo=UTC)


async def person(surname: str) -> Person:
    row = Person(surname=surname, sort_key=surname.lower(), display_name=surname)
    await row.save()
    return row


async def event(**values: object) -> Event:
    slug = f"day-{uuid4().hex[:8]}"
    given = {
        "title": "Pijndag",
        "slug": slug,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=6),
    }
    row = Event(**{**given, **values})
    await row.save()
    return row
