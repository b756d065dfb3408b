"""What people read: messages from the catalogues, and days, hours and money in their language.

Catalogues are `.po` files, one per domain and language, read at start: nothing is compiled.
A message's key begins with the name of its file: `events.title` stands in `events.po`.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency

from server.clock import AMSTERDAM
from server.errors import Sentence
from server.hours import which

LANGUAGES = ("nl", "en")
FOLDER = Path(__file__).parent / "locales"
DAY = {"nl": "d MMMM y", "en": "d MMMM y"}
LONG_DAY = {"nl": "EEEE d MMMM y", "en": "EEEE d MMMM y"}
BABEL = {"nl": "nl_NL", "en": "en_GB"}


class UnknownMessage(KeyError):
    """A key that no catalogue holds: a mistake in the program, never of the reader."""


@cache
def catalogue(language: str) -> Mapping[str, tuple[str, str]]:
    """Every message of a language: key → (one, many); both are the same without a plural."""
    messages: dict[str, tuple[str, str]] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    key, forms = _forms(message.id, message.string)
                    messages[key] = forms
    return messages


def _forms(
    identity: str | tuple[str, ...] | list[str], string: object
) -> tuple[str, tuple[str, str]]:
    if isinstance(identity, str):
        return identity, (str(string), str(string))
    one, many = string if isinstance(string, (tuple, list)) else (string, string)
    return identity[0], (str(one), str(many))


def text(language: str, key: str, /, *, count: int | None = None, **values: object) -> str:
    """The message of a key, with `{name}` filled in; `count` picks the plural and is `{count}`."""
    values = _brought(key, language) | values
    try:
        one, many = catalogue(language)[key]
    except KeyError:
        raise UnknownMessage(f"{language}: {key}") from None
    if count is not None:
        return (one if count == 1 else many).format(count=count, **values)
    return one.format(**values) if values else one


def _brought(key: str, language: str) -> dict[str, object]:
    """What a sentence brings along: days and hours in words."""
    values = key.values if isinstance(key, Sentence) else {}
    return {name: _in_words(value, language) for name, value in values.items()}


def _in_words(value: object, language: str) -> object:
    if isinstance(value, time):
        return f"{value:%H.%M} uur" if language == "nl" else f"{value:%H:%M}"
    return day(value, language) if isinstance(value, date) else value


def knows(key: str) -> bool:
    """Whether a key exists; for keys that come from outside."""
    return key in catalogue("nl")


def day(value: date, language: str) -> str:
    """`14 november 2026`."""
    return format_date(value, DAY[language], locale=BABEL[language])


def long_day(value: date, language: str) -> str:
    """`zaterdag 14 november 2026`; a moment counts as its day in Amsterdam."""
    on = value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value
    return _long_day(on, language)


@lru_cache(maxsize=4096)
def _long_day(on: date, language: str) -> str:
    """Kept: a list of people says the same day a hundred times."""
    return format_date(on, LONG_DAY[language], locale=BABEL[language])


def weekday(value: datetime, language: str) -> str:
    """`za`: the short name of the day in Amsterdam."""
    return format_date(value.astimezone(AMSTERDAM).date(), "EEE", locale=BABEL[language])


def day_number(value: datetime, _language: str) -> str:
    """`14`."""
    return str(value.astimezone(AMSTERDAM).day)


def month(value: datetime, language: str) -> str:
    """`nov 2026`."""
    return format_date(value.astimezone(AMSTERDAM).date(), "MMM y", locale=BABEL[language])


def whole_month(value: datetime, language: str) -> str:
    """`november 2026`."""
    return format_date(value.astimezone(AMSTERDAM).date(), "LLLL y", locale=BABEL[language])


def clock_time(value: datetime, language: str) -> str:
    """`09.30 uur`, in Amsterdam; in English `09:30`. Of the hour that comes twice: which one."""
    local = value.astimezone(AMSTERDAM)
    said = f"{local:%H.%M} uur" if language == "nl" else f"{local:%H:%M}"
    return said + of_two(value, language)


def of_two(value: datetime, language: str) -> str:
    """` (zomertijd)` or ` (wintertijd)` in the hour of October that comes twice, else nothing."""
    one = which(value)
    return f" ({text(language, f'site.hour.short.{one}')})" if one else ""


def moment(value: datetime, language: str) -> str:
    """`zaterdag 14 november 2026, 09.30 uur`."""
    return f"{long_day(value, language)}, {clock_time(value, language)}"


def span(starts: datetime, ends: datetime, language: str) -> str:
    """From and to: one day with two hours, or two full moments."""
    first, last = starts.astimezone(AMSTERDAM), ends.astimezone(AMSTERDAM)
    if first.date() != last.date():
        return f"{moment(starts, language)} – {moment(ends, language)}"
    return f"{long_day(starts, language)}, {hours(starts, ends, language)}"


def hours(starts: datetime, ends: datetime, language: str) -> str:
    """From and to on one day: `09.30–10.15 uur`; in English `09:30–10:15`."""
    if of_two(starts, language) != of_two(ends, language):
        return f"{clock_time(starts, language)} – {clock_time(ends, language)}"
    first = starts.astimezone(AMSTERDAM)
    between = f"{first:%H.%M}–" if language == "nl" else f"{first:%H:%M}–"
    return between + clock_time(ends, language)


def file_size(count: int, language: str) -> str:
    """Of so many bytes: `240 kB`, `1,2 MB`; in English `1.2 MB` (SI: a kilobyte is 1000 bytes)."""
    if count < 1_000_000:
        return f"{max(round(count / 1000), 1)} kB"
    millions = f"{count / 1_000_000:.1f}"
    return f"{millions.replace('.', ',') if language == 'nl' else millions} MB"


def country(code: str, language: str) -> str:
    """`België`, of a code of ISO 3166; of another the code itself."""
    return str(Locale.parse(BABEL[language]).territories.get(code, code))


def money(cents: int, language: str) -> str:
    """`€ 75,00`."""
    return format_currency(cents / 100, "EUR", locale=BABEL[language])


def duration(minutes: int, language: str) -> str:
    """`5 uur en 20 minuten`, `5 uur`, `20 minuten`."""
    hours, rest = divmod(minutes, 60)
    parts = [text(language, "site.duration.hours", count=hours)] if hours else []
    if rest or not hours:
        parts.append(text(language, "site.duration.minutes", count=rest))
    return text(language, "site.duration.and").join(parts)
