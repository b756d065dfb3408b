"""Entries to test with; pure."""

from datetime import UTC, datetime, timedelta

from server.calendars.ical import FeedHeader, Organiser
from server.calendars.rules import CalendarEntry, Status

MADE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ORGANISER = Organiser("Netwerk Pijnpsychologie", "agenda@example.org")
HEADER = FeedHeader(
    name="Netwerk Pijnpsychologie: Agenda",
    description="Alle openbare activiteiten",
    language="nl",
    organiser=ORGANISER,
    url="https://example.org/events",
    source="https://example.org/calendars/public.ics",
)


def entry(number: int = 1, **values: object) -> CalendarEntry:
    given: dict[str, object] = {
        "uid": f"event-00000000-0000-0000-0000-{number:012}",
        "sequence": 0,
        "created_at": MADE,
        "changed_at": MADE,
        "status": Status.confirmed,
        "title": "Pijndag",
        "starts_at": datetime(2026, 6, 3, 7, 30, tzinfo=UTC),
        "ends_at": datetime(2026, 6, 3, 15, 0, tzinfo=UTC),
        "all_day": False,
        "place": "Domus, Lange Nieuwstraat 1, 3512 PH Utrecht",
        "url": f"https://example.org/events/pijndag-{number}",
        "text": "",
    }
    return CalendarEntry(**{**given, **values})  # type: ignore[arg-type]


def lasting(starts_at: datetime, hours: float = 1, **values: object) -> CalendarEntry:
    """An entry that begins then and lasts so many hours."""
    return entry(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), **values)
