"""Feeds as iCalendar bytes (RFC 5545, RFC 7986): pure, and the same input gives the same bytes.

icalendar writes and escapes the values. Folding is ours, because its own takes most of the time
of a feed; the time zone is a constant, because those made up by libraries differ per client.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from icalendar import Calendar, vCalAddress, vCategory, vDate, vDatetime, vInt, vText, vUri

from server.calendars.faults import Rendered, sift
from server.calendars.plain import clean, one_line, plain
from server.calendars.rules import CalendarEntry, Status
from server.calendars.zone import VTIMEZONE
from server.clock import AMSTERDAM
from server.hours import which

CRLF = b"\r\n"
OCTETS = 75
TITLE_CHARACTERS = 255
TEXT_OCTETS = 4096
PRODID = "-//Netwerk Pijnpsychologie//Agenda//NL"  # no version: a deploy must not change bytes
UID_DOMAIN = "netwerk.example"  # constant for ever: clients know entries by it
JOIN = {"nl": "Online deelnemen", "en": "Take part online"}
CANCELLED = {"nl": "Geannuleerd: ", "en": "Cancelled: "}
ENTRIES_KEPT = 8192

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
    """The whole feed as bytes, and nothing else."""
    return render(calendar, entries).body


def render(calendar: FeedHeader, entries: Iterable[CalendarEntry]) -> Rendered:
    """The whole feed, entries by UID, without the rows that would break it; these are told."""
    opening = _lines(_calendar(calendar))
    parts = [opening.removesuffix(b"END:VCALENDAR\r\n"), VTIMEZONE]
    written, left_out = sift(
        entries, lambda entry: vevent(entry, calendar.language, calendar.organiser)
    )
    return Rendered(b"".join([*parts, *written, b"END:VCALENDAR\r\n"]), left_out)


@lru_cache(ENTRIES_KEPT)
def vevent(entry: CalendarEntry, language: str, organiser: Organiser) -> bytes:
    """One entry; kept, so that one change among a thousand costs one entry."""
    lines = [line(name, value) for name, value in properties(entry, language, organiser)]
    return b"".join([b"BEGIN:VEVENT\r\n", *lines, b"END:VEVENT\r\n"])


def properties(
    entry: CalendarEntry, language: str, organiser: Organiser
) -> Iterator[tuple[str, Value]]:
    """The properties of a VEVENT in icalendar's order; DTSTAMP is when the data changed."""
    changed = _utc(entry.changed_at)
    starts, ends = _times(entry)
    yield "SUMMARY", vText(title_of(entry, language))
    yield "DTSTART", starts
    yield "DTEND", ends
    yield "DTSTAMP", changed
    yield "UID", vText(f"{entry.uid}@{UID_DOMAIN}")
    yield "SEQUENCE", vInt(entry.sequence)
    if entry.categories:
        yield "CATEGORIES", vCategory([one_line(name) for name in entry.categories])
    yield "CLASS", vText("PRIVATE" if entry.is_private else "PUBLIC")
    if entry.conference:
        yield "CONFERENCE", _conference(entry.conference, language)
    yield "CREATED", _utc(entry.created_at)
    yield "DESCRIPTION", vText(_description(entry, language))
    if entry.location:
        # Two numbers with a semicolon that no escaping may touch, as it may touch no address.
        yield "GEO", vUri("{:.6f};{:.6f}".format(*entry.location))
    yield "LAST-MODIFIED", changed
    if entry.place:
        yield "LOCATION", vText(one_line(entry.place))
    yield "ORGANIZER", _organiser(organiser)
    if entry.related_to:
        yield "RELATED-TO", vText(f"{entry.related_to}@{UID_DOMAIN}")
    yield "STATUS", vText(entry.status.value)
    is_free = entry.is_transparent or entry.status is Status.cancelled
    yield "TRANSP", vText("TRANSPARENT" if is_free else "OPAQUE")
    yield "URL", vUri(_ascii(entry.url))


def line(name: str, value: Value) -> bytes:
    """One property, folded; shorter than the way through icalendar's components."""
    parameters = f";{value.params.to_ical().decode()}" if value.params else ""
    return fold(f"{name}{parameters}:{value.to_ical().decode()}") + CRLF


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


def title_of(entry: CalendarEntry, language: str) -> str:
    """Its title on one line, and whether it is off."""
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


def _conference(address: str, language: str) -> vUri:
    """RFC 7986 5.11: an address of ours, behind sign-in."""
    value = vUri(address)
    value.params.update({"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": JOIN[language]})
    return value


def _description(entry: CalendarEntry, language: str) -> str:
    """Notes, text, and the page's address on the last line; at most 4 kB.

    Most programs show no CONFERENCE, so its address stands here as well.
    """
    join = (f"{JOIN[language]}: {entry.conference}",) if entry.conference else ()
    head = "\n".join(one_line(note) for note in (*entry.notes, *join))
    tail = f"\n\n{_ascii(entry.url)}"
    text = clean("\n\n".join(part for part in (head, plain(entry.text)) if part)).strip()
    room = TEXT_OCTETS - len(tail.encode())
    raw = text.encode()
    if len(raw) > room:
        text = raw[: room - 3].decode(errors="ignore").rsplit(" ", 1)[0] + "…"
    return (text + tail).strip()


def _ascii(address: str) -> str:
    """An address that every program can follow: percent-encoded."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~")


def _organiser(organiser: Organiser) -> vCalAddress:
    address = vCalAddress(f"mailto:{organiser.address}")
    address.params["CN"] = one_line(organiser.name).replace('"', "'")
    return address
