"""Feeds as iCalendar bytes (RFC 5545, RFC 7986): pure, and the same input gives the same bytes.

icalendar writes and escapes the values. Folding is ours, because its own takes most of the time
of a feed; the time zone is a constant, because those made up by libraries differ per client.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, vCalAddress, vCategory, vDate, vDatetime, vInt, vText, vUri

from server.calendars.plain import plain
from server.calendars.rules import CalendarEntry, Status
from server.clock import AMSTERDAM
from server.hours import which
from server.web.log import log

CRLF = b"\r\n"
OCTETS = 75
TITLE_CHARACTERS = 255
TEXT_OCTETS = 4096
PRODID = "-//Netwerk Pijnpsychologie//Agenda//NL"  # no version: a deploy must not change bytes
UID_DOMAIN = "netwerk.example"  # constant for ever: clients know entries by it
CANCELLED = {"nl": "Geannuleerd: ", "en": "Cancelled: "}
ENTRIES_KEPT = 8192
UNWRITABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")

# Outlook maps exactly these rules; a test compares them with zoneinfo for the next 15 years.
VTIMEZONE = b"\r\n".join(
    [
        b"BEGIN:VTIMEZONE",
        b"TZID:Europe/Amsterdam",
        b"X-LIC-LOCATION:Europe/Amsterdam",
        b"BEGIN:DAYLIGHT",
        b"DTSTART:19810329T020000",
        b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        b"TZNAME:CEST",
        b"TZOFFSETFROM:+0100",
        b"TZOFFSETTO:+0200",
        b"END:DAYLIGHT",
        b"BEGIN:STANDARD",
        b"DTSTART:19961027T030000",
        b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        b"TZNAME:CET",
        b"TZOFFSETFROM:+0200",
        b"TZOFFSETTO:+0100",
        b"END:STANDARD",
        b"END:VTIMEZONE",
        b"",
    ]
)


Value = vCalAddress | vCategory | vDate | vDatetime | vInt | vText | vUri


@dataclass(frozen=True)
class Organiser:
    """The association's role mailbox: METHOD:PUBLISH asks for one; it is never a person."""

    name: str
    address: str


@dataclass(frozen=True)
class FeedHeader:
    """What a calendar says of itself. `source` is empty for secret feeds: it is their address."""

    name: str
    description: str
    language: str
    organiser: Organiser
    url: str = ""
    source: str = ""
    colour: str = "teal"
    refresh: timedelta = timedelta(hours=1)


def to_bytes(calendar: FeedHeader, entries: Iterable[CalendarEntry]) -> bytes:
    """The whole feed, entries by UID. An entry that cannot be written is left out and logged."""
    opening = _lines(_calendar(calendar))
    parts = [opening.removesuffix(b"END:VCALENDAR\r\n"), VTIMEZONE]
    for entry in sorted(entries, key=lambda each: each.uid):
        try:
            parts.append(vevent(entry, calendar.language, calendar.organiser))
        except Exception as problem:  # one bad row must never break everybody's calendar
            log.error("feed entry left out", uid=entry.uid, why=type(problem).__name__)
    return b"".join([*parts, b"END:VCALENDAR\r\n"])


@lru_cache(ENTRIES_KEPT)
def vevent(entry: CalendarEntry, language: str, organiser: Organiser) -> bytes:
    """One entry; kept, so that one change among a thousand costs one entry."""
    lines = [_line(name, value) for name, value in _entry(entry, language, organiser)]
    return b"".join([b"BEGIN:VEVENT\r\n", *lines, b"END:VEVENT\r\n"])


def _entry(
    entry: CalendarEntry, language: str, organiser: Organiser
) -> Iterator[tuple[str, Value]]:
    """The properties of a VEVENT in icalendar's order; DTSTAMP is when the data changed."""
    changed = _utc(entry.changed_at)
    starts, ends = _times(entry)
    yield "SUMMARY", vText(_title(entry, language))
    yield "DTSTART", starts
    yield "DTEND", ends
    yield "DTSTAMP", changed
    yield "UID", vText(f"{entry.uid}@{UID_DOMAIN}")
    yield "SEQUENCE", vInt(entry.sequence)
    if entry.categories:
        yield "CATEGORIES", vCategory([one_line(name) for name in entry.categories])
    yield "CLASS", vText("PRIVATE" if entry.is_private else "PUBLIC")
    yield "CREATED", _utc(entry.created_at)
    yield "DESCRIPTION", vText(_description(entry))
    yield "LAST-MODIFIED", changed
    if entry.place:
        yield "LOCATION", vText(one_line(entry.place))
    yield "ORGANIZER", _organiser(organiser)
    if entry.related_to:
        yield "RELATED-TO", vText(f"{entry.related_to}@{UID_DOMAIN}")
    yield "STATUS", vText(entry.status.value)
    is_free = entry.is_transparent or entry.status is Status.cancelled
    yield "TRANSP", vText("TRANSPARENT" if is_free else "OPAQUE")
    yield "URL", vUri(entry.url)


