"""Which days are working days in the Netherlands."""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

SUNDAY = 6
AROUND_EASTER = (-2, 1, 39, 50)  # Good Friday, Easter Monday, Ascension Day, Whit Monday
FIXED = ((1, 1), (5, 5), (12, 25), (12, 26))


def is_working_day(day: date) -> bool:
    """Monday to Friday on no public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_day_from(day: date) -> date:
    """This day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    """Public holidays (Algemene termijnenwet art. 3), Liberation Day included, and King's Day."""
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == SUNDAY:
        kings_day -= timedelta(days=1)
    moving = {sunday + timedelta(days=days) for days in AROUND_EASTER}
    return frozenset({*moving, kings_day, *(date(year, month, day) for month, day in FIXED)})
