"""Moments of the story, told from the day on which it is loaded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.clock import AMSTERDAM, day_of
from server.holidays import is_working_day

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)


@dataclass(frozen=True)
class Calendar:
    """The story's calendar; `now` is the present moment in UTC."""

    now: datetime

    @property
    def today(self) -> date:
        """The present day in Amsterdam."""
        return day_of(self.now)

    def day(self, days: int, weekday: int | None = None) -> date:
        """So many days from today, moved on to a weekday that is no public holiday."""
        day = self.today + timedelta(days=days)
        if weekday is None:
            return day
        day += timedelta(days=(weekday - day.weekday()) % 7)
        while not is_working_day(day):
            day += timedelta(weeks=1)
        return day

    def at(self, days: int, clock_time: str, weekday: int | None = None) -> datetime:
        """An hour in Amsterdam on that day, in UTC."""
        hour = time.fromisoformat(clock_time)
        return datetime.combine(self.day(days, weekday), hour, AMSTERDAM).astimezone(
            self.now.tzinfo
        )

    def ago(self, days: float) -> datetime:
        """So many days before the present moment."""
        return self.now - timedelta(days=days)