def _line(name: str, value: Value) -> bytes:
    """One property, folded; shorter than the way through icalendar's components."""
    parameters = f";{value.params.to_ical().decode()}" if value.params else ""
    return fold(f"{name}{parameters}:{value.to_ical().decode()}") + CRLF


def one_line(text: str) -> str:
    """No control characters, white space collapsed."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Without C0 and C1 controls (but line breaks), stray surrogates, and other line separators."""
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def fold(line: str) -> bytes:
    """At most 75 octets a line, never inside a character (RFC 5545 3.1)."""
    raw = line.encode()
    parts, start, room = [], 0, OCTETS
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(raw[start:end])
        start, room = end, OCTETS - 1
    return b"\r\n ".join([*parts, raw[start:]])


def _lines(component: Calendar) -> bytes:
    return b"".join(fold(line) + CRLF for line in component.content_lines() if line)


def _calendar(header: FeedHeader) -> Calendar:
    """The properties of RFC 5545 3.7 and RFC 7986, with the older X- names beside them."""
    calendar = Calendar()
    refresh = f"PT{int(header.refresh.total_seconds()) // 60}M"
    if header.refresh % timedelta(hours=1) == timedelta():
        refresh = f"PT{header.refresh // timedelta(hours=1)}H"
    for name, value in _properties(header):
        calendar[name] = vText(value)
    calendar.add("REFRESH-INTERVAL", vText(refresh), parameters={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vText(refresh)
    if header.url:
        calendar["URL"] = vUri(header.url)
    if header.source:
        calendar.add("SOURCE", vUri(header.source), parameters={"VALUE": "URI"})
    return calendar


def _properties(header: FeedHeader) -> Iterator[tuple[str, str]]:
    yield "VERSION", "2.0"
    yield "PRODID", PRODID
    yield "CALSCALE", "GREGORIAN"
    yield "METHOD", "PUBLISH"
    for names, value in (
        (("NAME", "X-WR-CALNAME"), header.name),
        (
            ("DESCRIPTION", "X-WR-CALDESC"),
            header.description,
        ),
    ):
        for name in names:
            yield name, one_line(value)
    yield "COLOR", header.colour if header.colour.isascii() and header.colour.isalpha() else "teal"


def _title(entry: CalendarEntry, language: str) -> str:
    prefix = CANCELLED[language] if entry.status is Status.cancelled else ""
    title = one_line(prefix + entry.title)
    return title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"


def _times(entry: CalendarEntry) -> tuple[vDate | vDatetime, vDate | vDatetime]:
    if not entry.all_day:
        return _local(entry.starts_at), _local(entry.ends_at)
    first = entry.starts_at.astimezone(AMSTERDAM).date()
    last = (entry.ends_at - timedelta(microseconds=1)).astimezone(AMSTERDAM).date()
    return _day(vDate(first)), _day(vDate(last + timedelta(days=1)))


def _day(value: vDate) -> vDate:
    value.params["VALUE"] = "DATE"
    return value


def _local(moment: datetime) -> vDatetime:
    """Amsterdam time; UTC in the hour of October that comes twice, which has no other notation."""
    local = moment.astimezone(AMSTERDAM)
    if which(moment):
        return _utc(moment)
    return vDatetime(local.replace(microsecond=0))


def _utc(moment: datetime) -> vDatetime:
    return vDatetime(moment.astimezone(UTC).replace(microsecond=0))


def _description(entry: CalendarEntry) -> str:
    """Notes, text, and the page's address on the last line; at most 4 kB."""
    head = "\n".join(one_line(note) for note in entry.notes)
    tail = f"\n\n{entry.url}"
    text = clean("\n\n".join(part for part in (head, plain(entry.text)) if part)).strip()
    room = TEXT_OCTETS - len(tail.encode())
    raw = text.encode()
    if len(raw) > room:
        text = raw[: room - 3].decode(errors="ignore").rsplit(" ", 1)[0] + "…"
    return (text + tail).strip()


def _organiser(organiser: Organiser) -> vCalAddress:
    address = vCalAddress(f"mailto:{organiser.address}")
    address.params["CN"] = one_line(organiser.name).replace('"', "'")
    return address
