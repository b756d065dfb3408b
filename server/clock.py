"""The only place that asks the time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Amsterdam."""
    return now().astimezone(AMSTERDAM).date()


def day_of(moment: datetime) -> date:
    """The day in Amsterdam on which an aware moment falls."""
    return moment.astimezone(AMSTERDAM).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Amsterdam and the first after it: 23, 24 or 25 hours apart."""
    first, after = (
        datetime.combine(one, time(), AMSTERDAM).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return first, after


def within_python(column: str) -> str:
    """SQL for a moment that Python can hold, whatever an UPDATE by hand has put there."""
    held = f"greatest(least({column}, '3000-01-01Z'::timestamptz), '1000-01-01Z'::timestamptz)"
    return f"CASE WHEN {column} IS NOT NULL THEN {held} END"
