"""The only place that asks the time."""

from datetime import UTC, date, datetime
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
