"""Which days are working days in the Netherlands, and what the others are called."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from dateutil.easter import easter

SUNDAY = 6
AROUND_EASTER = {
    "good_friday": -2,
    "easter_sunday": 0,
    "easter_monday": 1,
    "ascension_day": 39,
    "whit_sunday": 49,
    "whit_monday": 50,
}
FIXED = {
    "new_year": (1, 1),
    "liberation_day": (5, 5),
    "christmas_day": (12, 25),
    "boxing_day": (12, 26),
}


def is_working_day(day: date) -> bool:
    """Monday to Friday on no public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_day_from(day: date) -> date:
    """This day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def holiday_on(day: date) -> str:
    """The public holiday of a day: `kings_day`, of which `site.holiday.kings_day` is the name."""
    return _holidays(day.year).get(day, "")


@cache
def _holidays(year: int) -> Mapping[date, str]:
    """Public holidays (Algemene termijnenwet art. 3), Liberation Day included, and King's Day."""
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == SUNDAY:
        kings_day -= timedelta(days=1)
    moving = {sunday + timedelta(days=days): name for name, days in AROUND_EASTER.items()}
    fixed = {date(year, month, day): name for name, (month, day) in FIXED.items()}
    return MappingProxyType({kings_day: "kings_day", **fixed, **moving})
