"""What a mail tells a calendar, as iCalendar bytes (RFC 5546, RFC 6047); pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import vCalAddress, vDatetime, vText

from server.calendars.ical import PRODID, Organiser, Value, line, properties
from server.calendars.plain import one_line
from server.calendars.rules import CalendarEntry
from server.calendars.zone import VTIMEZONE


@dataclass(frozen=True)
class Attendee:
    """The one person whom a mail invites.

    `is_coming`: their place is certain already, so that nothing is asked.
    """

    name: str
    address: str
    is_coming: bool


def request(
    entry: CalendarEntry, language: str, organiser: Organiser, attendee: Attendee, sent_at: datetime
) -> bytes:
    """Put this in the calendar, or change what stands there."""
    answer = {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    asked = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    who = _attendee(attendee, answer if attendee.is_coming else asked)
    return _calendar("REQUEST", _stamped(properties(entry, language, organiser), sent_at), who)


def cancel(
    entry: CalendarEntry, language: str, organiser: Organiser, attendee: Attendee, sent_at: datetime
) -> bytes:
    """Take it out of the calendar, because the event does not go on."""
    who = _attendee(attendee, {})
    return _calendar("CANCEL", _stamped(properties(entry, language, organiser), sent_at), who)


def uninvite(
    entry: CalendarEntry, language: str, organiser: Organiser, attendee: Attendee, sent_at: datetime
) -> bytes:
    """Take it out of the calendar of this one person; without STATUS, because it goes on."""
    told = [
        one
        for one in _stamped(properties(entry, language, organiser), sent_at)
        if one[0] != "STATUS"
    ]
    return _calendar("CANCEL", told, _attendee(attendee, {}))


Properties = Iterable[tuple[str, Value]]


def _stamped(told: Properties, sent_at: datetime) -> Iterator[tuple[str, Value]]:
    """DTSTAMP is when this copy was made (RFC 6047), not when the event changed."""
    stamp = vDatetime(sent_at.astimezone(UTC).replace(microsecond=0))
    for name, value in told:
        yield name, stamp if name == "DTSTAMP" else value


def _attendee(attendee: Attendee, more: dict[str, str]) -> bytes:
    address = vCalAddress(f"mailto:{attendee.address}")
    address.params["CN"] = one_line(attendee.name).replace('"', "'") or attendee.address
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params.update(more)
    return line("ATTENDEE", address)


def _calendar(method: str, told: Properties, attendee: bytes) -> bytes:
    head = (("VERSION", "2.0"), ("PRODID", PRODID), ("CALSCALE", "GREGORIAN"), ("METHOD", method))
    return b"".join(
        [
            b"BEGIN:VCALENDAR\r\n",
            *(line(name, vText(value)) for name, value in head),
            VTIMEZONE,
            b"BEGIN:VEVENT\r\n",
            *(line(name, value) for name, value in told),
            attendee,
            b"END:VEVENT\r\nEND:VCALENDAR\r\n",
        ]
    )
